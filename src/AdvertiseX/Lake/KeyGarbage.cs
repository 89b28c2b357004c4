using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>Finds filters, lists of them and coverages that the newest coverage of their table took the place of. A
/// process that still knows them takes over the newest when they are gone.</summary>
internal static class KeyGarbage
{
    // Those that are younger may be about to be named.
    private static readonly TimeSpan Young = TimeSpan.FromHours(1);

    /// <summary>What may be deleted of a table's filters and coverages.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public static async ValueTask<IReadOnlyList<StoredObject>> FindAsync(
        IObjectStore store,
        string table,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var filters = await ListAsync(store, KeyPaths.FiltersOf(table), cancellation);
        var coverages = await ListAsync(store, KeyPaths.CoveragesOf(table), cancellation);
        if (coverages.Count == 0)
            return filters.FindAll(IsOld);
        var newest = new KeyCoverageStore(store, table);
        if (await newest.ReadAsync(coverages[^1].Key, KeyCoverage.None, cancellation) is not { } coverage)
            return [];
        var named = coverage.Filters.Select(filter => filter.Key).ToHashSet(StringComparer.Ordinal);
        named.UnionWith(coverage.Older.Select(list => list.Key));
        return
        [
            .. coverages[..^1].FindAll(IsOld),
            .. filters.FindAll(filter => !named.Contains(filter.Key) && IsOld(filter)),
        ];

        bool IsOld(StoredObject found) => now - found.Modified >= Young;
    }

    private static async ValueTask<List<StoredObject>> ListAsync(
        IObjectStore store,
        string folder,
        CancellationToken cancellation
    )
    {
        var found = new List<StoredObject>();
        await foreach (var each in store.ListAsync(folder, null, cancellation))
            found.Add(each);
        return found;
    }
}
