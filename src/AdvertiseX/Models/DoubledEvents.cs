using System.Collections.Concurrent;
using AdvertiseX.Engines;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Models;

/// <summary>
/// Keeps the table of doubled events up with the facts (<see cref="DoubledSearch"/>). Several processes may do it at
/// once: one commit takes, and the others read what it says. Thread-safe.
/// </summary>
internal sealed class DoubledEvents(DataLake lake, IQueryEngine engine, TimeProvider clock, int maxAttempts)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _found = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private volatile DoubledRows? _rows;

    /// <summary>The rows that models leave out of facts at these versions, or newer ones; what was not looked at yet is
    /// looked at now.</summary>
    /// <exception cref="ModelException">Others change the table without pause.</exception>
    /// <exception cref="QueryException">Rows cannot be read.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<DoubledRows> CoverAsync(IReadOnlyList<InputState> inputs, CancellationToken cancellation)
    {
        if (_rows is { } known && Covers(known, inputs))
            return known;
        await _turn.WaitAsync(cancellation);
        try
        {
            for (var attempt = 0; attempt < maxAttempts; attempt++)
            {
                var rows = await DoubledRows.ReadAsync(lake, engine, cancellation);
                _rows = rows;
                if (Covers(rows, inputs))
                    return rows;
                try
                {
                    await LookAsync(rows, cancellation);
                }
                catch (Exception gone) when (QueryException.IsOfGoneFile(gone))
                {
                    // Merged and deleted meanwhile; a file that is lost stays away.
                    if (attempt + 1 == maxAttempts)
                        throw gone as QueryException ?? new QueryException(QueryFailure.FileGone, gone.Message, gone);
                }
            }
        }
        finally
        {
            _turn.Release();
        }

        throw new ModelException($"{DoubledRows.Name} was changed by others {maxAttempts} times");
    }

    /// <summary>The rows that the last run left out.</summary>
    /// <exception cref="QueryException">Rows cannot be read.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<DoubledRows> LastAsync(CancellationToken cancellation) =>
        _rows ??= await DoubledRows.ReadAsync(lake, engine, cancellation);

    /// <summary>The rows that a run would leave out now. The table stays as it is: rows that are not in it yet are put
    /// into a scratch space.</summary>
    /// <exception cref="QueryException">Rows cannot be read.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    public async ValueTask<DoubledRows> TryAsync(ScratchSpace scratch, CancellationToken cancellation)
    {
        if (_rows is { } known)
            return known;
        var rows = await DoubledRows.ReadAsync(lake, engine, cancellation);
        var found = new List<DoubledSearch>();
        try
        {
            if (await FindAsync(rows, found, scratch, cancellation))
                rows = DoubledRows.None;
        }
        catch (FileNotFoundException gone)
        {
            throw new QueryException(QueryFailure.FileGone, gone.Message, gone);
        }

        var tried = found.SelectMany(search => search.Tried).ToList();
        if (tried.Count > 0)
            rows = await (rows with { Files = [.. rows.Files, .. tried] }).CountedAsync(engine, cancellation);
        return _rows = rows;
    }

    /// <summary>How many rows of a table this object found and models leave out since.</summary>
    public long FoundIn(string fact) => _found.GetValueOrDefault(fact);

    public void Dispose() => _turn.Dispose();

    private static bool Covers(DoubledRows rows, IReadOnlyList<InputState> inputs) =>
        inputs.All(input => !DoubledRows.IsFact(input.Table) || rows.VersionOf(input.Table) >= input.Version);

    // Where somebody else was faster, what he found is read next.
    private async Task LookAsync(DoubledRows known, CancellationToken cancellation)
    {
        var table = await lake.FindOrCreateTableAsync(DoubledRows.Name, DoubledRows.Schema, [], cancellation);
        var read = known.Snapshot ?? await table.Delta.RefreshAsync(cancellation);
        var found = new List<DoubledSearch>();
        var mayBeKept = false;
        try
        {
            var anew = await FindAsync(known, found, null, cancellation);
            mayBeKept = true;
            var result = await table.Delta.CommitAsync(ChangeOf(read, found, anew), read, cancellation);
            mayBeKept = result.Outcome == DeltaCommitOutcome.Committed;
            if (mayBeKept)
                foreach (var search in found.Where(search => search.Files.Count > 0))
                    _found.AddOrUpdate(search.Fact, search.Rows, (_, before) => before + search.Rows);
        }
        finally
        {
            if (!mayBeKept)
                await DropAsync(found);
        }
    }

    /// <summary>Looks at all facts; true where a row that was left out counts now, so that what stands in the table is
    /// made anew.</summary>
    private async Task<bool> FindAsync(
        DoubledRows known,
        List<DoubledSearch> found,
        ScratchSpace? scratch,
        CancellationToken cancellation
    )
    {
        await SearchAsync(known, found, scratch, cancellation);
        if (!found.Any(search => search.HasRevived))
            return false;
        await DropAsync(found);
        await SearchAsync(DoubledRows.None, found, scratch, cancellation);
        return true;
    }

    private async Task SearchAsync(
        DoubledRows known,
        List<DoubledSearch> found,
        ScratchSpace? scratch,
        CancellationToken cancellation
    )
    {
        foreach (var fact in DoubledRows.Facts)
        {
            var seen = known.VersionOf(fact.Name);
            var input = await InputState.ReadAsync(lake, fact.Name, seen, cancellation);
            var search = new DoubledSearch(lake, engine, fact, input, known, scratch);
            found.Add(search);
            await search.RunAsync(cancellation);
        }
    }

    private DeltaChange ChangeOf(DeltaSnapshot read, List<DoubledSearch> found, bool anew)
    {
        var now = clock.GetUtcNow();
        var millis = now.ToUnixTimeMilliseconds();
        return new DeltaChange(anew ? "MERGE" : "WRITE")
        {
            Adds =
            [
                .. found.SelectMany(search => search.Files).Select(file => LakeTable.AddOf(file, read.Metadata, now)),
            ],
            Removes = anew ? [.. read.Files.Values.Select(file => RemoveFile.Of(file, now, dataChange: true))] : [],
            RecordedVersions =
            [
                .. found.Select(search => new SetTransaction(
                    DoubledRows.VersionIdOf(search.Fact),
                    search.Version,
                    millis
                )),
                .. found
                    .Where(search => anew || search.IsRevision)
                    .Select(search => new SetTransaction(
                        DoubledRows.RevisionIdOf(search.Fact),
                        search.Version,
                        millis
                    )),
            ],
            StillWanted = (snapshot, _) =>
                ValueTask.FromResult(
                    found.All(search =>
                        snapshot.TransactionOf(DoubledRows.VersionIdOf(search.Fact))
                        == read.TransactionOf(DoubledRows.VersionIdOf(search.Fact))
                    )
                ),
        };
    }

    private async Task DropAsync(List<DoubledSearch> found)
    {
        await lake.Staging.DropAsync(found.SelectMany(search => search.Files));
        found.Clear();
    }
}
