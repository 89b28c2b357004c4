using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;

namespace AdvertiseX.Lake;

/// <summary>
/// Event keys that several rows of a table may have, as the table's filters and the sidecars of its files tell: pages
/// of keys are read, no column. Two keys can have one prefix, so the rows have to confirm what is found.
/// </summary>
/// <param name="Starts">The least key of each prefix (<see cref="KeyPrefix"/>) that is there more than once: a key of
/// the prefix without its bits of <see cref="Rest"/>.</param>
/// <param name="Files">The files that hold them.</param>
internal sealed record RepeatedKeys(IReadOnlySet<long> Starts, IReadOnlyList<LakeFile> Files)
{
    /// <summary>The bits of a key that do not belong to its prefix.</summary>
    public const long Rest = (1L << (64 - KeyPrefix.Bits)) - 1;

    private const long PageBytes = 64L << 20;
    private const long RowsAtOnce = 4 << 20;

    /// <summary>Finds the keys of some files that another row of the table has too.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="table">The table.</param>
    /// <param name="fresh">The files whose keys are looked for.</param>
    /// <param name="others">The other files of the table.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="DeltaException">A file is damaged.</exception>
    /// <exception cref="IOException">A file is not there, or the store failed.</exception>
    public static async ValueTask<RepeatedKeys> FindAsync(
        DataLake lake,
        TableSchema table,
        IReadOnlyList<LakeFile> fresh,
        IReadOnlyList<LakeFile> others,
        CancellationToken cancellation
    )
    {
        using var open = new OpenKeyFiles(lake.Store, PageBytes);
        var sidecars = new SidecarReader(lake.Store, lake.Engine, table, open);
        var coverage = await new KeyCoverageStore(lake.Store, table.Name).NewestAsync(KeyCoverage.None, cancellation);
        var starts = new HashSet<long>();
        var holders = new Dictionary<string, LakeFile>(StringComparer.Ordinal);
        var asked = others.ToList();
        foreach (var portion in LakeFile.Portions(fresh, RowsAtOnce))
        {
            using var keys = await ReadAsync(sidecars, open, portion, cancellation);
            AddTwins(keys, portion, starts, holders);
            var covered = asked.Where(coverage.Covers).ToHashSet();
            using var suspects =
                covered.Count > coverage.Filters.Count ? Suspects(open, coverage, keys, portion) : null;
            foreach (var file in asked)
            {
                var wanted = suspects is not null && covered.Contains(file) ? suspects : keys;
                if (wanted.Count == 0)
                    continue;
                var matches = await sidecars.ReadAsync(file.Path, sets => MatchesOf(sets, wanted), cancellation);
                open.Settle();
                if (matches.Count > 0)
                    holders[file.Path] = file;
                foreach (var match in matches)
                    Add(wanted.Entries[match.Index], portion, starts, holders);
            }

            asked.AddRange(portion);
        }

        return new(starts, [.. holders.Values]);
    }

    // The row of an entry is the number of its file.
    private static async ValueTask<SortedKeys> ReadAsync(
        SidecarReader sidecars,
        OpenKeyFiles open,
        IReadOnlyList<LakeFile> files,
        CancellationToken cancellation
    )
    {
        var entries = new List<ulong>((int)files.Sum(file => file.Rows));
        for (var i = 0; i < files.Count; i++)
        {
            var (number, before) = (i, entries.Count);
            await sidecars.ReadAsync(
                files[i].Path,
                sets =>
                {
                    // A page that turned out to be damaged begins the file again.
                    entries.RemoveRange(before, entries.Count - before);
                    foreach (var set in sets)
                    {
                        for (var cursor = set.Cursor(); cursor.MoveNext(); )
                            entries.Add(SortedKeys.EntryOf((long)(cursor.Prefix << (64 - KeyPrefix.Bits)), number));
                    }

                    return true;
                },
                cancellation
            );
            open.Settle();
        }

        return SortedKeys.Of(entries);
    }

    /// <summary>The keys that filters hold more often than they are in the portion; null when a filter cannot be
    /// read.</summary>
    private static SortedKeys? Suspects(
        OpenKeyFiles open,
        KeyCoverage coverage,
        SortedKeys keys,
        IReadOnlyList<LakeFile> portion
    )
    {
        var held = new long[keys.Count];
        try
        {
            foreach (var filter in coverage.Filters)
            {
                foreach (var match in MatchesOf(open.Open(filter.Key).SectionsOf(KeyPaths.EventSection), keys))
                    held[match.Index] += match.Count;
                open.Settle();
            }
        }
        catch (KeyFileException)
        {
            return null;
        }

        var isCovered = portion.Select(coverage.Covers).ToList();
        var suspects = new List<ulong>();
        var entries = keys.Entries;
        for (int from = 0, to; from < entries.Length; from = to)
        {
            var own = 0;
            for (
                to = from;
                to < entries.Length && SortedKeys.PrefixOf(entries[to]) == SortedKeys.PrefixOf(entries[from]);
                to++
            )
                own += isCovered[SortedKeys.RowOf(entries[to])] ? 1 : 0;
            if (held[from] > own)
                suspects.AddRange(entries[from..to]);
        }

        return SortedKeys.Of(suspects);
    }

    private static List<KeyMatch> MatchesOf(IReadOnlyList<KeySet> sets, SortedKeys keys)
    {
        var matches = new List<KeyMatch>();
        foreach (var set in sets)
            set.Match(keys.Entries, matches);
        return matches;
    }

    private static void AddTwins(
        SortedKeys keys,
        IReadOnlyList<LakeFile> files,
        HashSet<long> starts,
        Dictionary<string, LakeFile> holders
    )
    {
        var entries = keys.Entries;
        for (var i = 1; i < entries.Length; i++)
        {
            if (SortedKeys.PrefixOf(entries[i]) != SortedKeys.PrefixOf(entries[i - 1]))
                continue;
            Add(entries[i - 1], files, starts, holders);
            Add(entries[i], files, starts, holders);
        }
    }

    private static void Add(
        ulong entry,
        IReadOnlyList<LakeFile> files,
        HashSet<long> starts,
        Dictionary<string, LakeFile> holders
    )
    {
        starts.Add((long)entry & ~Rest);
        var file = files[SortedKeys.RowOf(entry)];
        holders[file.Path] = file;
    }
}
