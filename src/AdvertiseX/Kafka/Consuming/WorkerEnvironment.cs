using AdvertiseX.Ingestion;
using AdvertiseX.Lake;
using AdvertiseX.Messages;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Kafka.Consuming;

/// <summary>Everything that a worker needs and does not make itself.</summary>
/// <param name="Ingest">Lake, options and clock.</param>
/// <param name="Kafka">Brokers, group, topic of dead letters.</param>
/// <param name="Feeds">Topics to read, and their contracts.</param>
/// <param name="Schemas">Schemas of messages in Avro.</param>
/// <param name="Telemetry">Counts what is read.</param>
/// <param name="Notices">Takes what an operator wants to know, from several threads.</param>
internal sealed record WorkerEnvironment(
    IngestEnvironment Ingest,
    KafkaOptions Kafka,
    IReadOnlyList<KafkaFeed> Feeds,
    ISchemas Schemas,
    LiveTelemetry Telemetry,
    Action<KafkaNotice> Notices
)
{
    public DataLake Lake => Ingest.Lake;

    public TimeProvider Clock => Ingest.Clock;

    /// <summary>Tells an operator something, and counts it. For any thread.</summary>
    public void Tell(KafkaNoticeKind kind, string text)
    {
        var notice = new KafkaNotice(kind, text);
        Telemetry.Happened(notice.Code);
        Notices(notice);
    }

    /// <summary>Tells an operator that something failed and is tried again after a pause.</summary>
    public void TellOutage(Exception failed, TimeSpan pause) =>
        Tell(KafkaNoticeKind.Outage, $"{failed.Message}; tried again in {pause.TotalSeconds:0.#} s");
}
