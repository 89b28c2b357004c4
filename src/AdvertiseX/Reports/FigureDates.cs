using System.Globalization;
using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Reports.Explaining;

namespace AdvertiseX.Reports;

/// <summary>On which local dates there are figures of the campaigns that were asked for. Immutable.</summary>
internal sealed record FigureDates
{
    /// <summary>The first date with figures, whatever range was asked for; null where there are none.</summary>
    public DateOnly? First { get; init; }

    /// <summary>The last one.</summary>
    public DateOnly? Last { get; init; }

    /// <summary>The last date with figures before the range.</summary>
    public DateOnly? Before { get; init; }

    /// <summary>The first one after it.</summary>
    public DateOnly? After { get; init; }

    /// <summary>Whether there are figures in the range.</summary>
    public bool HasAny { get; init; }

    /// <summary>The zone in which the range's figures are dated; null where their campaigns have several.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Reads the dates of a report.</summary>
    /// <param name="engine">Reads them.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="dated">SELECT of campaign_id and local_date of the report's rows, in shared SQL.</param>
    /// <param name="tables">Tables that it reads.</param>
    /// <param name="options">The range and the campaigns.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeException">A table was never computed.</exception>
    public static async Task<FigureDates> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        string dated,
        IEnumerable<string> tables,
        PerformanceReportOptions options,
        CancellationToken cancellation
    )
    {
        var sets = await ReportTables.SetsAsync(
            lake,
            tables.Union(ReportClocks.Tables, StringComparer.Ordinal),
            cancellation
        );
        var select = new PerformanceSelect(options, engine.Dialect);
        var before = options.From is { } from ? $"local_date < {Date(from)}" : "false";
        var after = options.To is { } to ? $"local_date > {Date(to)}" : "false";
        var inside = $"not ({before}) and not ({after})";
        var sql = $"""
            with {ReportClocks.Zones},
            dated as (
              {dated}
            ),
            asked as (
              select distinct p.campaign_id, p.local_date
              from dated p
              where {select.WhereCampaign}
            ),
            placed as (
              select a.local_date, coalesce(z.time_zone, 'UTC') as time_zone
              from asked a
              left join campaign_zones z on z.campaign_id = a.campaign_id
            )
            select
              min(local_date) as first_date,
              max(local_date) as last_date,
              max(case when {before} then local_date end) as date_before,
              min(case when {after} then local_date end) as date_after,
              min(case when {inside} then time_zone end) as first_zone,
              max(case when {inside} then time_zone end) as last_zone
            from placed
            """;
        using var rows = new NamedRows(await engine.ReadAsync(engine.Dialect.Translate(sql), sets, cancellation));
        rows.Read();
        var zone = rows.Text("first_zone");
        return new FigureDates
        {
            First = rows.Date("first_date"),
            Last = rows.Date("last_date"),
            Before = rows.Date("date_before"),
            After = rows.Date("date_after"),
            HasAny = zone is not null,
            TimeZone = zone == rows.Text("last_zone") ? zone : null,
        };
    }

    /// <summary>Requires figures in the range.</summary>
    /// <param name="what">What is dated: "figures of campaign spring".</param>
    /// <param name="from">The range's first day; null for the first there is.</param>
    /// <param name="to">The range's last day; null for the last there is.</param>
    /// <exception cref="LakeException">There are none; the message says on which dates there are.</exception>
    public void Require(string what, DateOnly? from, DateOnly? to)
    {
        if (HasAny)
            return;
        if (First is not { } first || Last is not { } last)
            throw new LakeException($"there are no {what} yet");
        var nearest = (Before, After) is ({ } before, { } after)
            ? $", the nearest {Range(before, before)} and {Range(after, after)}"
            : "";
        throw new LakeException($"there are no {what} {Range(from, to)}; there are some {Range(first, last)}{nearest}");
    }

    /// <summary>"on 2024-03-01", "from 2024-03-01 to 2024-03-31", "from 2024-03-01 on", "until 2024-03-31".</summary>
    private static string Range(DateOnly? from, DateOnly? to) =>
        (from, to) switch
        {
            ({ } first, { } last) => first == last ? $"on {Day(first)}" : $"from {Day(first)} to {Day(last)}",
            ({ } first, null) => $"from {Day(first)} on",
            (null, { } last) => $"until {Day(last)}",
            _ => "of any date",
        };

    private static string Date(DateOnly day) => $"date '{Day(day)}'";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
