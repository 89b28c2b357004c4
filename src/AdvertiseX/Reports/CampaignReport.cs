using AdvertiseX.Engines;
using AdvertiseX.Lake;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>
/// Campaign performance with its ratios, sum ÷ sum, null when the denominator is 0 (docs/terms.md, Metrics). One row for each
/// campaign, period and currency. Money is in units of the currency. Thread-safe.
/// </summary>
public static class CampaignReport
{
    private const string Performance = "campaign_performance";
    private const string LoadCommand = "adx reference load";

    /// <summary>Starts the report.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    /// <exception cref="ArgumentException">The dates are the wrong way round.</exception>
    public static async Task<QueryResult> ReadAsync(
        IQueryEngine engine, DataLake lake, CampaignReportOptions options, CancellationToken cancellation = default)
    {
        if (options.From > options.To) throw new ArgumentException($"--from {options.From:yyyy-MM-dd} is after --to {options.To:yyyy-MM-dd}");
        return await engine.ReadAsync(Select(options), await SetsAsync(lake, [Performance, "campaigns"], cancellation), cancellation);
    }

    /// <summary>What a reader of the report has to know: clicks, campaigns and events that wait for a description.</summary>
    /// <exception cref="LakeException">The models were never run.</exception>
    public static async Task<IReadOnlyList<string>> NotesAsync(
        IQueryEngine engine, DataLake lake, CampaignReportOptions options, CancellationToken cancellation = default)
    {
        var sets = await SetsAsync(lake, [Performance, "campaigns", "click_attribution"], cancellation);
        var notes = new List<string>();
        var clicks = await CountAsync(
            $"select count(*) from click_attribution where campaign_id = '(unknown)' and creative_id <> '(unknown)'");
        if (clicks > 0) notes.Add($"{clicks} clicks await a description of their creatives: {LoadCommand} creatives.csv");
        var campaigns = await CountAsync(
            $"select count(distinct p.campaign_id) from {Performance} p where p.campaign_id <> '(unknown)' and {Where(options)} "
            + "and not exists (select 1 from campaigns g where g.campaign_id = p.campaign_id)");
        if (campaigns > 0) notes.Add($"{campaigns} campaigns have no description (UTC, spend from media cost): {LoadCommand} campaigns.csv");
        var unpriced = await CountAsync($"select coalesce(sum(unpriced_events), 0) from {Performance} p where {Where(options)}");
        if (unpriced > 0) notes.Add($"{unpriced} impressions and clicks have neither a rate nor a cost; spend is without them");
        return notes;

        async Task<long> CountAsync(string select)
        {
            using var result = await engine.ReadAsync($"select cast(n as bigint) from ({select}) as counted(n)", sets, cancellation);
            return result.Read() ? result.GetInt64(0) : 0;
        }
    }

    /// <summary>The report's SELECT over sets of the names of its tables.</summary>
    internal static string Select(CampaignReportOptions options)
    {
        var net = options.Net ? "net_" : "";
        var date = options.ByInteraction ? "interaction" : "conversion";
        var period = PeriodOf(options.By);
        var selected = period is null ? "" : $"{period} as {options.By.ToString().ToLowerInvariant()}, ";
        var group = period is null ? "" : $", {period}";
        return $"""
            with sums as (
              select
                p.campaign_id,
                max(g.campaign_name) as campaign_name,
                {selected}p.currency,
                cast(sum(p.{net}impressions) as bigint) as impressions,
                cast(sum(p.{net}clicks) as bigint) as clicks,
                cast(sum(p.{net}tagged_conversions) as bigint) as tagged_conversions,
                cast(sum(p.{net}click_conversions_by_{date}) as bigint) as click_conversions,
                cast(sum(p.{net}view_conversions_by_{date}) as bigint) as view_conversions,
                cast(sum(p.{net}primary_conversions_by_{date}) as bigint) as primary_conversions,
                cast(sum(p.{net}revenue_by_{date}_micros) as bigint) as revenue_micros,
                cast(sum(p.media_cost_micros) as bigint) as media_cost_micros,
                cast(sum(p.spend_micros) as bigint) as spend_micros,
                cast(sum(p.unpriced_events) as bigint) as unpriced_events
              from {Performance} p
              left join campaigns g on g.campaign_id = p.campaign_id
              where {Where(options)}
              group by p.campaign_id, p.currency{group}
            )
            select
              campaign_id,
              campaign_name,
              {(period is null ? "" : options.By.ToString().ToLowerInvariant() + ",")}
              currency,
              impressions,
              clicks,
              tagged_conversions,
              click_conversions,
              view_conversions,
              click_conversions + view_conversions as conversions,
              {Money("revenue_micros")} as revenue,
              {Money("media_cost_micros")} as media_cost,
              {Money("spend_micros")} as spend,
              round(cast(clicks as double) / nullif(impressions, 0), 6) as ctr,
              round(cast(click_conversions as double) / nullif(clicks, 0), 6) as cvr,
              round(spend_micros / 1e6 / nullif(clicks, 0), 6) as cpc,
              round(spend_micros / 1e3 / nullif(impressions, 0), 6) as cpm,
              round(spend_micros / 1e6 / nullif(primary_conversions, 0), 6) as cpa,
              round(cast(revenue_micros as double) / nullif(spend_micros, 0), 6) as roas,
              unpriced_events
            from sums
            order by campaign_id{(period is null ? "" : ", " + options.By.ToString().ToLowerInvariant())}, currency
            """;
    }

    private static string Where(CampaignReportOptions options)
    {
        var conditions = new List<string> { "true" };
        if (options.From is { } from) conditions.Add($"p.local_date >= date '{from:yyyy-MM-dd}'");
        if (options.To is { } to) conditions.Add($"p.local_date <= date '{to:yyyy-MM-dd}'");
        if (options.Campaigns.Count > 0)
            conditions.Add($"p.campaign_id in ({string.Join(", ", options.Campaigns.Select(SelectText.Literal))})");
        return string.Join(" and ", conditions);
    }

    private static string? PeriodOf(ReportPeriod period) => period switch
    {
        ReportPeriod.Day => "p.local_date",
        ReportPeriod.Week => "cast(date_trunc('week', p.local_date) as date)",
        ReportPeriod.Month => "cast(date_trunc('month', p.local_date) as date)",
        _ => null,
    };

    // Exact: a decimal times a decimal stays one.
    private static string Money(string micros) => $"cast({micros} as decimal(31, 0)) * cast(0.000001 as decimal(7, 6))";

    private static async ValueTask<IReadOnlyList<ParquetSet>> SetsAsync(
        DataLake lake, IReadOnlyList<string> tables, CancellationToken cancellation)
    {
        var sets = new List<ParquetSet>();
        foreach (var name in tables)
        {
            var table = lake.Tables.FirstOrDefault(each => each.Name == name);
            if (table is null && name == Performance) throw new LakeException("The lake has no campaign performance yet; adx run computes it.");
            var files = table is null ? [] : table.FilesOf(await table.Delta.RefreshAsync(cancellation));
            sets.Add(ModelCatalog.Shipped.Set(name, name, files.Select(file => file.Address)));
        }

        return sets;
    }
}
