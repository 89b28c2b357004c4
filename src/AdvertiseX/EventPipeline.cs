using AdvertiseX.Enrichment;
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
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class EventPipeline(DataLake lake, IngestOptions options, TimeProvider clock)
{
    private readonly UnitCommitter _committer = new(lake, options.Required(), clock);
    private readonly TailSettler _tails = new(lake);
    private readonly Enricher _enricher = new(options.Enrichment);
    private readonly long _receivedMicros = (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / 10;

    /// <summary>
    /// Ingests files in order. Cancelling stops after the commit under way; the next run goes on from there. Where another process
    /// ingests the same files, whatever it committed first stands, and this run goes on after it.
    /// </summary>
    /// <exception cref="IOException">The lake could not be written.</exception>
    public async Task<IngestReport> RunAsync(SourceList sources, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var run = new IngestRun(sources, progress, clock);
        while (!cancellation.IsCancellationRequested && !await TryIngestAsync(sources, run, cancellation))
        {
            // Another process was first with a part of a file: every file is looked at again.
        }

        return run.Finish(cancellation.IsCancellationRequested);
    }

    private async Task<bool> TryIngestAsync(SourceList sources, IngestRun run, CancellationToken cancellation)
    {
        await using var units = new UnitQueue(_committer, options.CommitUnitBytes, run, cancellation);
        try
        {
            foreach (var source in sources.Sources)
            {
                if (cancellation.IsCancellationRequested) break;
                await IngestAsync(source, units, run, cancellation);
            }

            await units.FlushAsync();
            await units.DrainAsync();
            return true;
        }
        catch (StreamTakenException)
        {
            return false;
        }
    }

    private async Task IngestAsync(FileSource source, UnitQueue units, IngestRun run, CancellationToken cancellation)
    {
        try
        {
            var file = await RecognizeAsync(source, cancellation);
            if (file.Change == FileChange.Unchanged) run.Unchanged(source);
            else await ReadAsync(source, file, units, run, cancellation);
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

    /// <summary>Knows a file again; an unterminated record that was judged as its last one is settled when the file has grown.</summary>
    private async Task<RecognizedFile> RecognizeAsync(FileSource source, CancellationToken cancellation)
    {
        while (true)
        {
            var file = await SourceReader.RecognizeAsync(lake.Ledger, source, cancellation);
            if (file is not { Change: FileChange.Grown, Known.HasTail: true }) return file;
            await _tails.SettleAsync(source, file, cancellation);
        }
    }

    private async Task ReadAsync(
        FileSource source, RecognizedFile file, UnitQueue units, IngestRun run, CancellationToken cancellation)
    {
        run.Begin(source);
        using var blocks = new BlockReader(source, file, _enricher, options, _receivedMicros);
        await foreach (var block in blocks.ReadAsync(cancellation))
        {
            run.Read(source, block);
            await units.AddAsync(block);
        }

        if (!cancellation.IsCancellationRequested) run.End(source);
    }
}
