using AdvertiseX.Columns;
using AdvertiseX.Server.Access;
using AdvertiseX.Spool;
using AdvertiseX.Telemetry;

namespace AdvertiseX.Server.Collecting;

/// <summary>What a collector needs and does not make itself.</summary>
/// <param name="Spool">Keeps what comes.</param>
/// <param name="Judge">Says what is valid.</param>
/// <param name="Options">Limits.</param>
/// <param name="Clock">The clock.</param>
internal sealed record CollectorEnvironment(
    ISpool Spool,
    DeliveryJudge Judge,
    CollectorOptions Options,
    TimeProvider Clock
)
{
    /// <summary>Keys of senders; null where everybody may send.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Takes what failed though nothing should have, from any thread; null for nobody.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>Keeps a delivery, and counts it.</summary>
    /// <inheritdoc cref="ISpool.KeepAsync"/>
    public async ValueTask<SpoolReceipt> KeepAsync(Delivery delivery, CancellationToken cancellation)
    {
        var receipt = await Spool.KeepAsync(delivery, cancellation);
        if (!receipt.IsRepeat)
            CollectorTelemetry.Default.Kept(FeedPaths.NameOf(delivery.Feed), delivery.Body.Length);
        return receipt;
    }

    public long MicrosNow() => EpochMicros.Now(Clock);
}
