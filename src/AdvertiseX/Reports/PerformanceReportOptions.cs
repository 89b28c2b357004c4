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

    /// <summary>Why the options cannot be met, in the names of the properties; null when they can.</summary>
    public string? Problem => ProblemIn(property => property);

    /// <summary>The same with a name of the caller's for each property.</summary>
    internal string? ProblemIn(Func<string, string> nameOf) =>
        this switch
        {
            { From: { } from, To: { } to } when from > to =>
                $"{nameOf(nameof(From))} {from:yyyy-MM-dd} is after {nameOf(nameof(To))} {to:yyyy-MM-dd}",
            _ when !AttributionModels.Names.Contains(Model) =>
                $"{nameOf(nameof(Model))} is {Model}; models are {string.Join(", ", AttributionModels.Names)}",
            { By: ReportPeriod.Hour, Subject: not ReportSubject.Campaigns } =>
                $"{nameOf(nameof(By))} hour is there for campaigns only",
            { Reach: true, Subject: not ReportSubject.Campaigns } or { Reach: true, By: ReportPeriod.Hour } =>
                $"{nameOf(nameof(Reach))} is there for campaigns, by day, week, month or in total",
            { Pacing: true, Subject: not ReportSubject.Campaigns } or { Pacing: true, By: not ReportPeriod.Total } =>
                $"{nameOf(nameof(Pacing))} is there for campaigns in total only",
            { Completeness: true, Subject: not ReportSubject.Campaigns } =>
                $"{nameOf(nameof(Completeness))} is there for campaigns only",
            _ when Model != AttributionModels.Names[0] && !PerformanceSubject.Of(Subject).HasModels =>
                $"{Subject.ToString().ToLowerInvariant()} have {nameOf(nameof(Model))} {AttributionModels.Names[0]} only",
            _ => null,
        };

    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    internal void Check()
    {
        if (Problem is { } problem)
            throw new ArgumentException(problem);
    }
}
