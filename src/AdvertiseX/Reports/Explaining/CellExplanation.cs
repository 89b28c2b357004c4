using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>From which rows a cell of the campaign report comes, and how complete it is.</summary>
internal sealed record CellExplanation
{
    public required CellOptions Cell { get; init; }

    public string? CampaignName { get; init; }

    /// <summary>The zone in which the campaign's days are counted.</summary>
    public required string TimeZone { get; init; }

    /// <summary>First instant of the local day.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant of the next local day.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>One for each currency.</summary>
    public required IReadOnlyList<CellFigure> Figures { get; init; }

    /// <summary>Rows behind the sums.</summary>
    public required IReadOnlyList<CellSource> Sources { get; init; }

    /// <summary>Whether spend is what rates bill; else it is media cost.</summary>
    public required bool IsPriced { get; init; }

    /// <summary>Rates in force on that day.</summary>
    public required IReadOnlyList<CellRate> Rates { get; init; }

    /// <summary>The tables of models that it went through, with the versions that they were made from.</summary>
    public required IReadOnlyList<MartState> Origins { get; init; }

    /// <summary>What changed since they were computed.</summary>
    public required MartStaleness Staleness { get; init; }

    public required CellCompleteness Completeness { get; init; }
}
