using System.Diagnostics;
using AdvertiseX.Contracts;
using AdvertiseX.Enrichment;
using AdvertiseX.Events;
using AdvertiseX.Lake;
using AdvertiseX.Sources;
using AdvertiseX.Staging;

namespace AdvertiseX;

/// <summary>
/// The whole route from files to facts. For each file: know it again, cut it into blocks, decode them in parallel through its
/// contract into typed columns, validate, enrich, gather commit units; for each unit: judge duplicates, stage Parquet files, one ledger
/// commit decides, tables take the files. Memory follows the unit, not the input. One run at a time for each instance.
/// </summary>
/// <param name="lake">The lake to write to.</param>
/// <param name="options">Sizes and limits.</param>
/// <param name="clock">The clock.</param>
public sealed class EventPipeline(DataLake lake, IngestOptions options, TimeProvider clock)
{
    private readonly UnitCommitter _committer = new(lake, options, clock);
    private readonly Enricher _enricher = new(options.Enrichment);
    private readonly long _receivedMicros = (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / 10;

    /// <summary>Ingests files in order. Cancelling stops after the commit under way; the next run goes on from there.</summary>
    /// <exception cref="StreamTakenException">Another process ingests the same files.</exception>
    /// <exception cref="IOException">The lake could not be written.</exception>
    public async Task<IngestReport> RunAsync(SourceList sources, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var run = new IngestRun(sources, progress, clock);
        await using var units = new UnitQueue(_committer, options.CommitUnitBytes, run, cancellation);
        foreach (var source in sources.Sources)
        {
            if (cancellation.IsCancellationRequested) break;
            var file = await FileRecognition.RecognizeAsync(lake.Ledger, source.Path, () => SourceReader.OpenContent(source), cancellation);
            if (file.Change == FileChange.Unchanged) run.Unchanged(source);
            else await ReadAsync(source, file, units, run, cancellation);
        }

        if (!cancellation.IsCancellationRequested) await units.FlushAsync();
        await units.DrainAsync();
        return run.Finish(cancellation.IsCancellationRequested);
    }

    private async Task ReadAsync(
        FileSource source, RecognizedFile file, UnitQueue units, IngestRun run, CancellationToken cancellation)
    {
        run.Begin(source);
        using var blocks = new BlockReader(source, file, _enricher, options, _receivedMicros);
        try
        {
            await foreach (var block in blocks.ReadAsync(cancellation))
            {
                run.Read(source, block);
                await units.AddAsync(block);
            }

            run.End(source);
        }
        catch (InvalidDataException damage)
        {
            run.Failed(source, damage);
        }
    }
}
