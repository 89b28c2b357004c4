using AdvertiseX.Enrichment;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// The whole route from sources to facts (<see cref="LivePipeline"/> is that of streams read side by side). For each
/// source: find where it stands, cut it into blocks, decode them in parallel through its contract into typed columns,
/// validate, enrich, gather commit units; for each unit: judge duplicates, stage Parquet files, one ledger commit
/// decides, tables take the files. Memory follows the unit, not the input. One run at a time for each instance.
/// </summary>
/// <param name="environment">Lake, options, clock and telemetry.</param>
/// <exception cref="ArgumentException">An option is not allowed; of the type <see cref="ArgumentOutOfRangeException"/>
/// where it is out of its range.</exception>
public sealed class EventPipeline(IngestEnvironment environment)
{
    private readonly IngestEnvironment _environment = environment with { Options = environment.Options.Required() };
    private readonly StreamRecognition _recognition = new(environment.Lake);
    private readonly Enricher _enricher = new(environment.Options.Enrichment);

    /// <summary>
    /// Ingests files in order. Cancelling stops after the commit under way; the next run goes on from there. Where
    /// another process ingests the same files, whatever it committed first stands, and this run goes on after it.
    /// </summary>
    /// <exception cref="IOException">The lake could not be written.</exception>
    public Task<IngestReport> RunAsync(
        SourceList sources,
        IProgress<IngestProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        RunAsync(
            sources.Sources,
            new IngestRun(sources.Sources, sources.Skipped, progress, environment.Clock),
            cancellation
        );

    /// <summary>Ingests sources one after the other; an endless one until it is cancelled.</summary>
    /// <exception cref="SourceException">A source does not go on where the ledger stands.</exception>
    internal async Task<IngestReport> RunAsync(
        IReadOnlyList<ISource> sources,
        IngestRun run,
        CancellationToken cancellation
    )
    {
        using var committer = new UnitCommitter(_environment);
        StreamTakenException? before = null;
        while (!cancellation.IsCancellationRequested)
        {
            var taken = await TryIngestAsync(sources, committer, run, cancellation);
            if (taken == null)
                break;
            // Another process was first with a part of a stream: every source is looked at again.
            if (taken.IsGapSeenIn(before))
                throw new SourceException(
                    $"{taken.First.Stream}: the source goes on at {taken.First.From}, and the ledger stands at {taken.First.Recorded}; a source must go on where the ledger stands"
                );
            before = taken;
        }

        await _environment.Lake.ApplyAllAsync(CancellationToken.None);
        return run.Finish(cancellation.IsCancellationRequested);
    }

    // Null when every source was read; else which stream was taken.
    private async Task<StreamTakenException?> TryIngestAsync(
        IReadOnlyList<ISource> sources,
        UnitCommitter committer,
        IngestRun run,
        CancellationToken cancellation
    )
    {
        await using var units = new UnitQueue(
            environment.Options.CommitUnitBytes,
            async unit =>
            {
                var committed = await committer.CommitAsync(unit, CancellationToken.None);
                run.Committed(committed);
                await committed.TellSourcesAsync();
            },
            cancellation
        );
        try
        {
            foreach (var source in sources)
            {
                if (cancellation.IsCancellationRequested)
                    break;
                await IngestAsync(source, units, run, cancellation);
            }

            await units.FlushAsync();
            await units.DrainAsync();
            return null;
        }
        catch (StreamTakenException taken)
        {
            return taken;
        }
    }

    private async Task IngestAsync(ISource source, UnitQueue units, IngestRun run, CancellationToken cancellation)
    {
        try
        {
            if (await _recognition.FindStartAsync(source, cancellation) is { } start)
                await ReadAsync(source, start, units, run, cancellation);
            else
                run.Unchanged(source);
        }
        catch (BrokenOffException fault)
        {
            run.Failed(source, fault);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped while a file was compared with what is known of it; nothing of it was read.
        }
    }

    private async Task ReadAsync(
        ISource source,
        StreamStart start,
        UnitQueue units,
        IngestRun run,
        CancellationToken cancellation
    )
    {
        run.Begin(source);
        using var blocks = new BlockReader(source, start, _enricher, environment);
        await foreach (var block in blocks.ReadAsync(cancellation))
        {
            run.Read(source, block);
            await units.AddAsync(block);
        }

        if (!cancellation.IsCancellationRequested)
            run.End(source);
    }
}
