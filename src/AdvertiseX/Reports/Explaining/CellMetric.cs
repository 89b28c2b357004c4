namespace AdvertiseX.Reports.Explaining;

/// <summary>A figure of the campaign report: a sum, or sum ÷ sum (docs/terms.md, Metrics). Immutable.</summary>
internal sealed record CellMetric
{
    private CellMetric(string name, string numerator, string? denominator = null, int factor = 1) =>
        (Name, Numerator, Denominator, Factor) = (name, numerator, denominator, factor);

    /// <summary>Every metric by which a cell can be explained.</summary>
    public static IReadOnlyList<CellMetric> All { get; } =
    [
        new("impressions", "impressions"),
        new("clicks", "clicks"),
        new("tagged_conversions", "tagged_conversions"),
        new("click_conversions", "click_conversions"),
        new("view_conversions", "view_conversions"),
        new("conversions", "conversions"),
        new("revenue", "revenue"),
        new("media_cost", "media_cost"),
        new("spend", "spend"),
        new("ctr", "clicks", "impressions"),
        new("cvr", "click_conversions", "clicks"),
        new("cpc", "spend", "clicks"),
        new("cpm", "spend", "impressions", factor: 1000),
        new("cpa", "spend", "primary_conversions"),
        new("roas", "revenue", "spend"),
        new("viewable_rate", "viewable", "measured"),
    ];

    public string Name { get; }

    /// <summary>What is summed.</summary>
    public string Numerator { get; }

    /// <summary>What the sum is divided by; null where the metric is a sum.</summary>
    public string? Denominator { get; }

    /// <summary>What the quotient is multiplied by.</summary>
    public int Factor { get; }

    /// <summary>"cpm = 1000 · spend / impressions".</summary>
    public string Formula =>
        $"{Name} = {(Factor == 1 ? "" : $"{Factor} · ")}{Numerator}{(Denominator is null ? "" : $" / {Denominator}")}";

    /// <summary>The sums that it is made of.</summary>
    public IEnumerable<string> Measures => Denominator is null ? [Numerator] : [Numerator, Denominator];

    /// <summary>Whether a sum is money, in micros.</summary>
    public static bool IsMoney(string measure) => measure is "revenue" or "media_cost" or "spend";

    /// <summary>The metric of that name, or null.</summary>
    public static CellMetric? Find(string name) => All.FirstOrDefault(metric => metric.Name == name);
}
