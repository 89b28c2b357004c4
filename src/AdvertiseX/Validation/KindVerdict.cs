namespace AdvertiseX.Validation;

/// <summary>What the value of a kind says.</summary>
internal enum KindVerdict : byte
{
    Unknown,
    Click,
    Conversion,

    /// <summary>A row of conversions that takes one back.</summary>
    Adjustment,
}
