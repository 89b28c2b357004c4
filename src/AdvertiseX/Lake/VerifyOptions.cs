namespace AdvertiseX.Lake;

/// <summary>How thoroughly a lake is verified.</summary>
public sealed record VerifyOptions
{
    /// <summary>Looks at structure and counts alone: no file is read whole, neither for its hash nor for its event
    /// ids.</summary>
    public bool Quick { get; init; }

    /// <summary>The look-back for duplicates with which the lake was ingested; the same id on dates that lie further
    /// apart is allowed.</summary>
    public TimeSpan DuplicateLookback { get; init; } = TimeSpan.FromDays(7);
}
