namespace AdvertiseX.Reports.Explaining;

/// <summary>What stands beside a cell and is not in it, and whether more is to come.</summary>
internal sealed record CellCompleteness
{
    /// <summary>
    /// Whether nothing but late data can change it: by interaction date the longest window after the day has passed, by
    /// conversion date the day, at the ledger's newest commit.
    /// </summary>
    public required bool IsMature { get; init; }

    /// <summary>When it is mature.</summary>
    public required DateTimeOffset MatureFrom { get; init; }

    /// <summary>The ledger's newest commit; null before the first.</summary>
    public DateTimeOffset? LakeAsOf { get; init; }

    /// <summary>The campaign's clicks of that day without an impression.</summary>
    public required long UnmatchedClicks { get; init; }

    /// <summary>Conversions under the campaign's own tag that no touch earned.</summary>
    public required long ConversionsWithoutTouches { get; init; }

    /// <summary>Adjustments of the campaign's conversions without touches, which take back no revenue here.</summary>
    public required long UnattributedAdjustments { get; init; }

    /// <summary>The campaign's adjustments that fit no conversion.</summary>
    public required long UnmatchedAdjustments { get; init; }

    /// <summary>Left out in net.</summary>
    public required long InvalidImpressions { get; init; }

    /// <summary>Left out in net.</summary>
    public required long InvalidClicks { get; init; }

    /// <summary>Conversions under the campaign's own tag that are invalid or repeat an order; left out in
    /// net.</summary>
    public required long InvalidConversions { get; init; }

    /// <summary>Impressions and clicks that have neither a rate nor a cost.</summary>
    public required long UnpricedEvents { get; init; }

    public required IReadOnlyList<StreamCounts> Feeds { get; init; }
}
