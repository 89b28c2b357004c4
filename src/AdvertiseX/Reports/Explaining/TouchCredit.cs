namespace AdvertiseX.Reports.Explaining;

/// <summary>What one model gives one touch.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Millionths">Its part of the conversion; the parts of all touches make 1,000,000.</param>
/// <param name="RevenueMicros">Its part of the revenue; null when the conversion has none.</param>
/// <param name="NetMillionths">The part that counts in net.</param>
/// <param name="NetRevenueMicros">The revenue that counts in net.</param>
internal sealed record TouchCredit(
    string Model,
    long Millionths,
    long? RevenueMicros,
    long NetMillionths,
    long? NetRevenueMicros
);
