using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Reports;

/// <summary>The tables of a lake as SQL sees them.</summary>
public static class LakeSets
{
    /// <summary>Every table, the ledger included, at the versions that the lake read last.</summary>
    public static IReadOnlyList<ParquetSet> Of(DataLake lake) => [.. lake.AllTables.Select(Of)];

    /// <summary>One table at the version read last.</summary>
    internal static ParquetSet Of(LakeTable table)
    {
        var snapshot = table.Delta.Latest;
        var partitions = snapshot.Metadata.PartitionColumns;
        return new ParquetSet(
            table.Name,
            [.. snapshot.Schema.Columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. table.FilesOf(snapshot).Select(file => file.Address)]
        )
        {
            PartitionColumn = partitions.Count == 0 ? null : partitions[0],
            // A column that joined the table later is missing in the files before it.
            FilesMayLackColumns = true,
        };
    }
}
