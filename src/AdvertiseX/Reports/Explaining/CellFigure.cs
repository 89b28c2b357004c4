namespace AdvertiseX.Reports.Explaining;

/// <summary>The figure in one currency. Money is micros.</summary>
/// <param name="Currency">Currency of the row; null where nothing says.</param>
/// <param name="Numerator">The sum; null where it is not known (spend without a price).</param>
/// <param name="Denominator">What it is divided by; null where the metric is a sum, or not known.</param>
/// <param name="Value">The figure in units of the currency; null when the denominator is 0.</param>
internal sealed record CellFigure(string? Currency, long? Numerator, long? Denominator, decimal? Value)
{
    /// <summary>Why there is no value; null where there is one.</summary>
    public string? NullBecause { get; init; }
}
