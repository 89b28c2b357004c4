using AdvertiseX.Events;
using AdvertiseX.Keys;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// Brings a commit unit into the lake: judge duplicates, stage files, let one ledger commit decide, apply. When another
/// writer came first and changed a verdict the unit is judged again; when another writer read the same stream, the unit
/// is given up. One unit at a time.
/// </summary>
internal sealed class UnitCommitter(IngestEnvironment environment) : IDisposable
{
    private readonly DuplicateJudge _judge = new(
        environment.Lake,
        environment.Options.DuplicateLookback,
        environment.Options.KeyFilterMib << 20,
        environment.Options.KeysWorthAFilter
    );
    private readonly UnitStager _stager = new(environment.Lake.Store, environment.Options.Parquet);
    private readonly ConflictReader _conflicts = new(environment.Options);

    /// <summary>Commits and returns the counts of each stream as the ledger has them.</summary>
    /// <exception cref="StreamTakenException">One of the streams stands elsewhere than the unit begins, as another
    /// process ingests it; nothing of the unit was committed.</exception>
    public async Task<CommittedUnit> CommitAsync(CommitUnit unit, CancellationToken cancellation)
    {
        using var activity = environment.Telemetry.StartCommit();
        var started = environment.Clock.GetTimestamp();
        foreach (var batch in unit.Facts)
            batch?.Int64("processed_time").Fill(batch.Rows, environment.MicrosNow());
        var rejects = unit.Rejects.Rows;
        while (true)
        {
            using var judged = await JudgeAsync(unit, cancellation);
            var files = await StageAsync(judged, cancellation);
            var result = await DecideAsync(judged, files, cancellation);
            if (result is LedgerResult.Committed committed)
            {
                activity?.SetTag("adx.ledger_version", committed.Version);
                await ApplyAsync();
                var done = new CommittedUnit(
                    committed.Version,
                    [.. unit.Tallies.Select(t => (t, judged.CountsOf(t.Stream)))]
                )
                {
                    LookedBackTo = _judge.LookedBackTo,
                };
                judged.HandOverVerdicts();
                foreach (var kind in Enum.GetValues<EventKind>())
                    if (unit.Facts[(int)kind] is not null)
                        environment.Telemetry.LookedBack(kind, LookbackOf(kind));
                environment.Telemetry.Committed(
                    environment.Clock.GetElapsedTime(started),
                    done.Streams.Select(stream => stream.Counts)
                );
                return done;
            }

            await _stager.DropAsync(files);
            unit.Rejects.Truncate(rejects);
            if (result is LedgerResult.Raced { Streams: { Count: > 0 } taken })
                throw new StreamTakenException(taken);
        }
    }

    public void Dispose() => _judge.Dispose();

    private async Task<JudgedUnit> JudgeAsync(CommitUnit unit, CancellationToken cancellation)
    {
        using var activity = environment.Telemetry.StartJudging();
        var judged = await JudgedUnit.JudgeAsync(unit, _judge, environment.Lake.Ledger.Version, cancellation);
        try
        {
            await _conflicts.AddRejectsAsync(judged, cancellation);
            return judged;
        }
        catch
        {
            judged.Dispose();
            throw;
        }
    }

    private async Task<IReadOnlyList<StagedFile>> StageAsync(JudgedUnit judged, CancellationToken cancellation)
    {
        using var activity = environment.Telemetry.StartStaging();
        var files = await _stager.StageAsync(judged, cancellation);
        environment.Telemetry.Staged();
        return files;
    }

    private async Task ApplyAsync()
    {
        using var activity = environment.Telemetry.StartApplying();
        await environment.Lake.ApplyAsync(CancellationToken.None);
        await KeepFiltersAsync();
    }

    private async Task<LedgerResult> DecideAsync(
        JudgedUnit judged,
        IReadOnlyList<StagedFile> files,
        CancellationToken cancellation
    )
    {
        using var activity = environment.Telemetry.StartDeciding();
        try
        {
            return await environment.Lake.Ledger.CommitAsync(
                BatchOf(judged, files),
                async (since, token) => !await _judge.IsChangedByAsync(judged, since, token),
                cancellation
            );
        }
        catch (IOException)
        {
            await DropUndecidedAsync(judged, files);
            throw;
        }
    }

    // On a full disk the files would keep it full, and each attempt would leave more. They stay where the ledger may
    // have taken the unit all the same.
    private async Task DropUndecidedAsync(JudgedUnit judged, IReadOnlyList<StagedFile> files)
    {
        try
        {
            await environment.Lake.Ledger.RefreshAsync(CancellationToken.None);
            if (judged.Unit.Tallies.All(tally => environment.Lake.Ledger.PositionOf(tally.Stream) < tally.Next))
                await _stager.DropAsync(files);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or DeltaException)
        {
            // Vacuum removes them in time.
        }
    }

    // The unit stands whatever becomes of the filters; the next one tries again.
    private async Task KeepFiltersAsync()
    {
        try
        {
            await _judge.CommittedAsync(CancellationToken.None);
        }
        catch (Exception failed)
            when (failed is IOException or UnauthorizedAccessException or DeltaException or KeyFileException) { }
    }

    private TimeSpan LookbackOf(EventKind kind) =>
        _judge.LookedBackTo.TryGetValue(kind, out var since)
            ? environment.Clock.GetUtcNow() - since
            : environment.Options.DuplicateLookback;

    private LedgerBatch BatchOf(JudgedUnit judged, IReadOnlyList<StagedFile> files) =>
        new(
            [.. judged.Unit.Tallies.Select(t => Advance(t, judged) with { Begins = IsNew(t) })],
            files,
            judged.LedgerVersion
        );

    // A file begins at 0 always; where another kind of source begins, it says itself.
    private bool IsNew(StreamTally tally) =>
        tally is { Source: not FileSource, From: > 0 } && environment.Lake.Ledger.Find(tally.Stream) == null;

    private static StreamAdvance Advance(StreamTally tally, JudgedUnit judged) =>
        new(tally.Stream, tally.From, tally.Next, [.. Counts(judged.CountsOf(tally.Stream))])
        {
            File = tally.Mark(judged.TailCountsOf(tally.Stream) is { } tail ? [.. Counts(tail)] : null),
            UnmappedFields = tally.Unmapped,
            Bytes = tally.Next - tally.From,
            Seconds = tally.Seconds,
        };

    private static IEnumerable<LedgerCounts> Counts(KindCounts[] counts)
    {
        foreach (var kind in Enum.GetValues<EventKind>())
            if (counts[(int)kind].Received > 0)
                yield return LedgerCounts.Of(kind, counts[(int)kind]);
    }
}
