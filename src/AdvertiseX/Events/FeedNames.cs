namespace AdvertiseX.Events;

/// <summary>Feeds as configuration, the command line and the lake spell them.</summary>
internal static class FeedNames
{
    private static readonly string[] Names = ["impressions", "clicks_conversions", "bid_requests"];

    public static IReadOnlyList<string> All => Names;

    public static string Of(Feed feed) => Names[(int)feed];

    /// <summary>Reads a name; '-' and '_' are the same.</summary>
    public static bool TryParse(string name, out Feed feed)
    {
        var i = Array.IndexOf(Names, name.Replace('-', '_').ToLowerInvariant());
        feed = (Feed)Math.Max(i, 0);
        return i >= 0;
    }
}
