using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Lake.Delta;
using NodaTime;

namespace AdvertiseX.Models;

/// <summary>Which days were over at an instant, in the zones in which campaigns count them.</summary>
internal sealed class ClosedDays
{
    /// <summary>Columns <c>time_zone</c> and <c>open_from</c>, the date that clocks of that zone show.</summary>
    public const string Name = "zone_days";

    private static readonly string[] Described = ["campaigns", "advertisers"];

    private readonly IReadOnlyList<string> _zones;

    private ClosedDays(IReadOnlyList<ParquetSet> sets, IReadOnlyList<string> zones) => (Sets, _zones) = (sets, zones);

    /// <summary>What <see cref="Expressions"/> reads: the descriptions of campaigns and advertisers.</summary>
    public IReadOnlyList<ParquetSet> Sets { get; }

    /// <summary>Reads the zones from the descriptions as they are now.</summary>
    /// <exception cref="QueryException">A description cannot be read.</exception>
    public static async ValueTask<ClosedDays> ReadAsync(
        DataLake lake,
        IQueryEngine engine,
        CancellationToken cancellation
    )
    {
        var sets = new List<ParquetSet>();
        foreach (var name in Described)
        {
            var table = lake.Tables.FirstOrDefault(each => each.Name == name);
            var files = table is null ? [] : table.FilesOf(await table.Delta.RefreshAsync(cancellation));
            sets.Add(ModelCatalog.Shipped.Set(name, name, files.Select(file => file.Address)));
        }

        var zones = new List<string>();
        var selects = Described.Select(name => $"select time_zone from {name} where time_zone is not null");
        using var result = await engine.ReadAsync(string.Join(" union ", selects), sets, cancellation);
        while (result.Read())
            zones.Add(result.GetString(0)!);
        return new ClosedDays(sets, zones);
    }

    /// <summary>Common table expressions <c>campaign_zones</c> and <see cref="Name"/>, in shared SQL.</summary>
    /// <param name="micros">The instant, micros since 1970 UTC.</param>
    public string Expressions(long micros)
    {
        var instant = Instant.FromUnixTimeTicks(micros * TimeSpan.TicksPerMicrosecond);
        var rows = _zones
            .Append("UTC")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(zone =>
            {
                var date = instant.InZone(DateTimeZoneProviders.Tzdb[zone]).Date.ToDateOnly();
                return string.Create(CultureInfo.InvariantCulture, $"('{zone}', cast('{date:yyyy-MM-dd}' as date))");
            });
        return $"""
            campaign_zones as (
            {ModelCatalog.Shipped.Staging("campaign_zones").Sql}
            ),
            {Name} as (
              select time_zone, open_from
              from (values {string.Join(", ", rows)}) as days(time_zone, open_from)
            )
            """;
    }
}
