using AdvertiseX.Engines;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>The rows behind a cell: how many there are in each table, and what they bring.</summary>
internal sealed class CellRows
{
    private readonly Dictionary<string, (long Rows, IReadOnlyDictionary<string, long?> Amounts)> _parts = new(StringComparer.Ordinal);
    private readonly bool _net;

    private CellRows(bool net) => _net = net;

    public long UnmatchedClicks { get; private set; }

    public long ConversionsWithoutTouches { get; private set; }

    public static async Task<CellRows> ReadAsync(ModelTrial trial, CellOptions cell, CellDay day, CancellationToken cancellation)
    {
        var found = new CellRows(cell.Net);
        var campaign = SelectText.Literal(cell.CampaignId);
        var credits = await trial.SetAsync(AttributionModels.Table, cancellation);
        await found.AddAsync(trial, "impressions", ["impressions", "measured", "viewable", "cost"],
            $"""
            select count(*) as row_count, sum(b.{(cell.Net ? "valid_" : "")}impressions) as impressions, sum(b.{(cell.Net ? "valid_" : "")}measured) as measured,
              sum(b.{(cell.Net ? "valid_" : "")}viewable) as viewable, sum(b.cost_micros) as cost
            from impression_rollup b
            left join creatives r on r.creative_id = b.creative_id
            where coalesce(b.campaign_id, r.campaign_id, '(unknown)') = {campaign} and {Within("b.bucket_start", day)}
            """,
            [await trial.SetAsync("impression_rollup", cancellation, only: file => day.Touches(file.EventDate)), await trial.SetAsync("creatives", cancellation)], cancellation);
        await found.AddAsync(trial, "clicks", ["clicks", "cost", "unmatched"],
            $"""
            select count(*) as row_count, count(case when {(cell.Net ? "ivt_reason is null" : "true")} then 1 end) as clicks, sum(cost_micros) as cost,
              count(case when match_basis = 'unmatched' then 1 end) as unmatched
            from click_attribution
            where campaign_id = {campaign} and {Within("event_time", day)}
            """,
            [await trial.SetAsync("click_attribution", cancellation, only: file => day.Touches(file.EventDate))], cancellation);
        await found.AddAsync(trial, "tagged", ["lonely"],
            $"""
            select count(*) as row_count, count(case when a.conversion_key is null then 1 end) as lonely
            from conversions c
            left join (select distinct conversion_key from conversion_attribution) a on a.conversion_key = c.event_key
            where coalesce(c.campaign_id, '(unknown)') = {campaign} and {Within("c.event_time", day)}
            """,
            [await trial.SetAsync("conversions", cancellation, only: file => day.Touches(file.EventDate)), credits], cancellation);
        foreach (var kind in (string[])["click", "view"]) await found.AddCreditsAsync(trial, kind, cell, day, credits, cancellation);
        found.UnmatchedClicks = found._parts["clicks"].Amounts["unmatched"] ?? 0;
        found.ConversionsWithoutTouches = found._parts["tagged"].Amounts["lonely"] ?? 0;
        return found;
    }

    /// <summary>Where a sum comes from.</summary>
    public IEnumerable<CellSource> SourcesOf(string measure, IReadOnlyList<CellRate> rates) => measure switch
    {
        "impressions" or "measured" or "viewable" => [Source(measure, "impressions", measure)],
        "clicks" => [Source(measure, "clicks", "clicks")],
        "tagged_conversions" => [new(measure, "conversions", "under the campaign's own tag", _parts["tagged"].Rows, null)],
        "click_conversions" => [Source(measure, "click credits", "conversions")],
        "view_conversions" => [Source(measure, "view credits", "conversions")],
        "conversions" or "primary_conversions" => [Source(measure, "click credits", "conversions"), Source(measure, "view credits", "conversions")],
        "revenue" => [Source(measure, "click credits", "revenue"), Source(measure, "view credits", "revenue")],
        "spend" when rates.Count > 0 => rates.Select(rate => rate.PricingModel).Distinct().SelectMany(Billed),
        _ => [Source(measure, "impressions", "cost"), Source(measure, "clicks", "cost")],
    };

    private IEnumerable<CellSource> Billed(string pricing) => pricing switch
    {
        "cpm" => [Source("spend", "impressions", "impressions")],
        "cpc" => [Source("spend", "clicks", "clicks")],
        _ => [Source("spend", "click credits", "conversions"), Source("spend", "view credits", "conversions")],
    };

    private CellSource Source(string measure, string part, string amount)
    {
        var (table, what) = part switch
        {
            "impressions" => ("impression_rollup", "15-minute sums of impressions"),
            "clicks" => ("click_attribution", "clicks"),
            _ => (AttributionModels.Table, $"{part} of last touch"),
        };
        return new CellSource(measure, table, $"{what}{(_net ? ", valid" : "")}: {amount}", _parts[part].Rows, _parts[part].Amounts[amount]);
    }

    private Task AddCreditsAsync(
        ModelTrial trial, string kind, CellOptions cell, CellDay day, ParquetSet credits, CancellationToken cancellation)
    {
        var (millionths, revenue) = (AttributionModels.Millionths("last_touch", _net), AttributionModels.Revenue("last_touch", _net));
        return AddAsync(trial, $"{kind} credits", ["conversions", "revenue"],
            $"""
            select count(*) as row_count, count(*) as conversions, sum({revenue}) as revenue
            from conversion_attribution
            where campaign_id = {SelectText.Literal(cell.CampaignId)} and touch_kind = '{kind}' and {millionths} > 0
              and {Within(cell.ByInteraction ? "touch_time" : "conversion_time", day)}
            """,
            [credits], cancellation);
    }

    private async Task AddAsync(
        ModelTrial trial, string part, string[] amounts, string select, IReadOnlyList<ParquetSet> sets, CancellationToken cancellation)
    {
        var cast = string.Join(", ", amounts.Append("row_count").Select(name => $"cast({name} as bigint) as {name}"));
        using var rows = new NamedRows(await trial.ReadAsync($"select {cast} from (\n{select}\n) as part", sets, cancellation));
        rows.Read();
        _parts[part] = (rows.Count("row_count"), amounts.ToDictionary(name => name, rows.Number));
    }

    private static string Within(string time, CellDay day) => $"unix_micros({time}) >= {day.FromMicros} and unix_micros({time}) < {day.ToMicros}";
}
