using System.Text;
using AdvertiseX.Engines;
using NodaTime;
using NodaTime.TimeZones;

namespace AdvertiseX.Models;

/// <summary>
/// What clocks show in a zone, as a table for SQL: a row for each span of instants with one offset from UTC. Local time
/// is the instant plus the offset, so days of 23 and 25 hours, zones off the full hour and dates that a zone skipped
/// are exact in every engine, with the rules of NodaTime's own tables. A zone has one row, or few, for the dates of a
/// lake.
/// </summary>
internal static class ZoneOffsets
{
    public const string Name = "zone_offsets";

    public static readonly IReadOnlyList<ParquetColumn> Columns =
    [
        new("time_zone", SqlType.Text),
        new("from_micros", SqlType.Int64),
        new("to_micros", SqlType.Int64),
        new("offset_micros", SqlType.Int64),
    ];

    /// <summary>A SELECT of the rows for some zones; the first and the last span of each reach to the ends of
    /// time.</summary>
    /// <param name="zones">IANA names; UTC is always there.</param>
    /// <param name="first">First UTC date on which instants may lie.</param>
    /// <param name="last">Last one.</param>
    /// <exception cref="DateTimeZoneNotFoundException">A zone is not known.</exception>
    public static string Select(IEnumerable<string> zones, DateOnly first, DateOnly last)
    {
        var rows = new StringBuilder();
        var (from, to) = (StartOf(first), StartOf(last.AddDays(1)));
        foreach (var zone in zones.Append("UTC").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var span in DateTimeZoneProviders.Tzdb[zone].GetZoneIntervals(from, to))
                Append(rows, zone, span, from, to);
        }

        return "select cast(time_zone as string) as time_zone, cast(from_micros as bigint) as from_micros, "
            + "cast(to_micros as bigint) as to_micros, cast(offset_micros as bigint) as offset_micros\n"
            + $"from (values\n{rows.ToString().TrimEnd(',', '\n')}\n) as spans(time_zone, from_micros, to_micros, offset_micros)";
    }

    private static void Append(StringBuilder rows, string zone, ZoneInterval span, Instant from, Instant to)
    {
        var start = span.HasStart && span.Start > from ? MicrosOf(span.Start) : -long.MaxValue;
        var end = span.HasEnd && span.End < to ? MicrosOf(span.End) : long.MaxValue;
        rows.Append($"('{zone}', {start}, {end}, {span.WallOffset.Ticks / TimeSpan.TicksPerMicrosecond}),\n");
    }

    private static Instant StartOf(DateOnly date) => LocalDate.FromDateOnly(date).AtMidnight().InUtc().ToInstant();

    private static long MicrosOf(Instant instant) => instant.ToUnixTimeTicks() / TimeSpan.TicksPerMicrosecond;
}
