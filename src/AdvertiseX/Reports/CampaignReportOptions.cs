namespace AdvertiseX.Reports;

/// <summary>What a campaign report shows.</summary>
public sealed record CampaignReportOptions
{
    /// <summary>First local date, inclusive; null for the first there is.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last local date, inclusive; null for the last there is.</summary>
    public DateOnly? To { get; init; }

    public ReportPeriod By { get; init; } = ReportPeriod.Total;

    /// <summary>Only these campaigns; none for all.</summary>
    public IReadOnlyList<string> Campaigns { get; init; } = [];

    /// <summary>Without invalid traffic and repeated orders; else all.</summary>
    public bool Net { get; init; }

    /// <summary>Credits on the date of the touch instead of that of the conversion.</summary>
    public bool ByInteraction { get; init; }
}
