namespace AdvertiseX.Reports.Explaining;

/// <summary>Where the amount of an adjustment comes from (docs/terms.md, Adjustments).</summary>
internal enum AdjustmentAmount
{
    /// <summary>The event says it.</summary>
    Given,

    /// <summary>The event says none: what earlier adjustments left of the conversion's revenue.</summary>
    Rest,

    /// <summary>The event says none, and nothing was left.</summary>
    NothingLeft,

    /// <summary>The event says none, and there is no conversion, or one without revenue.</summary>
    NotKnown,
}
