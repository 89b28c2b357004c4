using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using AdvertiseX.Lake.Storage;
using AdvertiseX.Messages;
using AdvertiseX.Sources;
using AdvertiseX.Telemetry;

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
/// <param name="telemetry">Counts what is read.</param>
/// <param name="notices">Takes what an operator wants to know, from several threads.</param>
internal sealed class KafkaWorker(
    IngestEnvironment environment,
    LiveOptions live,
    KafkaOptions kafka,
    IReadOnlyList<KafkaFeed> feeds,
    ISchemas schemas,
    LiveTelemetry telemetry,
    Action<KafkaNotice> notices
) : ILiveRun
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500),
        LongestPause = TimeSpan.FromSeconds(30);

    private readonly LivePipeline _pipeline = new(environment, live);
    private readonly KindCounts[] _counts = KindCounts.OfEachKind();

    private DeadLetters? _letters;

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
                using var letters = new DeadLetters(kafka, telemetry, Tell);
                _letters = letters;
                using var source = new KafkaSource(
                    config,
                    feeds,
                    environment.Lake,
                    schemas,
                    environment.Options.Framing,
                    letters,
                    telemetry,
                    Tell
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

    public async ValueTask CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp)
    {
        FaultPoint.Reach("kafka: committed");
        Commits++;
        foreach (var (_, counts) in unit.Streams)
        foreach (var kind in Enum.GetValues<EventKind>())
            _counts[(int)kind].Add(counts[(int)kind]);
        NoteFreshness(rows);
        await _letters!.SendAsync(rows.Rejects, isWanted: null, giveUp);
        FaultPoint.Reach("kafka: dead letters sent");
    }

    public void Taken(IReadOnlyList<StreamConflict> streams)
    {
        foreach (var stream in streams)
            Tell(
                new(
                    KafkaNoticeKind.Taken,
                    $"{stream.Stream}: read from {stream.From}, and the ledger stands at {stream.Recorded}: somebody else committed it; it is read on from there"
                )
            );
    }

    public void Outage(Exception failed, TimeSpan pause) =>
        Tell(new(KafkaNoticeKind.Outage, $"{failed.Message}; tried again in {pause.TotalSeconds:0.#} s"));

    private void Tell(KafkaNotice notice)
    {
        telemetry.Happened(notice.Code);
        notices(notice);
    }

    private unsafe void NoteFreshness(CommitUnit rows)
    {
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (rows.Facts[(int)kind] is not { Rows: > 0 } batch)
                continue;
            var times = batch.Int64("event_time").Values;
            var newest = long.MinValue;
            for (var row = 0; row < batch.Rows; row++)
                newest = Math.Max(newest, times[row]);
            var age = environment.MicrosNow() - newest;
            telemetry.Fresh(FactTables.Of(kind).Name, TimeSpan.FromMicroseconds(Math.Max(0, age)));
        }
    }
}
