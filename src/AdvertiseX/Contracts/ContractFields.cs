using AdvertiseX.Columns;
using AdvertiseX.Events;

namespace AdvertiseX.Contracts;

/// <summary>The canonical fields that a contract of a feed may map: the columns of its tables that come from the
/// source.</summary>
internal static class ContractFields
{
    /// <summary>The field of clicks and conversions whose value tells which of both a record is.</summary>
    public const string Kind = "kind";

    /// <summary>
    /// The field of bid requests with the id of the impression on offer (<c>imp.id</c> in OpenRTB 2.5, 3.2.4), which
    /// tells the rows of one request apart. It has no column: a request that names no placement has it as its
    /// placement.
    /// </summary>
    public const string Imp = "imp_id";

    private static readonly string[] Made =
    [
        "event_key",
        "received_time",
        "processed_time",
        "event_date",
        "user_key",
        "auction_key",
        "click_key",
        "impression_key",
        "payload_hash",
        "ivt_reason",
        "is_adjustment",
        "stream",
        "stream_offset",
        "stream_ordinal",
        "extra",
    ];

    public static IReadOnlyList<EventKind> KindsOf(Feed feed) =>
        feed switch
        {
            Feed.Impressions => [EventKind.Impression],
            Feed.ClicksConversions => [EventKind.Click, EventKind.Conversion],
            Feed.BidRequests => [EventKind.BidRequest],
            _ => throw new ArgumentOutOfRangeException(nameof(feed)),
        };

    /// <summary>The fields that may hold an event's own id, first choice first.</summary>
    public static string[] OwnIdsOf(EventKind kind) =>
        kind switch
        {
            EventKind.Click => ["event_id", "click_id"],
            EventKind.Conversion => ["event_id", "conversion_id"],
            _ => ["event_id"],
        };

    /// <summary>Whether ingestion makes the column, so that no source can.</summary>
    public static bool IsMade(string column) => Made.Contains(column);

    /// <summary>Names a contract may use as keys of <c>fields</c>.</summary>
    public static IReadOnlyList<string> Of(Feed feed)
    {
        var names = KindsOf(feed)
            .SelectMany(k => FactTables.Of(k).Columns)
            .Select(c => c.Name)
            .Where(n => !IsMade(n) && n != "conversion_type")
            .Distinct();
        // The own ids of clicks and of conversions have different names in one feed; so has the value that tells the
        // kind.
        return feed switch
        {
            Feed.ClicksConversions => [Kind, .. names, "conversion_id"],
            Feed.BidRequests => [.. names, Imp],
            _ => [.. names],
        };
    }

    /// <summary>The type of a field's column, or null for <see cref="Kind"/> and other fields without one.</summary>
    public static ColumnDefinition? ColumnOf(Feed feed, string field) =>
        KindsOf(feed).SelectMany(k => FactTables.Of(k).Columns).FirstOrDefault(c => c.Name == field);
}
