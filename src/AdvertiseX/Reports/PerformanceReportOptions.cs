namespace AdvertiseX.Reports;

/// <summary>What a performance report shows.</summary>
public sealed record PerformanceReportOptions
{
    public ReportSubject Subject { get; init; } = ReportSubject.Campaigns;

    /// <summary>First local date, inclusive; null for the first there is.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last local date, inclusive; null for the last there is.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Hours are there for campaigns only.</summary>
    public ReportPeriod By { get; init; } = ReportPeriod.Total;

    /// <summary>Only these campaigns; none for all.</summary>
    public IReadOnlyList<string> Campaigns { get; init; } = [];

    /// <summary>Only campaigns of these advertisers; none for all.</summary>
    public IReadOnlyList<string> Advertisers { get; init; } = [];

    public AttributionModel Model { get; init; } = AttributionModel.LastTouch;

    /// <summary>Without invalid traffic and repeated orders; else all.</summary>
    public bool Net { get; init; }

    /// <summary>Credits on the date of the touch instead of that of the conversion.</summary>
    public bool ByInteraction { get; init; }

    /// <summary>Adds reach, frequency and unique CTR; for campaigns only, not by the hour.</summary>
    public bool Reach { get; init; }

    /// <summary>Adds budget, what was spent of it, and how that compares with the time gone; for campaigns in total only.</summary>
    public bool Pacing { get; init; }

    /// <summary>Adds whether a cell is mature, and what stands beside it unmatched; for campaigns only.</summary>
    public bool Completeness { get; init; }

    /// <exception cref="ArgumentException">Options contradict each other; the text names them as the command line does.</exception>
    internal void Check()
    {
        if (From > To) throw new ArgumentException($"--from {From:yyyy-MM-dd} is after --to {To:yyyy-MM-dd}");
        if (By == ReportPeriod.Hour && Subject != ReportSubject.Campaigns) throw new ArgumentException("--by hour is there for campaigns only");
        if (Reach && (Subject != ReportSubject.Campaigns || By == ReportPeriod.Hour))
            throw new ArgumentException("--reach is there for campaigns, by day, week, month or in total");
        if (Pacing && (Subject != ReportSubject.Campaigns || By != ReportPeriod.Total))
            throw new ArgumentException("--pacing is there for campaigns in total only");
        if (Completeness && Subject != ReportSubject.Campaigns) throw new ArgumentException("--completeness is there for campaigns only");
        if (Subject == ReportSubject.Segments && Model != AttributionModel.LastTouch)
            throw new ArgumentException("segments have last touch only");
    }
}
