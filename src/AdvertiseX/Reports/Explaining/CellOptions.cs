namespace AdvertiseX.Reports.Explaining;

/// <summary>Which cell of the campaign report is explained.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Date">A date in the zone in which the campaign's days are counted.</param>
/// <param name="Metric">The figure.</param>
internal sealed record CellOptions(string CampaignId, DateOnly Date, CellMetric Metric)
{
    /// <summary>Without invalid traffic and repeated orders; else all.</summary>
    public bool Net { get; init; }

    /// <summary>Credits on the date of the touch instead of that of the conversion.</summary>
    public bool ByInteraction { get; init; }
}
