namespace AdvertiseX.Reports.Explaining;

/// <summary>How an adjustment found its conversion, or why it is unmatched (docs/terms.md, Adjustments).</summary>
internal enum AdjustmentLink
{
    /// <summary>The order of that id and of its own type.</summary>
    OwnType,

    /// <summary>No order of that id has its type: of the others the one with the greatest revenue.</summary>
    OtherType,

    /// <summary>Unmatched: it has no order id.</summary>
    NoOrderId,

    /// <summary>Unmatched: no conversion has that order id.</summary>
    NoSuchOrder,

    /// <summary>Unmatched: the order id is that of other advertisers or campaigns.</summary>
    OtherHolder,

    /// <summary>Unmatched: several advertisers or campaigns have the order id, and it fits more than one.</summary>
    SeveralHolders,
}
