using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>The tables that reports read, at their latest versions.</summary>
internal static class ReportTables
{
    /// <summary>Sets of the tables' names; descriptions that nobody loaded are empty.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async ValueTask<IReadOnlyList<ParquetSet>> SetsAsync(
        DataLake lake,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var sets = new List<ParquetSet>();
        foreach (var name in tables)
        {
            var table = lake.Tables.FirstOrDefault(each => each.Name == name);
            if (table is null && ModelCatalog.Shipped.Ordered.Any(model => model.Name == name))
                throw new LakeException($"The lake has no {name.Replace('_', ' ')} yet; adx run computes it.");
            var snapshot = table is null ? null : await table.Delta.RefreshAsync(cancellation);
            if (snapshot is not null && Lacks(name, snapshot))
                throw new LakeException(
                    $"The lake's {name.Replace('_', ' ')} was made by another version of adx; adx run brings it up to date."
                );
            var files = snapshot is null ? [] : table!.FilesOf(snapshot);
            sets.Add(
                name == RestatementTable.Name
                    ? RestatementsOf(files)
                    : ModelCatalog.Shipped.Set(name, name, files.Select(file => file.Address))
            );
        }

        return sets;
    }

    private static ParquetSet RestatementsOf(IReadOnlyList<LakeFile> files) =>
        new(
            RestatementTable.Name,
            [.. RestatementTable.Schema.Columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. files.Select(file => file.Address)]
        );

    // Descriptions may lack columns that they had not yet when they were loaded.
    private static bool Lacks(string name, DeltaSnapshot snapshot)
    {
        var known = snapshot.Schema.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        return ModelCatalog.Shipped.Ordered.Any(model => model.Name == name)
            && !ModelCatalog.Shipped.Find(name).Columns.All(column => known.Contains(column.Name));
    }
}
