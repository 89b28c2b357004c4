namespace AdvertiseX.Reports.Explaining;

/// <summary>A rate by which a campaign pays.</summary>
/// <param name="PricingModel">cpm, cpc or cpa.</param>
/// <param name="RateMicros">Micros per mille, per click or per conversion.</param>
/// <param name="From">From when on; null for ever.</param>
/// <param name="To">Until when, exclusive; null for ever.</param>
internal sealed record CellRate(string PricingModel, long RateMicros, DateTimeOffset? From, DateTimeOffset? To);
