using System.Globalization;
using AdvertiseX.Ingestion;
using AdvertiseX.Messages;

namespace AdvertiseX.Spool;

/// <summary>What bringing a spool's deliveries into a lake needs.</summary>
/// <param name="Ingest">Lake, options and clock.</param>
/// <param name="Spool">The spool.</param>
/// <param name="Schemas">Schemas of Avro.</param>
/// <param name="Judge">Says what of a delivery was valid.</param>
/// <param name="Notices">Takes what an operator wants to know, from several threads.</param>
internal sealed record SpoolWorkerEnvironment(
    IngestEnvironment Ingest,
    EventSpool Spool,
    ISchemas Schemas,
    DeliveryJudge Judge,
    Action<SpoolNotice> Notices
)
{
    public void TellOutage(Exception failed, TimeSpan pause) =>
        Notices(
            new(
                SpoolNoticeKind.Outage,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"deliveries wait in the spool: {failed.Message}; tried again in {pause.TotalSeconds:0.#} s"
                )
            )
        );
}
