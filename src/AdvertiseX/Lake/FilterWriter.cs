using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Makes filters of a table from the sidecars of its files, merges them by size, and says in a coverage which rows they
/// hold. Several processes may do so at once: of those that come to the same version one wins, and the others' files
/// are nobody's, which vacuum removes. It has its own files open; for one thread at a time, beside those that read
/// filters.
/// </summary>
internal sealed class FilterWriter(DataLake lake, TableSchema schema) : IDisposable
{
    // Pages that are kept between two files; those of the files at work are in memory all.
    private const long PageBytes = 1 << 20;

    // Prefixes that are sorted at once, 16 bytes each.
    private const long MostSortedAtOnce = 8 << 20;

    // So many filters of one size are merged, so that a key is written again log₄ times and few filters are asked.
    private const int MergedAtOnce = 4;

    private readonly OpenKeyFiles _filters = new(lake.Store, PageBytes);
    private readonly OpenKeyFiles _openSidecars = new(lake.Store, PageBytes);

    /// <summary>Where coverages are.</summary>
    public KeyCoverageStore Coverages { get; } = new(lake.Store, schema.Name);

    /// <summary>A coverage of all rows of some files: filters for those that the old one does not cover, merged with
    /// others of their size.</summary>
    public async ValueTask<KeyCoverage> CoverAsync(KeyCoverage old, LakeFiles there, CancellationToken cancellation)
    {
        try
        {
            return await ExtendAsync(old, there, cancellation);
        }
        catch (KeyFileException) when (old.Filters.Count > 0)
        {
            // A filter is damaged or gone: all anew from the sidecars.
            return await ExtendAsync(KeyCoverage.None, there, cancellation);
        }
    }

    public void Dispose()
    {
        _filters.Dispose();
        _openSidecars.Dispose();
    }

    private async ValueTask<KeyCoverage> ExtendAsync(KeyCoverage old, LakeFiles there, CancellationToken cancellation)
    {
        var filters = old.Newer.ToList();
        var uncovered = there.Files.Where(file => !old.Covers(file)).OrderBy(file => file.Ledger?.Last ?? -1).ToList();
        var written = new List<string>();
        KeyCoverage coverage;
        try
        {
            foreach (var together in LakeFile.Portions(uncovered, MostSortedAtOnce))
                filters.Add(await WriteAsync(together, written, cancellation));
            await MergeAsync(filters, written, cancellation);
            coverage = await Coverages.WriteAsync(
                new KeyCoverage(
                    there.LedgerVersion,
                    old.Older,
                    filters,
                    [.. there.Files.Where(file => file.Ledger is null).Select(file => file.Path)]
                ),
                cancellation
            );
        }
        catch
        {
            // On a full disk they would keep it full, and each attempt would leave more.
            await DropAsync(written);
            throw;
        }

        FaultPoint.Reach("coverage: written");
        await DropAsync(written.Except(filters.Select(filter => filter.Key)));
        return coverage;
    }

    // Filters that no coverage names.
    private async ValueTask DropAsync(IEnumerable<string> keys)
    {
        foreach (var key in keys)
            await lake.Store.DeleteAsync(key, CancellationToken.None);
    }

    private async ValueTask<KeyFilter> WriteAsync(
        IReadOnlyList<LakeFile> portion,
        List<string> written,
        CancellationToken cancellation
    )
    {
        var sidecars = new SidecarReader(lake.Store, lake.Engine, schema, _openSidecars);
        // The log does not say of every file how many rows it has.
        long count = 0;
        foreach (var file in portion)
        {
            count += await sidecars.CountAsync(file.Path, cancellation);
            _openSidecars.Settle();
        }

        using var all = new KeyEntries(count);
        foreach (var file in portion)
        {
            await sidecars.ReadAsync(file.Path, all.AddAll, cancellation);
            _openSidecars.Settle();
        }

        using var sorted = all.Sort();
        using var writer = new KeyFileWriter(0);
        writer.Add(KeyPaths.EventSection, sorted);
        var key = KeyPaths.NewFilter(schema.Name);
        written.Add(key);
        await KeySidecar.WriteAsync(lake.Store, key, writer, cancellation);
        FaultPoint.Reach("filter: written");
        return new KeyFilter(
            key,
            sorted.Count,
            portion.Min(file => file.Ledger?.First ?? 0),
            portion.Max(file => file.Ledger?.Last ?? 0),
            [.. portion.SelectMany(DaysOf).Distinct().Order()],
            lake.Clock.GetUtcNow()
        );
    }

    private async ValueTask MergeAsync(List<KeyFilter> filters, List<string> written, CancellationToken cancellation)
    {
        while (Mergeable(filters) is { } together)
        {
            var sets = together
                .SelectMany(filter => _filters.Open(filter.Key).SectionsOf(KeyPaths.EventSection))
                .ToList();
            using var writer = new KeyFileWriter(0);
            writer.AddUnion(KeyPaths.EventSection, sets);
            var key = KeyPaths.NewFilter(schema.Name);
            written.Add(key);
            await KeySidecar.WriteAsync(lake.Store, key, writer, cancellation);
            FaultPoint.Reach("filter: merged");
            var merged = new KeyFilter(
                key,
                together.Sum(filter => filter.Count),
                together.Min(filter => filter.First),
                together.Max(filter => filter.Last),
                [.. together.SelectMany(filter => filter.Days).Distinct().Order()],
                together.Min(filter => filter.Since)
            );
            filters.Insert(filters.IndexOf(together[0]), merged);
            filters.RemoveAll(together.Contains);
            foreach (var filter in together)
                _filters.Drop(filter.Key);
        }
    }

    /// <summary>Neighbours of about one size, the newest first, that fit into one filter; null for none.</summary>
    internal static List<KeyFilter>? Mergeable(IReadOnlyList<KeyFilter> filters)
    {
        for (var end = filters.Count; end >= MergedAtOnce; end--)
        {
            var together = filters.Skip(end - MergedAtOnce).Take(MergedAtOnce).ToList();
            if (
                together.Sum(filter => filter.Count) <= KeySet.MaxCount
                && together.Max(filter => filter.Count)
                    <= MergedAtOnce * Math.Max(together.Min(filter => filter.Count), 1 << 16)
            )
                return together;
        }

        return null;
    }

    private static IEnumerable<int> DaysOf(LakeFile file) =>
        Enumerable.Range(file.Days.First, file.Days.Last - file.Days.First + 1);
}
