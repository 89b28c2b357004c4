namespace AdvertiseX.Tests.Models.Naive;

internal sealed class NaiveBid : NaiveEvent
{
    public required string? Auction { get; init; }

    public required string? Placement { get; init; }

    /// <summary>Null is not known.</summary>
    public required bool? Won { get; init; }

    public required long? Floor { get; init; }

    public required long? Price { get; init; }

    public required long? Clearing { get; init; }

    /// <summary>Paired with it.</summary>
    public NaiveImpression? Shown { get; set; }

    public bool IsBid => Price is not null || Won is true;
}
