using AdvertiseX.Columns;
using static AdvertiseX.Columns.ColumnType;

namespace AdvertiseX.Reference;

/// <summary>The tables of what people describe, not of what happened (meaning: <c>docs/terms.md</c>).</summary>
internal static class ReferenceTables
{
    /// <summary>The zone and currency hold for campaigns of the advertiser that name none.</summary>
    public static readonly TableSchema Advertisers = new(
        "advertisers",
        [
            new("advertiser_id", Dictionary, false),
            new("advertiser_name", Dictionary),
            new("time_zone", Dictionary),
            new("currency", Dictionary),
        ]
    );

    /// <summary>Windows are null where the default holds; targets are millionths, money micros of the campaign's
    /// currency.</summary>
    public static readonly TableSchema Campaigns = new(
        "campaigns",
        [
            new("campaign_id", Dictionary, false),
            new("advertiser_id", Dictionary),
            new("campaign_name", Dictionary),
            new("time_zone", Dictionary),
            new("currency", Dictionary),
            new("budget_micros", ColumnType.Int64),
            new("click_window_micros", ColumnType.Int64),
            new("conversion_click_window_micros", ColumnType.Int64),
            new("view_window_micros", ColumnType.Int64),
            new("primary_conversion_types", Dictionary),
            new("target_ctr_millionths", ColumnType.Int64),
            new("target_cpa_micros", ColumnType.Int64),
            new("target_roas_millionths", ColumnType.Int64),
            new("start_date", ColumnType.Date),
            new("end_date", ColumnType.Date),
        ]
    );

    /// <summary>What a campaign pays, from <c>valid_from</c> on (null: ever) and before <c>valid_to</c> (null: for
    /// ever).</summary>
    public static readonly TableSchema CampaignRates = new(
        "campaign_rates",
        [
            new("campaign_id", Dictionary, false),
            new("pricing_model", Dictionary, false),
            new("rate_micros", ColumnType.Int64, false),
            new("rate_per_event_micros", ColumnType.Int64, false),
            new("valid_from", Timestamp),
            new("valid_to", Timestamp),
        ]
    );

    public static readonly TableSchema AdGroups = new(
        "ad_groups",
        [new("ad_group_id", Dictionary, false), new("ad_group_name", Dictionary)]
    );

    public static readonly TableSchema Creatives = new(
        "creatives",
        [
            new("creative_id", Dictionary, false),
            new("campaign_id", Dictionary, false),
            new("ad_group_id", Dictionary),
            new("creative_name", Dictionary),
            new("format", Dictionary),
            new("size", Dictionary),
        ]
    );

    public static readonly TableSchema Sites = new(
        "sites",
        [new("site_id", Dictionary, false), new("domain", Dictionary), new("content_category", Dictionary)]
    );

    public static readonly TableSchema Users = new(
        "users",
        [
            new("user_id", Text, false) { FromUser = true },
            new("user_key", ColumnType.Int64, false) { FromUser = true, Random = true },
            new("age_band", Dictionary) { FromUser = true },
            new("gender", Dictionary) { FromUser = true },
            new("country", Dictionary) { FromUser = true },
            new("region", Dictionary) { FromUser = true },
        ]
    );

    /// <summary>What a figure of a campaign, ad group or creative should be, in millionths whatever it is (of a unit of
    /// money, of a ratio, of a count), from the local date <c>valid_from</c> (null: ever) to <c>valid_to</c> (null: for
    /// ever), both inclusive.</summary>
    public static readonly TableSchema Targets = new(
        "targets",
        [
            new("level", Dictionary, false),
            new("id", Dictionary, false),
            new("metric", Dictionary, false),
            new("target_millionths", ColumnType.Int64, false),
            new("valid_from", ColumnType.Date),
            new("valid_to", ColumnType.Date),
        ]
    );

    public static IReadOnlyList<TableSchema> All { get; } =
    [Advertisers, Campaigns, CampaignRates, AdGroups, Creatives, Sites, Users, Targets];
}
