using AdvertiseX.Columns;
using static AdvertiseX.Columns.ColumnType;

namespace AdvertiseX.Events;

/// <summary>The tables that ingestion writes, with their columns (meaning: <c>docs/terms.md</c>).</summary>
internal static class FactTables
{
    public const int KindCount = 4;

    private static readonly ColumnDefinition AuctionKey = KeyOf("auction_key", "auction_id");
    private static readonly ColumnDefinition ImpressionKey = KeyOf("impression_key", "impression_id");

    public static readonly TableSchema Impressions = Fact(
        "impressions",
        [
            new("creative_id", Dictionary),
            new("campaign_id", Dictionary),
            new("ad_group_id", Dictionary),
            new("advertiser_id", Dictionary),
            new("auction_id", Text),
            AuctionKey,
            new("placement_id", Dictionary),
            new("site_id", Dictionary),
            new("page_url", Dictionary) { FromUser = true },
            new("domain", Dictionary),
            new("content_category", Dictionary),
            new("device_type", Dictionary),
            new("os", Dictionary),
            new("browser", Dictionary),
            new("country", Dictionary),
            new("region", Dictionary),
            new("city", Dictionary),
            new("ip", Text) { FromUser = true },
            new("user_agent", Dictionary) { FromUser = true },
            new("cost_micros", ColumnType.Int64),
            new("currency", Dictionary),
            new("is_viewable", ColumnType.Boolean),
            new("is_measurable", ColumnType.Boolean),
            new("time_in_view_ms", ColumnType.Int64),
        ]
    );

    public static readonly TableSchema Clicks = Fact(
        "clicks",
        [
            new("impression_id", Text),
            ImpressionKey,
            new("creative_id", Dictionary),
            new("campaign_id", Dictionary),
            new("advertiser_id", Dictionary),
            new("site_id", Dictionary),
            new("page_url", Dictionary) { FromUser = true },
            new("domain", Dictionary),
            new("device_type", Dictionary),
            new("country", Dictionary),
            new("ip", Text) { FromUser = true },
            new("user_agent", Dictionary) { FromUser = true },
            new("cost_micros", ColumnType.Int64),
            new("currency", Dictionary),
        ]
    );

    public static readonly TableSchema Conversions = Fact(
        "conversions",
        [
            new("campaign_id", Dictionary),
            new("advertiser_id", Dictionary),
            new("click_id", Text),
            KeyOf("click_key", "click_id"),
            new("impression_id", Text),
            ImpressionKey,
            new("conversion_type", Dictionary),
            new("order_id", Text) { FromUser = true },
            new("revenue_micros", ColumnType.Int64),
            new("currency", Dictionary),
            new("is_adjustment", ColumnType.Boolean, false),
            new("creative_id", Dictionary),
            new("site_id", Dictionary),
            new("page_url", Dictionary) { FromUser = true },
            new("domain", Dictionary),
            new("device_type", Dictionary),
            new("country", Dictionary),
            new("ip", Text) { FromUser = true },
            new("user_agent", Dictionary) { FromUser = true },
            new("cost_micros", ColumnType.Int64),
        ]
    );

    public static readonly TableSchema BidRequests = Fact(
        "bid_requests",
        [
            new("auction_id", Text),
            AuctionKey,
            new("placement_id", Dictionary),
            new("site_id", Dictionary),
            new("domain", Dictionary),
            new("device_type", Dictionary),
            new("os", Dictionary),
            new("country", Dictionary),
            new("region", Dictionary),
            new("city", Dictionary),
            new("ip", Text) { FromUser = true },
            new("user_agent", Dictionary) { FromUser = true },
            new("campaign_id", Dictionary),
            new("creative_id", Dictionary),
            new("floor_cpm_micros", ColumnType.Int64),
            new("bid_cpm_micros", ColumnType.Int64),
            new("won", ColumnType.Boolean),
            new("clearing_cpm_micros", ColumnType.Int64),
            new("currency", Dictionary),
            new("targeting", Text) { FromUser = true },
        ]
    );

    /// <summary>Records that could not be accepted, with their bytes; replayable.</summary>
    public static readonly TableSchema Rejects = new(
        "rejects",
        [
            new("feed", Dictionary, false),
            new("stream", Dictionary, false),
            new("stream_offset", ColumnType.Int64, false),
            new("stream_ordinal", ColumnType.Int32),
            new("length", ColumnType.Int64, false),
            new("raw", Binary) { FromUser = true },
            new("header", Dictionary),
            new("contract", Dictionary),
            new("reason", Dictionary, false),
            new("field", Dictionary),
            new("expected", Dictionary),
            new("found", Text) { FromUser = true },
            new("received_time", Timestamp, false),
            new("event_date", Date, false) { Partition = true },
        ]
    );

    private static readonly TableSchema[] ByKind = [Impressions, Clicks, Conversions, BidRequests];

    /// <summary>Every table that ingestion writes, rejects last.</summary>
    public static IReadOnlyList<TableSchema> All { get; } = [.. ByKind, Rejects];

    public static TableSchema Of(EventKind kind) => ByKind[(int)kind];

    private static ColumnDefinition KeyOf(string name, string text) =>
        new(name, ColumnType.Int64) { Random = true, KeyOf = text };

    private static TableSchema Fact(string name, IReadOnlyList<ColumnDefinition> own) =>
        new(
            name,
            [
                new("event_id", Text, false),
                new("event_key", ColumnType.Int64, false) { Random = true },
                new("event_time", Timestamp, false),
                new("received_time", Timestamp, false),
                new("processed_time", Timestamp, false),
                new("event_date", Date, false) { Partition = true },
                new("user_id", Text) { FromUser = true },
                new("user_key", ColumnType.Int64)
                {
                    FromUser = true,
                    Random = true,
                    KeyOf = "user_id",
                },
                new("payload_hash", ColumnType.Int32, false) { Random = true },
                new("ivt_reason", Dictionary),
                new("stream", Dictionary, false),
                new("stream_offset", ColumnType.Int64, false),
                new("stream_ordinal", ColumnType.Int32),
                .. own,
                new("extra", Text) { FromUser = true },
            ]
        );
}
