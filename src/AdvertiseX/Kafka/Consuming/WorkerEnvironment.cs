using System.Globalization;
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
    /// <summary>Knows whether the worker is ready.</summary>
    public WorkerHealth Health { get; init; } = new(Ingest.Clock, TimeSpan.FromMinutes(1));

    public DataLake Lake => Ingest.Lake;

    public TimeProvider Clock => Ingest.Clock;

    /// <summary>Tells an operator something, counts it, and lets it say what it does about health. For any
    /// thread.</summary>
    public void Tell(KafkaNotice notice)
    {
        Telemetry.Happened(notice.Code);
        Health.Take(notice);
        Notices(notice);
    }

    /// <summary>Tells an operator something. For any thread.</summary>
    public void Tell(KafkaNoticeKind kind, string text, params ReadOnlySpan<(string Name, object Value)> fields)
    {
        var named = new Dictionary<string, object>(fields.Length);
        foreach (var (name, value) in fields)
            named.Add(name, value);
        Tell(new KafkaNotice(kind, text) { Fields = named });
    }

    /// <summary>Tells an operator that something failed and is tried again after a pause.</summary>
    public void TellOutage(OutagePart part, Exception failed, TimeSpan pause) =>
        Tell(
            KafkaNotice.OfOutage(
                part,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{failed.Message}; tried again in {pause.TotalSeconds:0.#} s"
                ),
                pause
            )
        );

    /// <summary>Tells an operator that what failed answers again.</summary>
    public void TellRecovery(OutagePart part, string text) => Tell(KafkaNotice.OfRecovery(part, text));
}
