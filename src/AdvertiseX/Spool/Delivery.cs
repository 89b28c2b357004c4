using AdvertiseX.Events;

namespace AdvertiseX.Spool;

/// <summary>What one request brought: one event of a feed or several.</summary>
/// <param name="Feed">The feed of all its events.</param>
/// <param name="Format">How they are written: JSON, CSV or Avro.</param>
/// <param name="Body">The events, decompressed. Belongs to the caller.</param>
internal sealed record Delivery(Feed Feed, MessageFormat Format, ReadOnlyMemory<byte> Body)
{
    /// <summary>Longest key, bytes of UTF-8.</summary>
    public const int MaxKeyBytes = 255;

    /// <summary>
    /// What the sender calls the delivery, so that one that is sent again is known: an idempotency key, or a webhook's
    /// delivery id, with the name of the sender before it where there are several. Null for none. Known for 24 hours.
    /// </summary>
    public string? Key { get; init; }
}
