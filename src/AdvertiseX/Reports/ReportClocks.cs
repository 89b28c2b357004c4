using AdvertiseX.Engines;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>The local time of campaigns for SQL of reports: the staging models that say it, over the zones that are
/// there.</summary>
internal static class ReportClocks
{
    /// <summary>Tables that the clocks are made of.</summary>
    public static readonly string[] Tables = ["campaigns", "advertisers"];

    /// <summary>Common table expression <c>campaign_zones</c>, over these tables.</summary>
    public static string Zones => Inline("campaign_zones");

    // Wide enough for any feed; a zone has two spans a year.
    private static readonly DateOnly First = new(2000, 1, 1);
    private static readonly DateOnly Last = new(2060, 1, 1);

    /// <summary>Common table expressions up to <c>campaign_clocks</c>, each with a comma behind it, in shared
    /// SQL.</summary>
    public static async Task<string> ReadAsync(
        IQueryEngine engine,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var zones = new List<string>();
        using var result = await engine.ReadAsync(
            "select time_zone from campaigns where time_zone is not null union select time_zone from advertisers where time_zone is not null",
            sets,
            cancellation
        );
        while (result.Read())
            zones.Add(result.GetString(0)!);
        return $"{ZoneOffsets.Name} as (\n{ZoneOffsets.Select(zones, First, Last)}\n),\n{Zones},\n{Inline("campaign_clocks")},\n";
    }

    private static string Inline(string name) => $"{name} as (\n{ModelCatalog.Shipped.Staging(name).Sql}\n)";
}
