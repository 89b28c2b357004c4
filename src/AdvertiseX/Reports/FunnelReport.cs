using AdvertiseX.Engines;
using AdvertiseX.Lake;

namespace AdvertiseX.Reports;

/// <summary>
/// Impressions of a period, how many were clicked, how many of those clicks earned a conversion, and how many earned
/// one by being seen (docs/terms.md, Funnel); net. One row for each campaign and period. Thread-safe.
/// </summary>
internal static class FunnelReport
{
    /// <summary>Starts the report.</summary>
    /// <param name="engine">Reads it.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="options">Its days, period and campaigns; the rest does not matter.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeException">The models were never run.</exception>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    public static async Task<QueryResult> ReadAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var sets = await ReportTables.SetsAsync(lake, ["funnel", "campaigns"], cancellation);
        return await engine.ReadAsync(engine.Dialect.Translate(Select(options, engine.Dialect)), sets, cancellation);
    }

    private static string Select(PerformanceReportOptions options, SqlDialect dialect)
    {
        var select = new PerformanceSelect(options, dialect);
        var period = options.By == ReportPeriod.Total ? null : options.By.ToString().ToLowerInvariant();
        var shown = period is null ? "" : $"{select.PeriodOf("p.local_date")} as {period}, ";
        return $"""
            select p.campaign_id, max(g.campaign_name) as campaign_name, {shown}
              cast(sum(p.impressions) as bigint) as impressions,
              cast(sum(p.clicked_impressions) as bigint) as clicked,
              cast(sum(p.converted_impressions) as bigint) as converted,
              cast(sum(p.view_converted_impressions) as bigint) as view_converted,
              round(cast(sum(p.clicked_impressions) as double) / nullif(sum(p.impressions), 0), 6) as clicked_rate,
              round(cast(sum(p.converted_impressions) as double) / nullif(sum(p.clicked_impressions), 0), 6) as converted_rate
            from funnel p
            left join campaigns g on g.campaign_id = p.campaign_id
            where {select.Where}
            group by p.campaign_id{(period is null ? "" : $", {period}")}
            order by p.campaign_id{(period is null ? "" : $", {period}")}
            """;
    }
}
