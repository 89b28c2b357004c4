using AdvertiseX.Columns;
using AdvertiseX.Keys;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Keys;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Lake;

/// <summary>
/// Which event keys a table has, as one process knows them: those of the newest ledger versions exactly, in memory
/// (<see cref="Recent"/>), those before in filters (<see cref="KeyCoverage"/>). Follows the ledger; what is missing or
/// damaged is made anew. For one thread at a time.
/// </summary>
internal sealed class TableKeys : IDisposable
{
    // Keys of a file with more than this part of a filter's are not copied: its sidecar is asked, as a filter is.
    private const int LargePart = 8;

    private readonly DataLake _lake;
    private readonly List<string> _large = [];
    private readonly string _table;
    private readonly OpenKeyFiles _files;
    private readonly long _recentWorthAFilter;
    private readonly SidecarReader _sidecars;
    private readonly FilterWriter _filters;
    private Task _covering = Task.CompletedTask;
    private long _recentRows;
    private long _due;

    /// <param name="lake">The lake.</param>
    /// <param name="schema">The table.</param>
    /// <param name="filters">Filters that the process has open.</param>
    /// <param name="sidecars">Sidecars that the process has open.</param>
    /// <param name="recentWorthAFilter">So many recent keys are put into a filter, or by chance up to half as many
    /// more: the processes of one lake shall not all do it at once.</param>
    public TableKeys(
        DataLake lake,
        TableSchema schema,
        OpenKeyFiles filters,
        OpenKeyFiles sidecars,
        long recentWorthAFilter
    )
    {
        (_lake, _table, _files, _recentWorthAFilter) = (lake, schema.Name, filters, recentWorthAFilter);
        _due = NextDue();
        _sidecars = new SidecarReader(lake.Store, lake.Engine, schema, sidecars);
        _filters = new FilterWriter(lake, schema);
    }

    /// <summary>The last ledger version whose rows are known; null before the first look.</summary>
    public long? Version { get; private set; }

    /// <summary>What the filters hold.</summary>
    public KeyCoverage Coverage { get; private set; } = KeyCoverage.None;

    /// <summary>Keys of rows that the filters do not hold, those of large files excepted.</summary>
    public RecentKeys Recent { get; } = new();

    /// <summary>Paths of large files that the filters do not hold.</summary>
    public IReadOnlyList<string> LargeRecent => _large;

    /// <summary>Reads on to the ledger's newest version, which is returned.</summary>
    /// <exception cref="DeltaException">A log or a data file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<long> ReadOnAsync(CancellationToken cancellation)
    {
        if (Version is null)
            await StartAsync(cancellation);
        var ledger = await _lake.Ledger.RefreshAsync(cancellation);
        for (var version = Version!.Value + 1; version <= ledger; version++)
        {
            if (await _lake.Ledger.ReadEntryAsync(version, cancellation) is { } entry)
            {
                try
                {
                    foreach (var file in entry.FilesOf(_table))
                        await LearnAsync(file.Path, cancellation);
                }
                catch (Exception absent) when (ObjectAbsence.IsCauseOf(absent))
                {
                    // Merged and deleted while this process slept: the tables know better.
                    await StartAsync(cancellation);
                    return await ReadOnAsync(cancellation);
                }
            }

            Version = version;
        }

        return ledger;
    }

    /// <summary>Begins to put recent keys into a filter when there are many, beside the commits that follow; what was
    /// written, here or by another process, is taken over by a later call.</summary>
    /// <param name="cancellation">Stops before anything is begun.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask CoverWhenDueAsync(CancellationToken cancellation)
    {
        if (Version is null || _recentRows < _due || !_covering.IsCompleted)
            return;
        // A fault that was not foreseen shows here.
        await _covering;
        var newest = await NewestAsync(cancellation);
        if (newest.Version > Coverage.Version)
            await TakeOverAsync(newest, cancellation);
        else
            _covering = CoverBesideAsync(Coverage);
    }

    /// <summary>Ends when no filter is being written; failures do not show.</summary>
    public Task CoveredAsync() => _covering;

    /// <summary>Reads the event keys of a file; <see cref="SidecarReader.ReadAsync"/>.</summary>
    public ValueTask<T> ReadAsync<T>(
        string path,
        Func<IReadOnlyList<KeySet>, T> read,
        CancellationToken cancellation
    ) => _sidecars.ReadAsync(path, read, cancellation);

    /// <summary>To be called when a filter is missing or damaged: takes over a newer coverage, or makes the filters
    /// anew from the sidecars.</summary>
    /// <param name="anew">Whether a newer coverage was of no use.</param>
    /// <param name="cancellation">Stops before anything is written.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask RecoverAsync(bool anew, CancellationToken cancellation)
    {
        // Merged filters are deleted under a process that still knows the ones before.
        await _covering;
        var newest = anew ? KeyCoverage.None : await NewestAsync(cancellation);
        if (newest.Version <= Coverage.Version)
            newest = await CoverAsync(KeyCoverage.None, cancellation);
        await TakeOverAsync(newest, cancellation);
    }

    /// <summary>Waits for a filter that is being written.</summary>
    public void Dispose()
    {
        _covering.GetAwaiter().GetResult();
        _filters.Dispose();
        Recent.Dispose();
    }

    /// <summary>Looks at the table anew, as files that were known have been merged and deleted.</summary>
    /// <exception cref="DeltaException">A log or a data file is damaged.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask StartAsync(CancellationToken cancellation)
    {
        var coverage = await NewestAsync(cancellation);
        var there = await _lake.FilesAsync(_table, null, cancellation);
        if (there.Files.Where(file => !coverage.Covers(file)).Sum(file => file.Rows) > 2 * _recentWorthAFilter)
        {
            await _covering;
            coverage = await CoverAsync(coverage, cancellation);
        }

        Version = await LearnAllAsync(coverage, cancellation);
    }

    // The rows after the coverage stay exact.
    private async ValueTask TakeOverAsync(KeyCoverage coverage, CancellationToken cancellation)
    {
        var known = Version!.Value;
        Version = Math.Max(known, await LearnAllAsync(coverage, cancellation));
    }

    private ValueTask<KeyCoverage> NewestAsync(CancellationToken cancellation) =>
        _filters.Coverages.NewestAsync(Coverage, cancellation);

    // The rows stand whatever becomes of the filters; a later call tries again.
    private Task CoverBesideAsync(KeyCoverage old) =>
        Task.Run(async () =>
        {
            try
            {
                await CoverAsync(old, CancellationToken.None);
            }
            catch (Exception failed)
                when (failed is IOException or UnauthorizedAccessException or DeltaException or KeyFileException) { }
        });

    private ValueTask<KeyCoverage> CoverAsync(KeyCoverage old, CancellationToken cancellation) =>
        FilesAtHand.ReadAsync(
            _lake,
            _table,
            null,
            there => _filters.CoverAsync(old, there, cancellation),
            cancellation
        );

    // Goes on with a coverage and the keys of the rows that it does not cover; up to the ledger version returned.
    private ValueTask<long> LearnAllAsync(KeyCoverage coverage, CancellationToken cancellation)
    {
        Forget(coverage);
        Coverage = coverage;
        return FilesAtHand.ReadAsync(_lake, _table, null, LearnUncoveredAsync, cancellation);

        async ValueTask<long> LearnUncoveredAsync(LakeFiles there)
        {
            foreach (var file in there.Files.Where(file => !coverage.Covers(file)))
                await LearnAsync(file.Path, cancellation);
            return there.LedgerVersion;
        }
    }

    // Filters that the next coverage names too stay in memory.
    private void Forget(KeyCoverage next)
    {
        var kept = next.Filters.Select(filter => filter.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var filter in Coverage.Filters.Where(filter => !kept.Contains(filter.Key)))
            _files.Drop(filter.Key);
        Recent.Clear();
        _large.Clear();
        _recentRows = 0;
        _due = NextDue();
        Version = null;
    }

    private long NextDue() => _recentWorthAFilter + (long)(_recentWorthAFilter * Random.Shared.NextDouble() / 2);

    private async ValueTask LearnAsync(string path, CancellationToken cancellation)
    {
        var rows = await _sidecars.CountAsync(path, cancellation);
        if (rows > _recentWorthAFilter / LargePart)
            _large.Add(path);
        else
            await _sidecars.ReadAsync(path, Recent.AddAll, cancellation);
        _recentRows += rows;
    }
}
