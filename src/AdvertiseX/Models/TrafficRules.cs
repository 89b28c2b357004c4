using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Configuration;
using AdvertiseX.Engines;

namespace AdvertiseX.Models;

/// <summary>
/// The limits past which traffic is invalid, and how clicks are matched (<c>docs/terms.md</c>, Invalid traffic and
/// Links), as a table of one row for SQL. A model that reads it is computed anew when a rule changes. Immutable.
/// </summary>
public sealed record TrafficRules
{
    /// <summary>Name under which models read it.</summary>
    internal const string Name = "traffic_rules";

    private const int MaxMilliseconds = 3_600_000;

    internal static readonly IReadOnlyList<ParquetColumn> Columns =
    [
        new("max_impressions_per_minute", SqlType.Int64),
        new("max_clicks_per_minute", SqlType.Int64),
        new("repeated_click_micros", SqlType.Int64),
        new("click_after_impression_micros", SqlType.Int64),
        new("conversion_after_click_micros", SqlType.Int64),
        new("match_user_only", SqlType.Boolean),
    ];

    /// <summary>More impressions of a user in a UTC minute make all of that minute's invalid.</summary>
    [Option("impressions", 1, int.MaxValue, Key = "invalid_traffic.max_impressions_per_minute")]
    public int MaxImpressionsPerMinute { get; init; } = 60;

    /// <summary>More clicks of a user in a UTC minute make all of that minute's invalid.</summary>
    [Option("clicks", 1, int.MaxValue, Key = "invalid_traffic.max_clicks_per_minute")]
    public int MaxClicksPerMinute { get; init; } = 10;

    /// <summary>A click sooner than this after the last one kept of the same user and campaign is invalid.</summary>
    [Option("milliseconds", 0, MaxMilliseconds, Key = "invalid_traffic.repeated_click_ms")]
    public TimeSpan RepeatedClick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A click sooner than this after its impression is invalid.</summary>
    [Option("milliseconds", 0, MaxMilliseconds, Key = "invalid_traffic.click_after_impression_ms")]
    public TimeSpan ClickAfterImpression { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>A conversion sooner than this after its last eligible click is invalid.</summary>
    [Option("milliseconds", 0, MaxMilliseconds, Key = "invalid_traffic.conversion_after_click_ms")]
    public TimeSpan ConversionAfterClick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A click whose campaign is not known belongs to the latest impression of its user within a day, of
    /// whatever campaign.</summary>
    [Option(Key = "matching.user_only")]
    public bool MatchUserOnly { get; init; }

    /// <summary>A SELECT of the row.</summary>
    internal string Select() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            select
              cast({MaxImpressionsPerMinute} as bigint) as max_impressions_per_minute,
              cast({MaxClicksPerMinute} as bigint) as max_clicks_per_minute,
              cast({Micros(RepeatedClick)} as bigint) as repeated_click_micros,
              cast({Micros(ClickAfterImpression)} as bigint) as click_after_impression_micros,
              cast({Micros(ConversionAfterClick)} as bigint) as conversion_after_click_micros,
              {(MatchUserOnly ? "true" : "false")} as match_user_only
            """
        );

    /// <summary>A number that changes with any limit.</summary>
    internal ulong Fingerprint => StableHash.Hash64(Encoding.UTF8.GetBytes(Select()));

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
