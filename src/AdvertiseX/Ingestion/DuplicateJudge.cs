using System.Runtime.CompilerServices;
using AdvertiseX.Columns;
using AdvertiseX.Deduplication;
using AdvertiseX.Events;
using AdvertiseX.Keys;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Judges the rows of a unit by what the lake holds (<see cref="DuplicateSearch"/>): filters and recent keys tell which
/// rows may have copies, sidecars where, and the files themselves whether. For one unit at a time.
/// </summary>
internal sealed class DuplicateJudge : IDisposable
{
    // Of the memory, one part in so many is for sidecars: they pass by, and may not push filters out.
    private const int SidecarShare = 16;

    // Sidecars asked between two looks at the memory that they take.
    private const int SidecarsAtOnce = 32;

    // Files can be merged and deleted, and filters damaged, while they are asked.
    private const int MostAttempts = 5;

    // A look-up reads three places of a filter.
    private const long LookupBytes = 3 * KeyBytes.PageBytes;

    private readonly DataLake _lake;
    private readonly TimeSpan _lookback;
    private readonly OpenKeyFiles _filters;
    private readonly OpenKeyFiles _sidecars;
    private readonly StoredEvents _stored;
    private readonly TableKeys[] _tables;
    private readonly long[] _demands = new long[FactTables.KindCount];
    private readonly Dictionary<EventKind, DateTimeOffset> _shortened = [];
    private readonly ConditionalWeakTable<LakeFile[], AskedFiles> _described = [];

    /// <param name="lake">The lake.</param>
    /// <param name="lookback">How far apart the dates of two copies may lie.</param>
    /// <param name="filterBytes">Memory for filters and sidecars.</param>
    /// <param name="recentWorthAFilter">So many keys of the newest rows are put into a filter.</param>
    public DuplicateJudge(DataLake lake, TimeSpan lookback, long filterBytes, long recentWorthAFilter)
    {
        _lake = lake;
        _lookback = lookback;
        _sidecars = new OpenKeyFiles(lake.Store, filterBytes / SidecarShare);
        _filters = new OpenKeyFiles(lake.Store, filterBytes - (filterBytes / SidecarShare));
        _stored = new StoredEvents(lake);
        _tables =
        [
            .. Enum.GetValues<EventKind>()
                .Select(kind => new TableKeys(lake, FactTables.Of(kind), _filters, _sidecars, recentWorthAFilter)),
        ];
    }

    /// <summary>Since when rows had to arrive for copies at another time to be found, for each kind whose filters did
    /// not fit into memory; copies at the same time are found always.</summary>
    public IReadOnlyDictionary<EventKind, DateTimeOffset> LookedBackTo => _shortened.ToDictionary();

    /// <summary>Verdicts by row, which the caller disposes, and the ledger version whose rows they were judged
    /// by.</summary>
    /// <exception cref="DeltaException">A log or a file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<(NativeBuffer Verdicts, long LedgerVersion)> JudgeAsync(
        EventKind kind,
        ColumnBatch batch,
        CancellationToken cancellation
    )
    {
        using var search = new DuplicateSearch(batch, _lookback);
        var table = _tables[(int)kind];
        var version = await table.ReadOnAsync(cancellation);
        try
        {
            var unread = await SuspectAsync(kind, search, table, cancellation);
            if (search.HasSuspects)
                await FilesAtHand.ReadAsync(
                    _lake,
                    FactTables.Of(kind).Name,
                    search.DatesNear(),
                    there => AskFilesAsync(search, table, unread, there.Parts, cancellation),
                    cancellation
                );
            return (search.Finish(), version);
        }
        finally
        {
            Settle();
        }
    }

    /// <summary>Whether what others committed since changes a verdict of new.</summary>
    /// <exception cref="DeltaException">A log or a file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<bool> IsChangedByAsync(
        JudgedUnit judged,
        IReadOnlyList<LedgerEntry> since,
        CancellationToken cancellation
    )
    {
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (judged.Unit.Facts[(int)kind] is not { Rows: > 0 } batch)
                continue;
            var name = FactTables.Of(kind).Name;
            if (since.Any(entry => entry.RemovesFrom(name)))
                return true;
            using var search = new DuplicateSearch(batch, _lookback);
            try
            {
                foreach (var entry in since)
                foreach (var file in entry.FilesOf(name))
                    if (await HasCopiesAsync(judged, kind, search, file, entry.Version, cancellation))
                        return true;
            }
            catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
            {
                // Merged and deleted meanwhile: the unit is judged by what the tables hold now.
                return true;
            }
        }

        return false;
    }

    /// <summary>To be called when a unit was committed: keeps the filters up with the ledger.</summary>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task CommittedAsync(CancellationToken cancellation)
    {
        foreach (var table in _tables)
            await table.CoverWhenDueAsync(cancellation);
        Settle();
    }

    /// <summary>Ends when no filter is being written.</summary>
    internal Task CoveredAsync() => Task.WhenAll(_tables.Select(table => table.CoveredAsync()));

    /// <summary>Waits for filters that are being written.</summary>
    public void Dispose()
    {
        foreach (var table in _tables)
            table.Dispose();
        _filters.Dispose();
        _sidecars.Dispose();
    }

    // Tells which filters were not read.
    private async ValueTask<UnreadFilters> SuspectAsync(
        EventKind kind,
        DuplicateSearch search,
        TableKeys table,
        CancellationToken cancellation
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SuspectRecentAsync(search, table, cancellation);
                var unread = Suspect(kind, search, table);
                unread.Suspect(search);
                return unread;
            }
            catch (Exception absent) when (attempt < MostAttempts && ObjectAbsence.IsCauseOf(absent))
            {
                await table.StartAsync(cancellation);
            }
            catch (KeyFileException) when (attempt < MostAttempts)
            {
                // Suspects that are found twice do no harm.
                await table.RecoverAsync(anew: attempt > 1, cancellation);
            }
        }
    }

    private static async ValueTask SuspectRecentAsync(
        DuplicateSearch search,
        TableKeys table,
        CancellationToken cancellation
    )
    {
        var origin = new KeyOrigin(table.Coverage.Version + 1, long.MaxValue);
        search.Suspect(origin, table.Recent);
        foreach (var path in table.LargeRecent)
            await table.ReadAsync(
                path,
                sets =>
                {
                    foreach (var keys in sets)
                        search.Suspect(origin, keys, days: null);
                    return true;
                },
                cancellation
            );
    }

    // The newest rows first: where filters do not fit, copies at another time are looked for less far back.
    private UnreadFilters Suspect(EventKind kind, DuplicateSearch search, TableKeys table)
    {
        var isFirst = _demands[(int)kind] == 0;
        var near = new List<(KeyFilter Filter, long Bytes)>();
        foreach (var filter in table.Coverage.Filters)
            if (search.IsNear(filter.Days))
                near.Add((filter, NeededFor(filter, search, isFirst)));
        near.Reverse();
        _demands[(int)kind] = near.Sum(filter => filter.Bytes);
        var left = ShareOf(kind);
        _shortened.Remove(kind);
        for (var i = 0; i < near.Count; i++)
        {
            left -= near[i].Bytes;
            if (left < 0)
            {
                _shortened[kind] = i > 0 ? near[i - 1].Filter.Since : _lake.Clock.GetUtcNow();
                return new([.. near[i..].Select(one => one.Filter)]);
            }

            var filter = near[i].Filter;
            foreach (var keys in _filters.Open(filter.Key).SectionsOf(KeyPaths.EventSection))
                search.Suspect(new KeyOrigin(filter.First, filter.Last), keys, filter.Days);
        }

        return UnreadFilters.None;
    }

    // A process that judges one unit reads a few pages; one that goes on has all of them in the end.
    private static long NeededFor(KeyFilter filter, DuplicateSearch search, bool isFirst) =>
        isFirst ? Math.Min(filter.Bytes, search.CountNear(filter.Days) * LookupBytes) : filter.Bytes;

    private void Settle()
    {
        _filters.Settle();
        _sidecars.Settle();
    }

    private long ShareOf(EventKind kind)
    {
        var all = _demands.Sum();
        return all <= _filters.BudgetBytes
            ? _filters.BudgetBytes
            : (long)(_filters.BudgetBytes * ((double)_demands[(int)kind] / all));
    }

    // Files that were asked before are asked again without harm.
    private async ValueTask<bool> AskFilesAsync(
        DuplicateSearch search,
        TableKeys table,
        UnreadFilters unread,
        IReadOnlyList<LakeFile[]> parts,
        CancellationToken cancellation
    )
    {
        var there = parts.Select(part => (Files: part, Asked: DescriptionOf(part))).ToList();
        unread.AskWhereCheap(search, _sidecars, there.ConvertAll(part => part.Asked));
        // An identical copy has the same time, so most suspects are settled by few files.
        var asked = 0;
        foreach (var ownTimes in new[] { true, false })
        {
            foreach (var (files, descriptions) in there)
            {
                if (!search.HasSuspectsFor(descriptions.FirstDay, descriptions.LastDay, ownTimes))
                    continue;
                for (var i = 0; i < files.Length; i++)
                {
                    var wanted = search.Wanted(descriptions.Files[i], ownTimes);
                    if (wanted.Count == 0)
                        continue;
                    await AskAsync(search, table, files[i], wanted, cancellation);
                    if (++asked % SidecarsAtOnce == 0)
                        _sidecars.Settle();
                }
            }

            search.DropSettled();
        }

        return search.HasSuspects;
    }

    private async ValueTask AskAsync(
        DuplicateSearch search,
        TableKeys table,
        LakeFile file,
        List<ulong> wanted,
        CancellationToken cancellation
    )
    {
        var copies = await table.ReadAsync(file.Path, keys => search.Copies(wanted, keys), cancellation);
        if (file.EventDate is null && copies.Count > 0)
            DropFar(search, copies, _stored.DaysOf(file.Key));
        _stored.Read(file.Key, copies, search.Confirm);
    }

    private async ValueTask<bool> HasCopiesAsync(
        JudgedUnit judged,
        EventKind kind,
        DuplicateSearch search,
        StagedFile file,
        long version,
        CancellationToken cancellation
    )
    {
        var asked = AskedOf(_lake.Table(file.Table).Staged(file, version));
        var all = search.All(asked);
        if (all.Count == 0)
            return false;
        var copies = await _tables[(int)kind].ReadAsync(file.Path, keys => search.Copies(all, keys), cancellation);
        var found = false;
        _stored.Read(
            file.Key,
            copies.FindAll(copy => judged.IsNew(kind, copy.Row)),
            (row, id, _) => found |= search.IsCopy(row, id)
        );
        return found;
    }

    // A file of late rows holds several days.
    private static void DropFar(DuplicateSearch search, List<PossibleCopy> copies, IReadOnlyList<int> days) =>
        copies.RemoveAll(copy => !search.IsNear(copy.Row, days[(int)copy.Stored]));

    // The files of a date are mostly those of the commit before.
    private AskedFiles DescriptionOf(LakeFile[] part) =>
        _described.GetValue(part, files => new AskedFiles([.. files.Select(AskedOf)]));

    private static AskedFile AskedOf(LakeFile file) =>
        new(
            file.Days.First,
            file.Days.Last,
            file.EventTimes.Least,
            file.EventTimes.Greatest,
            file.Ledger?.First ?? 0,
            file.Ledger?.Last ?? long.MaxValue,
            file.Rows
        );
}
