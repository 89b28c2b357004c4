using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>
/// What became of bid requests, with ratios, sum ÷ sum, null when the denominator is 0 (docs/terms.md, Auctions). One
/// row for each campaign, period and currency. Prices are per mille, in units of the currency. Thread-safe.
/// </summary>
internal static class AuctionReport
{
    /// <summary>Starts the report.</summary>
    /// <param name="engine">Reads it.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="options">Its days, period, campaigns, and gross or net; the rest does not matter.</param>
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
        var sets = await ReportTables.SetsAsync(lake, ["auctions", "campaigns"], cancellation);
        return await engine.ReadAsync(engine.Dialect.Translate(Select(options, engine.Dialect)), sets, cancellation);
    }

    /// <summary>Starts the bid landscape: bids and wins in each band of bid prices, cheapest first.</summary>
    /// <param name="engine">Reads it.</param>
    /// <param name="lake">The lake.</param>
    /// <param name="options">Its days, period, campaigns, and gross or net; the rest does not matter.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeException">The models were never run.</exception>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    public static async Task<QueryResult> ReadLandscapeAsync(
        IQueryEngine engine,
        DataLake lake,
        PerformanceReportOptions options,
        CancellationToken cancellation = default
    )
    {
        options.Check();
        var sets = await ReportTables.SetsAsync(
            lake,
            ["bid_landscape", "campaigns", "advertisers", "campaign_performance"],
            cancellation
        );
        return await engine.ReadAsync(
            engine.Dialect.Translate(LandscapeSelect(options, engine.Dialect)),
            sets,
            cancellation
        );
    }

    private static string Select(PerformanceReportOptions options, SqlDialect dialect)
    {
        var select = new PerformanceSelect(options, dialect);
        var net = options.Net ? "net_" : "";
        string[] counts =
        [
            "requests",
            "bids",
            "known_bids",
            "wins",
            "shown",
            "clicked",
            "converted",
            "won_without_impression",
            "impressions_without_request",
        ];
        return $"""
            with sums as (
              select p.campaign_id, max(g.campaign_name) as campaign_name, {Period(options, select)}p.currency,
                {string.Join(", ", counts.Select(name => $"cast(sum(p.{net}{name}) as bigint) as {name}"))},
                {Mean(net, "floor")}, {Mean(net, "bid")}, {Mean(net, "clearing")},
                (sum(p.{net}compared_bid_cpm_micros) - sum(p.{net}compared_clearing_cpm_micros)) / 1e6 / nullif(sum(p.{net}compared_wins), 0)
                  as bid_above_clearing_cpm
              from auctions p
              left join campaigns g on g.campaign_id = p.campaign_id
              where {select.Where}
              group by p.campaign_id, p.currency{Grouped(options, select)}
            )
            select campaign_id, campaign_name, {Shown(options)}currency, {string.Join(", ", counts)},
              {Ratio("bids", "requests")} as bid_rate,
              {Ratio("wins", "known_bids")} as win_rate,
              {Ratio("shown", "wins")} as shown_rate,
              {Ratio("clicked", "shown")} as clicked_rate,
              {Ratio("converted", "shown")} as converted_rate,
              {Ratio("won_without_impression", "wins")} as lost_rate,
              round(floor_cpm, 6) as floor_cpm,
              round(bid_cpm, 6) as bid_cpm,
              round(clearing_cpm, 6) as clearing_cpm,
              round(bid_above_clearing_cpm, 6) as bid_above_clearing_cpm
            from sums
            order by campaign_id, {Shown(options)}currency nulls last
            """;
    }

    private static string LandscapeSelect(PerformanceReportOptions options, SqlDialect dialect)
    {
        var select = new PerformanceSelect(options, dialect);
        var valid = options.Net ? "valid_" : "";
        return $"""
            with campaign_terms as (
            {ModelCatalog.Shipped.Staging("campaign_terms").Sql}
            ),
            campaign_currencies as (
            {ModelCatalog.Shipped.Staging("campaign_currencies").Sql}
            ),
            sums as (
              select p.campaign_id, max(g.campaign_name) as campaign_name,
                {Period(options, select)}coalesce(p.currency, t.currency, u.currency) as money,
                p.band_cpm_micros / 1e6 as from_cpm,
                cast(sum(p.{valid}bids) as bigint) as bids,
                cast(sum(p.{valid}known_bids) as bigint) as known_bids,
                cast(sum(p.{valid}wins) as bigint) as wins,
                sum(p.{valid}clearing_cpm_micros) / 1e6 / nullif(sum(p.{valid}clearing_prices), 0) as clearing_cpm
              from bid_landscape p
              left join campaigns g on g.campaign_id = p.campaign_id
              left join campaign_terms t on t.campaign_id = p.campaign_id
              left join campaign_currencies u on u.campaign_id = p.campaign_id
              where {select.Where}
              group by p.campaign_id, p.band_cpm_micros, coalesce(p.currency, t.currency, u.currency){Grouped(
                options,
                select
            )}
            )
            select campaign_id, campaign_name, {Shown(options)}money as currency, from_cpm, bids, known_bids, wins,
              {Ratio("wins", "known_bids")} as win_rate,
              round(clearing_cpm, 6) as clearing_cpm
            from sums
            where bids > 0
            order by campaign_id, {Shown(options)}currency nulls last, from_cpm
            """;
    }

    private static string Mean(string net, string price) =>
        $"sum(p.{net}{price}_cpm_micros) / 1e6 / nullif(sum(p.{net}{price}_prices), 0) as {price}_cpm";

    private static string Ratio(string part, string whole) => $"round(cast({part} as double) / nullif({whole}, 0), 6)";

    private static string? NameOf(PerformanceReportOptions options) =>
        options.By == ReportPeriod.Total ? null : options.By.ToString().ToLowerInvariant();

    private static string Period(PerformanceReportOptions options, PerformanceSelect select) =>
        NameOf(options) is { } name ? $"{select.PeriodOf("p.local_date")} as {name}, " : "";

    private static string Grouped(PerformanceReportOptions options, PerformanceSelect select) =>
        NameOf(options) is null ? "" : $", {select.PeriodOf("p.local_date")}";

    private static string Shown(PerformanceReportOptions options) => NameOf(options) is { } name ? $"{name}, " : "";
}
