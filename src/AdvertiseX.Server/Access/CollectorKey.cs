using AdvertiseX.Events;

namespace AdvertiseX.Server.Access;

/// <summary>A key of the collector, as the lake keeps it: without its secret.</summary>
/// <param name="Id">16 hexadecimal digits, which the key itself shows.</param>
/// <param name="Name">What its owner calls the sender; several keys may have one name, as while one takes over from
/// another.</param>
/// <param name="Feeds">Feeds to which it may send; empty for all.</param>
/// <param name="RequestsPerSecond">Its own limit; null for that of the configuration.</param>
/// <param name="SecretHash">SHA-256 of the secret.</param>
/// <param name="Created">When it was made.</param>
internal sealed record CollectorKey(
    string Id,
    string Name,
    IReadOnlyList<Feed> Feeds,
    double? RequestsPerSecond,
    byte[] SecretHash,
    DateTimeOffset Created
)
{
    /// <summary>Whether it may send to a feed.</summary>
    public bool Allows(Feed feed) => Feeds.Count == 0 || Feeds.Contains(feed);
}
