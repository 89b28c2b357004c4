namespace AdvertiseX.Tests.Models.Naive;

/// <summary>An event with what is known of it; null is not known. Links and verdicts are put in by
/// <see cref="NaiveLinks"/>.</summary>
internal class NaiveEvent
{
    public required string Id { get; init; }

    public required long Micros { get; init; }

    public required string? User { get; init; }

    public required long? UserKey { get; init; }

    public string? Currency { get; init; }

    /// <summary>Own, or for lack of it that of the creative; of a click at last that of its impression.</summary>
    public string? Campaign { get; set; }

    public string? Advertiser { get; set; }

    public string? Creative { get; set; }

    public string? AdGroup { get; set; }

    public string? SiteId { get; set; }

    public string? Domain { get; set; }

    public string? Device { get; set; }

    public string? Country { get; set; }

    public string? Region { get; set; }

    public string? Category { get; set; }

    public long? Cost { get; init; }

    /// <summary>Why it is invalid.</summary>
    public string? Reason { get; set; }

    /// <summary>Whether <see cref="Reason"/> comes from its own row.</summary>
    public bool InvalidByRow { get; init; }

    public long Minute => Micros / 60_000_000;
}
