namespace AdvertiseX.Reports.WhatIf;

/// <summary>Credits under one set of rules.</summary>
/// <param name="ClickMillionths">Click-through conversions, in millionths.</param>
/// <param name="ViewMillionths">View-through conversions, in millionths.</param>
/// <param name="ClickRevenueMicros">Their revenue.</param>
/// <param name="ViewRevenueMicros">Their revenue.</param>
internal readonly record struct WhatIfFigures(
    long ClickMillionths,
    long ViewMillionths,
    long ClickRevenueMicros,
    long ViewRevenueMicros
)
{
    public long Millionths => ClickMillionths + ViewMillionths;

    /// <summary>The nearest number of 64 bits to the sum.</summary>
    public long RevenueMicros =>
        (long)Int128.Clamp((Int128)ClickRevenueMicros + ViewRevenueMicros, long.MinValue, long.MaxValue);
}
