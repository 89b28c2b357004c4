using AdvertiseX.Engines;
using AdvertiseX.Lake;
using NodaTime;

namespace AdvertiseX.Tests.Models.Naive;

/// <summary>What the reference tables of a lake say, and what clocks show where a campaign's days are
/// counted.</summary>
internal sealed class NaiveBook
{
    private readonly Dictionary<string, (string? Zone, string? Currency)> _advertisers = [];
    private readonly Dictionary<string, Campaign> _campaigns = [];
    private readonly Dictionary<string, List<Rate>> _rates = [];
    private readonly Dictionary<string, (string Campaign, string? AdGroup)> _creatives = [];
    private readonly Dictionary<string, string?> _categories = [];
    private readonly Dictionary<long, (string? Age, string? Gender)> _users = [];

    public static async Task<NaiveBook> ReadAsync(IQueryEngine engine, DataLake lake)
    {
        var book = new NaiveBook();
        await foreach (
            var row in NaiveRows.ReadAsync(engine, lake, "advertisers", ["advertiser_id", "time_zone", "currency"])
        )
            book._advertisers[row.Text("advertiser_id")!] = (row.Text("time_zone"), row.Text("currency"));
        await foreach (
            var row in NaiveRows.ReadAsync(
                engine,
                lake,
                "campaigns",
                [
                    "campaign_id",
                    "advertiser_id",
                    "time_zone",
                    "currency",
                    "click_window_micros",
                    "conversion_click_window_micros",
                    "view_window_micros",
                    "primary_conversion_types",
                    "budget_micros",
                ]
            )
        )
            book._campaigns[row.Text("campaign_id")!] = book.Described(row);
        await foreach (
            var row in NaiveRows.ReadAsync(
                engine,
                lake,
                "campaign_rates",
                ["campaign_id", "pricing_model", "rate_micros", "epoch_us(valid_from)", "epoch_us(valid_to)"]
            )
        )
        {
            var rates = NaiveLinks.In(book._rates, row.Text("campaign_id")!);
            rates.Add(
                new Rate(
                    row.Text("pricing_model")!,
                    row.Number("rate_micros")!.Value,
                    row.Number("epoch_us(valid_from)"),
                    row.Number("epoch_us(valid_to)")
                )
            );
        }

        await foreach (
            var row in NaiveRows.ReadAsync(engine, lake, "creatives", ["creative_id", "campaign_id", "ad_group_id"])
        )
            book._creatives[row.Text("creative_id")!] = (row.Text("campaign_id")!, row.Text("ad_group_id"));
        await foreach (var row in NaiveRows.ReadAsync(engine, lake, "sites", ["site_id", "content_category"]))
            book._categories[row.Text("site_id")!] = row.Text("content_category");
        await foreach (var row in NaiveRows.ReadAsync(engine, lake, "users", ["user_key", "age_band", "gender"]))
            book._users[row.Number("user_key")!.Value] = (row.Text("age_band"), row.Text("gender"));
        return book;
    }

    public string? CampaignOfCreative(string? creative) =>
        creative is not null && _creatives.TryGetValue(creative, out var found) ? found.Campaign : null;

    public string? AdGroupOfCreative(string? creative) =>
        creative is not null && _creatives.TryGetValue(creative, out var found) ? found.AdGroup : null;

    /// <summary>Age band and gender of a user; null where they are not known.</summary>
    public (string? Age, string? Gender) AudienceOf(long? user) =>
        user is { } key ? _users.GetValueOrDefault(key) : default;

    public string? CategoryOfSite(string? site) => site is null ? null : _categories.GetValueOrDefault(site);

    public string? AdvertiserOf(string? campaign) => Of(campaign)?.Advertiser;

    public string? CurrencyOf(string? campaign) => Of(campaign)?.Currency;

    public long? BudgetOf(string? campaign) => Of(campaign)?.Budget;

    public long ClickWindow(string? campaign) => Of(campaign)?.ClickWindow ?? 24L * 3_600_000_000;

    public long ConversionWindow(string? campaign, bool isClick) =>
        isClick
            ? Of(campaign)?.ConversionClickWindow ?? 30L * 24 * 3_600_000_000
            : Of(campaign)?.ViewWindow ?? 24L * 3_600_000_000;

    public bool IsPrimary(string? campaign, string type) =>
        Of(campaign)?.PrimaryTypes is not { } types
        || types.Split('|').Select(NaiveConversion.PlainOf).Contains(NaiveConversion.PlainOf(type));

    public bool IsPriced(string? campaign) => campaign is not null && _rates.ContainsKey(campaign);

    /// <summary>The rate that holds at an instant, and for what.</summary>
    public Rate? RateAt(string? campaign, long micros) =>
        campaign is not null && _rates.TryGetValue(campaign, out var rates)
            ? rates.Find(rate => (rate.From ?? long.MinValue) <= micros && micros < (rate.To ?? long.MaxValue))
            : null;

    public LocalDateTime LocalTime(string? campaign, long micros) =>
        Instant.FromUnixTimeTicks(micros * 10).InZone(Of(campaign)?.Zone ?? DateTimeZone.Utc).LocalDateTime;

    public DateOnly LocalDate(string? campaign, long micros) => LocalTime(campaign, micros).Date.ToDateOnly();

    private Campaign? Of(string? campaign) => campaign is null ? null : _campaigns.GetValueOrDefault(campaign);

    private Campaign Described(NaiveRows row)
    {
        var advertiser = row.Text("advertiser_id");
        var (zone, currency) = advertiser is null ? default : _advertisers.GetValueOrDefault(advertiser);
        return new Campaign(
            advertiser,
            DateTimeZoneProviders.Tzdb[row.Text("time_zone") ?? zone ?? "UTC"],
            row.Text("currency") ?? currency,
            row.Number("click_window_micros"),
            row.Number("conversion_click_window_micros"),
            row.Number("view_window_micros"),
            row.Text("primary_conversion_types"),
            row.Number("budget_micros")
        );
    }

    internal sealed record Rate(string Model, long Micros, long? From, long? To)
    {
        /// <summary>What one event costs: a rate per mille is for a thousand.</summary>
        public long PerEvent => Model == "cpm" ? Micros / 1000 : Micros;
    }

    private sealed record Campaign(
        string? Advertiser,
        DateTimeZone Zone,
        string? Currency,
        long? ClickWindow,
        long? ConversionClickWindow,
        long? ViewWindow,
        string? PrimaryTypes,
        long? Budget
    );
}
