using AdvertiseX.Configuration;

namespace AdvertiseX.Validation;

/// <summary>Limits of validation.</summary>
public readonly record struct ValidationOptions()
{
    /// <summary>A longer text in one column is rejected as out_of_range.</summary>
    [Option("bytes", 1, 64 << 20, Key = "ingest.max_text_bytes")]
    public int MaxTextBytes { get; init; } = 64 << 10;

    /// <summary>An event that lies further than this after the time it was received is rejected as
    /// from_the_future.</summary>
    [Option("seconds", 0, 365 * 86_400, Key = "ingest.max_future_skew_seconds")]
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>An amount of money of one event, after its unit, that is larger than this or smaller than its negative
    /// is rejected as out_of_range.</summary>
    [Option("units", 1, 1_000_000_000_000, Key = "money.max_units")]
    public long MaxMoneyUnits { get; init; } = 1_000_000_000;

    /// <summary>An event before this day is rejected as out_of_range.</summary>
    [Option("1970-01-01", "2100-01-01", Key = "ingest.earliest_event")]
    public DateTimeOffset EarliestEvent { get; init; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
