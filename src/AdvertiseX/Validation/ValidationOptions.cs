namespace AdvertiseX.Validation;

/// <summary>Limits of validation.</summary>
public readonly record struct ValidationOptions()
{
    /// <summary>How far an event may lie after its received time. Default 10 minutes.</summary>
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Events before this instant are out of range. Default 2000-01-01.</summary>
    public DateTimeOffset EarliestEvent { get; init; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Longest text of one column, bytes; longer is out of range. Default 64 kB.</summary>
    public int MaxTextBytes { get; init; } = 64 << 10;
}
