namespace AdvertiseX.Reports.Explaining;

/// <summary>A click or impression that could have earned a conversion.</summary>
internal sealed record TouchCandidate
{
    /// <summary>"click" or "view".</summary>
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>From the touch to the conversion; negative when the touch came after it.</summary>
    public required TimeSpan Age { get; init; }

    public required string CampaignId { get; init; }

    public required string CreativeId { get; init; }

    public string? AdvertiserId { get; init; }

    /// <summary>How long after the touch its campaign lets it earn.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>It is of the conversion's user.</summary>
    public required bool IsSameUser { get; init; }

    /// <summary>The conversion carries its id.</summary>
    public required bool IsCarried { get; init; }

    /// <summary>Why it lost; null when it is eligible.</summary>
    public TouchLoss? Lost { get; init; }

    /// <summary>Why it is invalid traffic and earns nothing in net; null when it is valid.</summary>
    public string? IvtReason { get; init; }

    /// <summary>1 is the first of the eligible touches; null when it is not eligible.</summary>
    public long? Position { get; init; }

    /// <summary>One for each model, in their order; none when it is not eligible.</summary>
    public IReadOnlyList<TouchCredit> Credits { get; init; } = [];
}
