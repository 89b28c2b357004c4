using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;

namespace AdvertiseX.Reports;

/// <summary>The tables of a lake as SQL sees them.</summary>
public static class LakeSets
{
    /// <summary>Every table, the ledger included, at the versions that the lake read last.</summary>
    public static IReadOnlyList<ParquetSet> Of(DataLake lake) =>
        [.. lake.Tables.Select(Of), Of(lake.Ledger.Delta.Latest, IngestLedger.TableName, path => lake.Store.AddressOf($"{IngestLedger.TableName}/{path}"))];

    /// <summary>One table at the version read last.</summary>
    public static ParquetSet Of(LakeTable table) => Of(table.Delta.Latest, table.Name, table.AddressOf);

    private static ParquetSet Of(DeltaSnapshot snapshot, string name, Func<string, string> addressOf) => new(
        name,
        [.. snapshot.Schema.Columns.Select(column => new ParquetColumn(column.Name, SqlTypeOf(column.Type)))],
        [.. snapshot.Files.Keys.Order(StringComparer.Ordinal).Select(addressOf)])
    {
        PartitionColumn = snapshot.Metadata.PartitionColumns.Count == 0 ? null : snapshot.Metadata.PartitionColumns[0],
        // A column that was added later is missing in the files before it.
        FilesMayLackColumns = true,
    };

    private static string SqlTypeOf(DeltaType type) => type switch
    {
        DeltaType.String => "VARCHAR",
        DeltaType.Long => "BIGINT",
        DeltaType.Integer => "INTEGER",
        DeltaType.Boolean => "BOOLEAN",
        DeltaType.Double => "DOUBLE",
        DeltaType.Date => "DATE",
        DeltaType.Timestamp => "TIMESTAMPTZ",
        DeltaType.Binary => "BLOB",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
