namespace AdvertiseX.Reports.Explaining;

/// <summary>What an adjustment takes back, and of which conversion. Immutable.</summary>
internal sealed record ExplainedAdjustment
{
    /// <summary>The adjustment.</summary>
    public required OrderRow Row { get; init; }

    /// <summary>The conversion that it adjusts; null when it is unmatched.</summary>
    public OrderRow? Adjusts { get; init; }

    public required AdjustmentLink Link { get; init; }

    public required AdjustmentAmount Amount { get; init; }

    /// <summary>Of the amount; null where nothing says.</summary>
    public string? Currency => Row.Currency ?? Adjusts?.Currency;

    /// <summary>Whose order it is: "advertiser acme", "campaign shoes"; null for the only one that has the order id, or
    /// where it is unmatched.</summary>
    public string? OrderOf { get; init; }

    /// <summary>The campaign in whose unmatched or unattributed adjustments it is counted; null where touches have
    /// it.</summary>
    public string? CountedUnder { get; init; }

    /// <summary>The touches of its conversion in their order, each with what is taken back from it; empty for an
    /// adjustment beside the conversion that is explained.</summary>
    public IReadOnlyList<AdjustedTouch> Touches { get; init; } = [];

    /// <summary>Explains one of the rows of an order by the others.</summary>
    public static ExplainedAdjustment Of(OrderRow row, IReadOnlyList<OrderRow> order)
    {
        var adjusts = row.AdjustsId is { } id ? order.First(other => other.Id == id && !other.IsAdjustment) : null;
        return new ExplainedAdjustment
        {
            Row = row,
            Adjusts = adjusts,
            Link =
                adjusts is null ? MissOf(row, order)
                : adjusts.PlainType == row.PlainType ? AdjustmentLink.OwnType
                : AdjustmentLink.OtherType,
            Amount = AmountOf(row),
            OrderOf =
                adjusts is null ? null
                : row.AdvertiserId is { } advertiser && adjusts.AdvertiserId == advertiser ? $"advertiser {advertiser}"
                : row.CampaignId is { } campaign ? $"campaign {campaign}"
                : null,
        };
    }

    private static AdjustmentAmount AmountOf(OrderRow row) =>
        row.OwnMicros is not null ? AdjustmentAmount.Given
        : row.Micros is null ? AdjustmentAmount.NotKnown
        : row.Micros == 0 ? AdjustmentAmount.NothingLeft
        : AdjustmentAmount.Rest;

    /// <summary>The rules of conversion_verdicts.sql by which a holder is none.</summary>
    private static AdjustmentLink MissOf(OrderRow row, IReadOnlyList<OrderRow> order)
    {
        if (row.OrderId is null)
            return AdjustmentLink.NoOrderId;
        var conversions = order.Where(other => !other.IsAdjustment && other.OrderId == row.OrderId).ToList();
        if (conversions.Count == 0)
            return AdjustmentLink.NoSuchOrder;
        return conversions.Where(Fits).Select(other => other.Holder).Distinct(StringComparer.Ordinal).Any()
            ? AdjustmentLink.SeveralHolders
            : AdjustmentLink.OtherHolder;

        bool Fits(OrderRow other) =>
            (row.AdvertiserId ?? row.CampaignId) is null
            || (
                row.AdvertiserId is not null && other.AdvertiserId is not null
                    ? row.AdvertiserId == other.AdvertiserId
                    : row.CampaignId is not null && row.CampaignId == other.CampaignId
            );
    }
}
