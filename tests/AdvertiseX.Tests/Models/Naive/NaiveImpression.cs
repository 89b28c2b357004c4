namespace AdvertiseX.Tests.Models.Naive;

internal sealed class NaiveImpression : NaiveEvent
{
    public required string? Auction { get; init; }

    public required string? Placement { get; init; }

    public required bool? IsViewable { get; init; }

    public required bool? IsMeasurable { get; init; }

    public required long? TimeInViewMs { get; init; }

    public bool Measured => IsViewable is not null && IsMeasurable is not false;

    public bool Viewed => Measured && IsViewable is true;
}
