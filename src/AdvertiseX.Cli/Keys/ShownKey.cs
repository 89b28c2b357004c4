using AdvertiseX.Server.Access;
using AdvertiseX.Server.Collecting;

namespace AdvertiseX.Cli.Keys;

/// <summary>A key as commands print it.</summary>
internal static class ShownKey
{
    /// <summary>Feeds to which it may send, as addresses have them.</summary>
    public static string[] FeedsOf(CollectorKey key) =>
        [.. key.Feeds.Count == 0 ? FeedPaths.Names : key.Feeds.Select(FeedPaths.NameOf)];
}
