namespace AdvertiseX.Reports.Explaining;

/// <summary>A touch from which an adjustment takes revenue back.</summary>
/// <param name="Kind">"click" or "view".</param>
/// <param name="Id">The touch.</param>
/// <param name="Age">From the touch to the conversion that is adjusted.</param>
/// <param name="Credited">Its position, and its part under each model.</param>
internal sealed record AdjustedTouch(string Kind, string Id, TimeSpan Age, CreditedTouch Credited);
