using System.Globalization;
using System.Text;
using AdvertiseX.Columns;
using AdvertiseX.Engines;

namespace AdvertiseX.Models;

/// <summary>
/// The limits past which traffic is invalid, and how clicks are matched (<c>docs/terms.md</c>, Invalid traffic and Links), as a table of
/// one row for SQL. A model that reads it is computed anew when a rule changes. Immutable.
/// </summary>
public sealed record TrafficRules
{
    /// <summary>Name under which models read it.</summary>
    internal const string Name = "traffic_rules";

    internal static readonly IReadOnlyList<ParquetColumn> Columns =
    [
        new("max_impressions_per_minute", SqlType.Int64), new("max_clicks_per_minute", SqlType.Int64), new("repeated_click_micros", SqlType.Int64),
        new("click_after_impression_micros", SqlType.Int64), new("conversion_after_click_micros", SqlType.Int64),
        new("match_user_only", SqlType.Boolean),
    ];

    /// <summary>More impressions of one user in one UTC minute make all of that minute's invalid; at least 1.</summary>
    public int MaxImpressionsPerMinute { get; init; } = 60;

    /// <summary>More clicks of one user in one UTC minute make all of that minute's invalid; at least 1.</summary>
    public int MaxClicksPerMinute { get; init; } = 10;

    /// <summary>A click less than this after the last one kept of the same user and campaign is a repeated one; zero for none.</summary>
    public TimeSpan RepeatedClick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A click less than this after its impression is no person's; zero for none.</summary>
    public TimeSpan ClickAfterImpression { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>A conversion less than this after its last eligible click is no person's; zero for none.</summary>
    public TimeSpan ConversionAfterClick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A click whose campaign is not known belongs to the latest impression of its user within a day, of whatever campaign.
    /// </summary>
    public bool MatchUserOnly { get; init; }

    /// <summary>A SELECT of the row.</summary>
    internal string Select() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        select
          cast({MaxImpressionsPerMinute} as bigint) as max_impressions_per_minute,
          cast({MaxClicksPerMinute} as bigint) as max_clicks_per_minute,
          cast({Micros(RepeatedClick)} as bigint) as repeated_click_micros,
          cast({Micros(ClickAfterImpression)} as bigint) as click_after_impression_micros,
          cast({Micros(ConversionAfterClick)} as bigint) as conversion_after_click_micros,
          {(MatchUserOnly ? "true" : "false")} as match_user_only
        """);

    /// <summary>A number that changes with any limit.</summary>
    internal ulong Fingerprint => StableHash.Hash64(Encoding.UTF8.GetBytes(Select()));

    private static long Micros(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
