using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>The facts of a lake, all of them in memory, in the order of time and id.</summary>
internal sealed class NaiveFacts
{
    private static readonly string[] EventColumns =
    [
        "event_id",
        "epoch_us(event_time)",
        "user_id",
        "user_key",
        "ivt_reason",
        "campaign_id",
        "advertiser_id",
        "currency",
    ];

    // Of rows with one id the one that was processed first.
    private const string First =
        "qualify row_number() over (partition by event_id order by processed_time, stream, stream_offset, stream_ordinal nulls first) = 1";

    public required IReadOnlyList<NaiveImpression> Impressions { get; init; }

    public required IReadOnlyList<NaiveClick> Clicks { get; init; }

    public required IReadOnlyList<NaiveConversion> Conversions { get; init; }

    public required IReadOnlyList<NaiveConversion> Adjustments { get; init; }

    public required IReadOnlyList<NaiveBid> Bids { get; init; }

    /// <summary>Conversions and adjustments that touches are credited with.</summary>
    public IEnumerable<NaiveConversion> Earning =>
        Conversions
            .Concat(Adjustments.Where(each => each.Adjusts is not null))
            .Where(each => each.Earner.Touches.Count > 0);

    public static async Task<NaiveFacts> ReadAsync(IQueryEngine engine, DataLake lake, NaiveBook book)
    {
        var conversions = await ListAsync(
            NaiveRows.ReadAsync(
                engine,
                lake,
                "conversions",
                [
                    .. EventColumns,
                    "conversion_type",
                    "order_id",
                    "revenue_micros",
                    "click_id",
                    "impression_id",
                    "is_adjustment",
                ],
                First
            ),
            Conversion
        );
        return new()
        {
            Impressions = await ListAsync(
                NaiveRows.ReadAsync(
                    engine,
                    lake,
                    "impressions",
                    [
                        .. EventColumns,
                        "creative_id",
                        "ad_group_id",
                        "site_id",
                        "domain",
                        "device_type",
                        "country",
                        "region",
                        "content_category",
                        "cost_micros",
                        "is_viewable",
                        "is_measurable",
                        "time_in_view_ms",
                        "auction_id",
                        "placement_id",
                    ],
                    First
                ),
                row => Impression(row, book)
            ),
            Clicks = await ListAsync(
                NaiveRows.ReadAsync(
                    engine,
                    lake,
                    "clicks",
                    [
                        .. EventColumns,
                        "creative_id",
                        "site_id",
                        "domain",
                        "device_type",
                        "country",
                        "cost_micros",
                        "impression_id",
                    ],
                    First
                ),
                Click
            ),
            Conversions = [.. conversions.Where(each => !each.IsAdjustment)],
            Adjustments = [.. conversions.Where(each => each.IsAdjustment)],
            Bids = await ListAsync(
                NaiveRows.ReadAsync(
                    engine,
                    lake,
                    "bid_requests",
                    [
                        .. EventColumns.Where(column => column != "advertiser_id"),
                        "auction_id",
                        "placement_id",
                        "won",
                        "floor_cpm_micros",
                        "bid_cpm_micros",
                        "clearing_cpm_micros",
                    ],
                    First
                ),
                Bid
            ),
        };
    }

    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<NaiveRows> rows, Func<NaiveRows, T> make)
        where T : NaiveEvent
    {
        var events = new List<T>();
        await foreach (var row in rows)
            events.Add(make(row));
        events.Sort((a, b) => a.Micros != b.Micros ? a.Micros.CompareTo(b.Micros) : string.CompareOrdinal(a.Id, b.Id));
        return events;
    }

    private static NaiveImpression Impression(NaiveRows row, NaiveBook book) =>
        new()
        {
            Id = row.Text("event_id")!,
            Micros = row.Number("epoch_us(event_time)")!.Value,
            User = row.Text("user_id"),
            UserKey = row.Number("user_key"),
            Reason = row.Text("ivt_reason"),
            InvalidByRow = row.Text("ivt_reason") is not null,
            Campaign = row.Text("campaign_id") ?? book.CampaignOfCreative(row.Text("creative_id")),
            Advertiser = row.Text("advertiser_id"),
            Creative = row.Text("creative_id"),
            AdGroup = row.Text("ad_group_id") ?? book.AdGroupOfCreative(row.Text("creative_id")),
            SiteId = row.Text("site_id"),
            Domain = row.Text("domain"),
            Device = row.Text("device_type"),
            Country = row.Text("country"),
            Region = row.Text("region"),
            Category = row.Text("content_category"),
            Cost = row.Number("cost_micros"),
            Currency = row.Text("currency"),
            Auction = row.Text("auction_id"),
            Placement = row.Text("placement_id"),
            IsViewable = row.Flag("is_viewable"),
            IsMeasurable = row.Flag("is_measurable"),
            TimeInViewMs = row.Number("time_in_view_ms"),
        };

    private static NaiveClick Click(NaiveRows row) =>
        new()
        {
            Id = row.Text("event_id")!,
            Micros = row.Number("epoch_us(event_time)")!.Value,
            User = row.Text("user_id"),
            UserKey = row.Number("user_key"),
            Reason = row.Text("ivt_reason"),
            InvalidByRow = row.Text("ivt_reason") is not null,
            Campaign = row.Text("campaign_id"),
            Advertiser = row.Text("advertiser_id"),
            Creative = row.Text("creative_id"),
            SiteId = row.Text("site_id"),
            Domain = row.Text("domain"),
            Device = row.Text("device_type"),
            Country = row.Text("country"),
            Cost = row.Number("cost_micros"),
            Currency = row.Text("currency"),
            CarriedImpression = row.Text("impression_id"),
        };

    private static NaiveConversion Conversion(NaiveRows row) =>
        new()
        {
            Id = row.Text("event_id")!,
            Micros = row.Number("epoch_us(event_time)")!.Value,
            User = row.Text("user_id"),
            UserKey = row.Number("user_key"),
            Reason = row.Text("ivt_reason"),
            InvalidByRow = row.Text("ivt_reason") is not null,
            Campaign = row.Text("campaign_id"),
            Advertiser = row.Text("advertiser_id"),
            Currency = row.Text("currency"),
            Type = row.Text("conversion_type")!,
            Order = row.Text("order_id"),
            Revenue = row.Number("revenue_micros"),
            Amount = row.Number("revenue_micros"),
            AmountCurrency = row.Text("currency"),
            IsAdjustment = row.Flag("is_adjustment") == true,
            CarriedClick = row.Text("click_id"),
            CarriedImpression = row.Text("impression_id"),
        };

    private static NaiveBid Bid(NaiveRows row) =>
        new()
        {
            Id = row.Text("event_id")!,
            Micros = row.Number("epoch_us(event_time)")!.Value,
            User = row.Text("user_id"),
            UserKey = row.Number("user_key"),
            Reason = row.Text("ivt_reason"),
            InvalidByRow = row.Text("ivt_reason") is not null,
            Campaign = row.Text("campaign_id"),
            Currency = row.Text("currency"),
            Auction = row.Text("auction_id"),
            Placement = row.Text("placement_id"),
            Won = row.Flag("won"),
            Floor = row.Number("floor_cpm_micros"),
            Price = row.Number("bid_cpm_micros"),
            Clearing = row.Number("clearing_cpm_micros"),
        };
}
