using AdvertiseX.Events;

namespace AdvertiseX.Server.Collecting;

/// <summary>What feeds are called in addresses and keys.</summary>
internal static class FeedPaths
{
    private static readonly Dictionary<string, Feed> ByName = new(StringComparer.Ordinal)
    {
        ["impressions"] = Feed.Impressions,
        ["interactions"] = Feed.ClicksConversions,
        ["bid-requests"] = Feed.BidRequests,
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The feed of a name; null if no feed has it.</summary>
    public static Feed? Find(string name) => ByName.TryGetValue(name, out var feed) ? feed : null;

    public static string NameOf(Feed feed) => ByName.First(each => each.Value == feed).Key;
}
