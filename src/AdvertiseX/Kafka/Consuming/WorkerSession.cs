using AdvertiseX.Events;
using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Storage;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>A worker from when it joins its group until it leaves, or something fails. For one use.</summary>
/// <param name="environment">Kafka, topics, lake.</param>
/// <param name="tally">Counts what is committed.</param>
internal sealed class WorkerSession(WorkerEnvironment environment, LiveTally tally) : ILiveRun, IDisposable
{
    private readonly DeadLetters _letters = new(environment);

    /// <summary>Reads and commits until stopped.</summary>
    /// <param name="pipeline">Commits what is read.</param>
    /// <param name="once">End when everything that was there is read.</param>
    /// <param name="stop">Stops.</param>
    public async Task RunAsync(LivePipeline pipeline, bool once, CancellationToken stop)
    {
        using var source = new KafkaSource(environment, KafkaConfig.OfWorker(environment.Kafka, once), _letters);
        try
        {
            await pipeline.RunAsync(source, this, once, stop);
        }
        finally
        {
            environment.Health.Left();
        }
    }

    public async ValueTask CommittedAsync(CommittedUnit unit, CommitUnit rows, CancellationToken giveUp)
    {
        FaultPoint.Reach("kafka: committed");
        tally.Add(unit);
        environment.Health.Committed();
        MeasureFreshness(rows);
        await _letters.SendAsync(rows.Rejects, isWanted: null, giveUp);
        FaultPoint.Reach("kafka: dead letters sent");
    }

    public void Taken(IReadOnlyList<StreamConflict> streams)
    {
        foreach (var stream in streams)
            environment.Tell(
                KafkaNoticeKind.Taken,
                $"{stream.Stream}: read from {stream.From}, and the ledger stands at {stream.Recorded}: somebody else committed it; it is read on from there",
                ("stream", stream.Stream),
                ("from", stream.From),
                ("recorded", stream.Recorded)
            );
    }

    public void Outage(Exception failed, TimeSpan pause) => environment.TellOutage(OutagePart.Commit, failed, pause);

    public void Recovered() => environment.TellRecovery(OutagePart.Commit, "units are committed again");

    public void Dispose() => _letters.Dispose();

    private unsafe void MeasureFreshness(CommitUnit rows)
    {
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            if (rows.Facts[(int)kind] is not { Rows: > 0 } batch)
                continue;
            var times = new ReadOnlySpan<long>(batch.Int64("event_time").Values, batch.Rows);
            environment.Telemetry.Fresh(FactTables.Of(kind).Name, times, environment.Ingest.MicrosNow());
        }
    }
}
