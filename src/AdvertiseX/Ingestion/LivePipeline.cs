using AdvertiseX.Enrichment;
using AdvertiseX.Sources;

namespace AdvertiseX.Ingestion;

/// <summary>
/// The whole route from live streams to facts; <see cref="EventPipeline"/> is that of files. One thread reads all
/// streams of a source side by side and cuts them into blocks; blocks are decoded in parallel, validated, enriched, and
/// gathered in order into one unit for all streams. Every interval, or when it is full, the unit goes the way of a unit
/// of files: judge duplicates, stage Parquet files, one ledger commit decides, tables take the files. While it does,
/// the next one fills; reading goes on, paused, when that is full too.
/// </summary>
/// <param name="environment">Lake, options, clock and telemetry.</param>
/// <param name="options">Interval and sizes.</param>
internal sealed class LivePipeline(IngestEnvironment environment, LiveOptions options)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private readonly Enricher _enricher = new(environment.Options.Enrichment);

    /// <summary>Runs until stopped, or the source is at its end and ends there; what was read is committed then, as far
    /// as there is time.</summary>
    /// <exception cref="SourceException">The source failed.</exception>
    public async Task RunAsync(ILiveSource source, ILiveRun run, bool endsAtEnd, CancellationToken stop)
    {
        using var committer = new UnitCommitter(environment);
        using var decoders = new BlockDecoders(environment, _enricher);
        using var giveUp = new CancellationTokenSource();
        using var stopping = stop.Register(() => giveUp.CancelAfter(options.DrainTime));
        var commit = new LiveCommit(committer, decoders, source, run, environment.Telemetry, giveUp.Token);
        await using var units = new UnitQueue(options.CommitBytes, commit.CommitAsync, CancellationToken.None);
        var intake = new LiveIntake(decoders, environment, options);
        var reading = Task.Factory.StartNew(
            () => Read(source, intake, units, endsAtEnd, stop),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        try
        {
            await GatherAsync(intake, units, decoders);
        }
        finally
        {
            await intake.CloseAsync();
            await reading;
        }
    }

    private void Read(ILiveSource source, LiveIntake intake, UnitQueue units, bool endsAtEnd, CancellationToken stop)
    {
        try
        {
            var due = environment.Clock.GetTimestamp() + Ticks(options.CommitInterval * Random.Shared.NextDouble());
            var garbage = new GarbageInterval(environment.Clock);
            while (!stop.IsCancellationRequested && !intake.IsClosed && !(endsAtEnd && source.IsAtEnd))
            {
                source.IsPaused = intake.IsFull;
                var left = environment.Clock.GetElapsedTime(environment.Clock.GetTimestamp(), due);
                // What was read while a commit takes longer than the interval goes into the next one as a whole.
                var isDue = left <= TimeSpan.Zero && !units.IsCommitting;
                source.Read(intake, WaitFor(left, isDue), isDue);
                if (!isDue)
                    continue;
                garbage.Pass();
                intake.Flush();
                due = Math.Max(due, environment.Clock.GetTimestamp() - Ticks(options.CommitInterval));
                due += Ticks(options.CommitInterval);
            }

            source.Read(intake, TimeSpan.Zero, all: true);
            intake.Drain();
        }
        finally
        {
            intake.Complete();
        }
    }

    private static TimeSpan WaitFor(TimeSpan left, bool isDue) =>
        isDue ? TimeSpan.Zero
        : left > TimeSpan.Zero && left < LongestWait ? left
        : LongestWait;

    private static async Task GatherAsync(LiveIntake intake, UnitQueue units, BlockDecoders decoders)
    {
        await foreach (var step in intake.ReadAllAsync())
        {
            if (step.Block is { } decoding)
            {
                var block = await decoding;
                intake.Took(step);
                if (step.Stream!.IsGivenUp)
                    block.Dispose();
                else
                    await units.AddAsync(block, decoders.DecodeAgain);
            }
            else
            {
                await units.FlushAsync();
                if (step.Drained is not { } drained)
                    continue;
                await units.DrainAsync();
                drained.Set();
            }
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * environment.Clock.TimestampFrequency);
}
