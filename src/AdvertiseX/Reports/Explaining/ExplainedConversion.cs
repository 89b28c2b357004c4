namespace AdvertiseX.Reports.Explaining;

/// <summary>A conversion as the lake has it, with what the reference data say of its campaign.</summary>
internal sealed record ExplainedConversion
{
    public required string Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The campaign's zone, UTC where none is known.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The time in <see cref="TimeZone"/>, with its offset.</summary>
    public required DateTimeOffset LocalTime { get; init; }

    public string? Type { get; init; }

    /// <summary>It takes back revenue of another conversion; <see cref="RevenueMicros"/> is then what its event says,
    /// below 0.</summary>
    public bool IsAdjustment { get; init; }

    public string? OrderId { get; init; }

    public long? RevenueMicros { get; init; }

    public string? Currency { get; init; }

    public string? CampaignId { get; init; }

    public string? CampaignName { get; init; }

    /// <summary>The campaign's by the reference data, else the event's own.</summary>
    public string? AdvertiserId { get; init; }

    public string? UserId { get; init; }

    public string? ClickId { get; init; }

    public string? ImpressionId { get; init; }

    /// <summary>Why it is invalid traffic; null when it is not.</summary>
    public string? IvtReason { get; init; }

    /// <summary>The conversion that counts for the order which this one repeats, or null.</summary>
    public string? DuplicateOf { get; init; }
}
