using AdvertiseX.Ingestion;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Sources;
using Confluent.Kafka;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>
/// A worker: a member of the consumer group that brings what it is given into the lake, until it is stopped. A session
/// that fails is followed by another, after a pause that grows; the ledger tells where it goes on.
/// </summary>
/// <param name="environment">Kafka, topics, lake.</param>
/// <param name="live">Interval and sizes of commits.</param>
internal sealed class KafkaWorker(WorkerEnvironment environment, LiveOptions live)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly LivePipeline _pipeline = new(environment.Ingest, live);

    public LiveTally Tally { get; } = new();

    /// <summary>Runs until stopped; what was read is committed first, as far as there is time.</summary>
    /// <param name="once">End when everything that was there is read.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="DeltaException">The lake is damaged.</exception>
    /// <exception cref="SourceException">The configuration of the client is wrong.</exception>
    public async Task RunAsync(bool once, CancellationToken stop)
    {
        var config = KafkaConfig.OfWorker(environment.Kafka, once);
        KafkaConfig.RequirePollInterval(config, live.DrainTime, PartitionOpener.Patience);
        var backoff = new Backoff(TimeSpan.FromMilliseconds(500), LongestPause);
        while (!stop.IsCancellationRequested)
        {
            var began = environment.Clock.GetTimestamp();
            try
            {
                using var session = new WorkerSession(environment, Tally);
                await session.RunAsync(_pipeline, once, stop);
                break;
            }
            catch (Exception failed)
                when (failed is SourceException or IOException or UnauthorizedAccessException or KafkaException)
            {
                if (stop.IsCancellationRequested)
                {
                    environment.Tell(KafkaNoticeKind.Outage, failed.Message);
                    break;
                }

                if (environment.Clock.GetElapsedTime(began) > LongestPause)
                    backoff.Reset();
                var pause = backoff.Next();
                environment.TellOutage(OutagePart.Session, failed, pause);
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Where the disk is full, whoever comes next applies it.
        await environment.Lake.TryApplyAllAsync(CancellationToken.None);
    }
}
