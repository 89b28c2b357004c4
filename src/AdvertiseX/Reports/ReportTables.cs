using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Reports;

/// <summary>
/// The tables that reports read: marts at their newest versions, and descriptions at the version that the marts beside
/// them were made from, so that a name or currency belongs to the sums of its row.
/// </summary>
internal static class ReportTables
{
    /// <summary>Sets of the tables' names; descriptions that nobody loaded are empty.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="tables">Names of tables, the mart that the rows are of before other marts.</param>
    /// <param name="cancellation">Stops the reading of logs.</param>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async ValueTask<IReadOnlyList<ParquetSet>> SetsAsync(
        DataLake lake,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var names = tables.ToList();
        var sets = new List<ParquetSet>();
        foreach (var name in names)
        {
            sets.Add(
                IsDescription(name)
                    ? SetOf(lake, name, (await ConsumedAsync(lake, name, names, cancellation)).Snapshot)
                    : await NewestAsync(lake, name, cancellation)
            );
        }

        return sets;
    }

    /// <summary>The same with the newest descriptions: what people call things now.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async ValueTask<IReadOnlyList<ParquetSet>> NewestSetsAsync(
        DataLake lake,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var sets = new List<ParquetSet>();
        foreach (var name in tables)
            sets.Add(await NewestAsync(lake, name, cancellation));
        return sets;
    }

    /// <summary>The descriptions among the tables of which the newest are read, as the version that the marts were made
    /// from is deleted.</summary>
    public static async ValueTask<IReadOnlyList<string>> LostDescriptionsAsync(
        DataLake lake,
        IEnumerable<string> tables,
        CancellationToken cancellation
    )
    {
        var names = tables.ToList();
        var lost = new List<string>();
        foreach (var name in names.Where(IsDescription))
        {
            if ((await ConsumedAsync(lake, name, names, cancellation)).IsLost)
                lost.Add(name);
        }

        return lost;
    }

    /// <summary>A table as marts were made from it; the newest where they do not read it, or where a
    /// file of that version is deleted. Null where there was no such table.</summary>
    public static async ValueTask<(DeltaSnapshot? Snapshot, bool IsLost)> ConsumedAsync(
        DataLake lake,
        string name,
        IEnumerable<string> marts,
        CancellationToken cancellation
    )
    {
        if (lake.Tables.FirstOrDefault(each => each.Name == name) is not { } table)
            return (null, false);
        var newest = await table.Delta.RefreshAsync(cancellation);
        var read = marts.Where(IsModel);
        var version = await ConsumedVersions.OfAsync(lake, ModelCatalog.Shipped, read, name, cancellation);
        if (version is null || version >= newest.Version)
            return (newest, false);
        if (version < 0)
            return (null, false);
        var snapshot = await ConsumedVersions.SnapshotAsync(lake, name, version.Value, cancellation);
        if (snapshot?.Version != version)
            return (newest, true);
        return await table.HasFilesAsync(snapshot, cancellation) ? (snapshot, false) : (newest, true);
    }

    private static async ValueTask<ParquetSet> NewestAsync(DataLake lake, string name, CancellationToken cancellation)
    {
        var table = lake.Tables.FirstOrDefault(each => each.Name == name);
        if (table is null && IsModel(name))
            throw new LakeException($"The lake has no {name.Replace('_', ' ')} yet; adx run computes it.");
        var snapshot = table is null ? null : await table.Delta.RefreshAsync(cancellation);
        if (snapshot is not null && Lacks(name, snapshot))
            throw new LakeException(
                $"The lake's {name.Replace('_', ' ')} was made by another version of adx; adx run brings it up to date."
            );
        return SetOf(lake, name, snapshot);
    }

    private static ParquetSet SetOf(DataLake lake, string name, DeltaSnapshot? snapshot)
    {
        var files = snapshot is null ? [] : lake.Table(name).FilesOf(snapshot);
        return name == RestatementTable.Name
            ? RestatementsOf(files)
            : ModelCatalog.Shipped.Set(name, name, files.Select(file => file.Address));
    }

    private static ParquetSet RestatementsOf(IReadOnlyList<LakeFile> files) =>
        new(
            RestatementTable.Name,
            [.. RestatementTable.Schema.Columns.Select(column => new ParquetColumn(column.Name, column.SqlType))],
            [.. files.Select(file => file.Address)]
        );

    private static bool IsModel(string name) => ModelCatalog.Shipped.Ordered.Any(model => model.Name == name);

    private static bool IsDescription(string name) => ReferenceTables.All.Any(table => table.Name == name);

    // Descriptions may lack columns that they had not yet when they were loaded.
    private static bool Lacks(string name, DeltaSnapshot snapshot)
    {
        var known = snapshot.Schema.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        return IsModel(name) && !ModelCatalog.Shipped.Find(name).Columns.All(column => known.Contains(column.Name));
    }
}
