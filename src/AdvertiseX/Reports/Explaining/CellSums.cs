namespace AdvertiseX.Reports.Explaining;

/// <summary>The sums of <c>campaign_performance</c> for a cell in one currency.</summary>
internal sealed record CellSums(string? Currency, IReadOnlyDictionary<string, long?> Values)
{
    private static readonly string[] Names =
    [
        "impressions",
        "clicks",
        "measured",
        "viewable",
        "tagged_conversions",
        "click_conversions",
        "view_conversions",
        "primary_conversions",
        "revenue",
        "media_cost",
        "spend",
        "unpriced_events",
        "invalid_impressions",
        "invalid_clicks",
        "invalid_conversions",
        "unattributed_adjustments",
        "unmatched_adjustments",
        "foreign_spend",
        "foreign_revenue",
    ];

    public long? Of(string measure) =>
        measure == "conversions" ? Values["click_conversions"] + Values["view_conversions"] : Values[measure];

    public static CellSums Of(NamedRows row) => new(row.Text("currency"), Names.ToDictionary(name => name, row.Number));
}
