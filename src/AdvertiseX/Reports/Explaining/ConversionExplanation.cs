using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>Which touches a conversion could have come from, what each of them earned, and why the others
/// lost.</summary>
internal sealed record ConversionExplanation
{
    public required ExplainedConversion Conversion { get; init; }

    /// <summary>What it takes back, where it is an adjustment; else null.</summary>
    public ExplainedAdjustment? Adjustment { get; init; }

    /// <summary>The adjustments of a conversion, by time, then id.</summary>
    public required IReadOnlyList<ExplainedAdjustment> Adjustments { get; init; }

    /// <summary>All candidates in the order of touches: by time, then id descending; none of an adjustment, which has
    /// the touches of its conversion.</summary>
    public required IReadOnlyList<TouchCandidate> Candidates { get; init; }

    /// <summary>The attribution models, in the order of the table's columns.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Whether <c>conversion_attribution</c> holds these touches with these credits.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>What changed since <c>conversion_attribution</c> was computed.</summary>
    public required MartStaleness Staleness { get; init; }

    /// <summary>What a reader has to know besides: ids that point at nothing, tables that are behind the
    /// facts.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
