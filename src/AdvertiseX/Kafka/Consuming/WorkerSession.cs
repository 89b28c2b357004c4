using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>A worker from when it joins its group until it leaves, or something fails. For one use.</summary>
/// <param name="environment">Kafka, topics, lake.</param>
/// <param name="tally">Counts what is committed.</param>
internal sealed class WorkerSession(WorkerEnvironment environment, WorkerTally tally) : ILiveRun, IDisposable
{
    private readonly DeadLetters _letters = new(environment);

    /// <summary>Reads and commits until stopped.</summary>
    /// <param name="pipeline">Commits what is read.</param>
    /// <param name="once">End when everything that was there is read.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(LivePipeline pipeline, bool once, CancellationToken stop)
    {
        using var source = new KafkaSource(environment, KafkaConfig.OfWorker(environment.Kafka, once), _letters);
        await pipeline.RunAsync(source, this, once, stop);
    }

    public async ValueTask CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp)
    {
        FaultPoint.Reach("kafka: committed");
        tally.Add(unit);
        MeasureFreshness(rows);
        await _letters.SendAsync(rows.Rejects, isWanted: null, giveUp);
        FaultPoint.Reach("kafka: dead letters sent");
    }

    public void Taken(IReadOnlyList<StreamConflict> streams)
    {
        foreach (var stream in streams)
            environment.Tell(
                KafkaNoticeKind.Taken,
                $"{stream.Stream}: read from {stream.From}, and the ledger stands at {stream.Recorded}: somebody else committed it; it is read on from there"
            );
    }

    public void Outage(Exception failed, TimeSpan pause) => environment.TellOutage(failed, pause);

    public void Dispose() => _letters.Dispose();

    private unsafe void MeasureFreshness(CommitUnit rows)
    {
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (rows.Facts[(int)kind] is not { Rows: > 0 } batch)
                continue;
            var times = batch.Int64("event_time").Values;
            var newest = long.MinValue;
            for (var row = 0; row < batch.Rows; row++)
                newest = Math.Max(newest, times[row]);
            var age = environment.Ingest.MicrosNow() - newest;
            environment.Telemetry.Fresh(FactTables.Of(kind).Name, TimeSpan.FromMicroseconds(Math.Max(0, age)));
        }
    }
}
