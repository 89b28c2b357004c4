using AdvertiseX.Configuration;

namespace AdvertiseX.Server.Access;

/// <summary>How keys of the collector count.</summary>
internal sealed record AccessOptions
{
    /// <summary>A key that was made or revoked counts, or no more, after so long at most in every adx serve on the
    /// lake.</summary>
    [Option("seconds", 1, 3600, Key = "keys.read_seconds")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Requests a second of a key that has no limit of its own (adx keys create --rate), and as many at once;
    /// more get 429. 0 for no limit.</summary>
    [Option("requests a second", 0, 1_000_000, Key = "keys.requests_per_second")]
    public double RequestsPerSecond { get; init; }
}
