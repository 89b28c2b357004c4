using System.Text;
using AdvertiseX.Engines;
using NodaTime;

namespace AdvertiseX.Models;

/// <summary>
/// Which local date an instant has in a zone, as a table for SQL: a row for each local day that overlaps a UTC date, with the
/// instants at which it starts and ends. So days of 23 and 25 hours and zones off the full hour are exact in every engine, with
/// the rules of NodaTime's own tables.
/// </summary>
internal static class LocalDays
{
    public const string Name = "local_days";

    private const int MaxCharacters = 200_000;

    public static readonly IReadOnlyList<ParquetColumn> Columns =
    [
        new("time_zone", "VARCHAR"), new("utc_date", "DATE"), new("local_date", "DATE"), new("from_micros", "BIGINT"),
        new("to_micros", "BIGINT"),
    ];

    private static readonly NodaTime.TimeZones.ZoneLocalMappingResolver FirstMoment = NodaTime.TimeZones.Resolvers.CreateMappingResolver(
        NodaTime.TimeZones.Resolvers.ReturnEarlier, NodaTime.TimeZones.Resolvers.ReturnStartOfIntervalAfter);

    /// <summary>SELECTs of the rows for some zones and UTC dates, both inclusive, in portions that a parser takes easily.</summary>
    /// <exception cref="NodaTime.TimeZones.DateTimeZoneNotFoundException">A zone is not known.</exception>
    public static IEnumerable<string> Selects(IEnumerable<string> zones, DateOnly first, DateOnly last)
    {
        foreach (var zone in zones.Append("UTC").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var rules = DateTimeZoneProviders.Tzdb[zone];
            var rows = new StringBuilder();
            for (var date = first.AddDays(-1); date <= last.AddDays(1); date = date.AddDays(1))
            {
                Append(rows, zone, date, StartOf(rules, date), StartOf(rules, date.AddDays(1)));
                if (rows.Length < MaxCharacters) continue;
                yield return Select(rows);
                rows.Clear();
            }

            if (rows.Length > 0) yield return Select(rows);
        }
    }

    private static string Select(StringBuilder rows) =>
        "select cast(time_zone as string) as time_zone, cast(utc_date as date) as utc_date, "
        + "cast(local_date as date) as local_date, cast(from_micros as bigint) as from_micros, "
        + "cast(to_micros as bigint) as to_micros\n"
        + $"from (values\n{rows.ToString().TrimEnd(',', '\n')}\n) as days(time_zone, utc_date, local_date, from_micros, to_micros)";

    private static void Append(StringBuilder rows, string zone, DateOnly local, long from, long to)
    {
        // A date that a zone skipped (a change over the date line) has no instants.
        if (from >= to) return;
        for (var utc = DateOf(from); utc <= DateOf(to - 1); utc = utc.AddDays(1))
            rows.Append($"('{zone}', '{utc:yyyy-MM-dd}', '{local:yyyy-MM-dd}', {from}, {to}),\n");
    }

    private static long StartOf(DateTimeZone zone, DateOnly date) =>
        zone.ResolveLocal(LocalDate.FromDateOnly(date).AtMidnight(), FirstMoment).ToInstant().ToUnixTimeTicks()
        / TimeSpan.TicksPerMicrosecond;

    private static DateOnly DateOf(long micros) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond));
}
