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

    /// <summary>One of <see cref="AttributionModels.Names"/>.</summary>
    public string Model { get; init; } = AttributionModels.Names[0];

    /// <summary>Without invalid traffic and repeated orders; else all.</summary>
    public bool Net { get; init; } = true;

    /// <summary>Credits on the date of the touch instead of that of the conversion.</summary>
    public bool ByInteraction { get; init; }

    /// <summary>Adds reach, frequency and unique CTR; for campaigns only, not by the hour.</summary>
    public bool Reach { get; init; }

    /// <summary>Adds budget, what was spent of it, and how that compares with the time gone; for campaigns in total
    /// only.</summary>
    public bool Pacing { get; init; }

    /// <summary>Adds whether a cell is mature, and what stands beside it unmatched; for campaigns only.</summary>
    public bool Completeness { get; init; }

    /// <summary>Why the options cannot be met, as the command line names them; null when they can.</summary>
    public string? Problem =>
        this switch
        {
            { From: { } from, To: { } to } when from > to => $"--from {from:yyyy-MM-dd} is after --to {to:yyyy-MM-dd}",
            _ when !AttributionModels.Names.Contains(Model) =>
                $"--model is {Model}; models are {string.Join(", ", AttributionModels.Names)}",
            { By: ReportPeriod.Hour, Subject: not ReportSubject.Campaigns } => "--by hour is there for campaigns only",
            { Reach: true, Subject: not ReportSubject.Campaigns } or { Reach: true, By: ReportPeriod.Hour } =>
                "--reach is there for campaigns, by day, week, month or in total",
            { Pacing: true, Subject: not ReportSubject.Campaigns } or { Pacing: true, By: not ReportPeriod.Total } =>
                "--pacing is there for campaigns in total only",
            { Completeness: true, Subject: not ReportSubject.Campaigns } =>
                "--completeness is there for campaigns only",
            { Subject: ReportSubject.Segments } when Model != AttributionModels.Names[0] =>
                $"segments have --model {AttributionModels.Names[0]} only",
            _ => null,
        };

    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    internal void Check()
    {
        if (Problem is { } problem)
            throw new ArgumentException(problem);
    }
}
