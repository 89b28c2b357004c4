using AdvertiseX.Columns;
using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Messages;
using AdvertiseX.Sources;

namespace AdvertiseX.Kafka;

/// <summary>
/// A worker: a member of the consumer group that brings what it is given into the lake, until it is stopped. A session
/// that fails is followed by another, after a pause that grows; the ledger tells where it goes on.
/// </summary>
/// <param name="environment">Lake, options, clock and telemetry.</param>
/// <param name="live">Interval and sizes.</param>
/// <param name="kafka">Which Kafka.</param>
/// <param name="feeds">The topics and their contracts.</param>
/// <param name="schemas">Schemas of messages in Avro.</param>
/// <param name="notices">Takes what an operator wants to know, from several threads.</param>
internal sealed class KafkaWorker(
    IngestEnvironment environment,
    LiveOptions live,
    KafkaOptions kafka,
    IReadOnlyList<KafkaFeed> feeds,
    ISchemas schemas,
    Action<KafkaNotice> notices
) : ILiveRun
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500),
        LongestPause = TimeSpan.FromSeconds(30);

    private readonly LivePipeline _pipeline = new(environment, live);
    private readonly KindCounts[] _counts = KindCounts.OfEachKind();

    /// <summary>Commits so far.</summary>
    public int Commits { get; private set; }

    /// <summary>What became of the records of a kind so far.</summary>
    public KindCounts CountsOf(EventKind kind) => _counts[(int)kind];

    /// <summary>Runs until stopped; what was read is committed first, as far as there is time.</summary>
    /// <param name="once">End when everything that was there is read.</param>
    /// <param name="stop">Stops.</param>
    /// <exception cref="DeltaException">The lake is damaged.</exception>
    public async Task RunAsync(bool once, CancellationToken stop)
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var began = environment.Clock.GetTimestamp();
            try
            {
                var config = KafkaConfig.OfWorker(kafka, once);
                using var source = new KafkaSource(
                    config,
                    feeds,
                    environment.Lake,
                    schemas,
                    environment.Options.Framing,
                    notices
                );
                await _pipeline.RunAsync(source, this, once, stop);
                break;
            }
            catch (Exception failed)
                when (failed
                        is SourceException
                            or IOException
                            or UnauthorizedAccessException
                            or Confluent.Kafka.KafkaException
                    && !stop.IsCancellationRequested
                )
            {
                if (environment.Clock.GetElapsedTime(began) > LongestPause)
                    pause = FirstPause;
                Outage(failed, pause);
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }

        await environment.Lake.ApplyAllAsync(CancellationToken.None);
    }

    public ValueTask CommittedAsync(CommittedUnit unit, ColumnBatch rejects)
    {
        Commits++;
        foreach (var (_, counts) in unit.Streams)
        foreach (var kind in Enum.GetValues<EventKind>())
            _counts[(int)kind].Add(counts[(int)kind]);
        return ValueTask.CompletedTask;
    }

    public void Taken(IReadOnlyList<StreamConflict> streams)
    {
        foreach (var stream in streams)
            notices(
                new(
                    KafkaNoticeKind.Taken,
                    $"{stream.Stream}: read from {stream.From}, and the ledger stands at {stream.Recorded}: somebody else committed it; it is read on from there"
                )
            );
    }

    public void Outage(Exception failed, TimeSpan pause) =>
        notices(new(KafkaNoticeKind.Outage, $"{failed.Message}; tried again in {pause.TotalSeconds:0.#} s"));
}
