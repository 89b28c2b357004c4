using AdvertiseX.Engines;
using AdvertiseX.Models;

namespace AdvertiseX.Reports.Explaining;

/// <summary>The rows behind a cell: how many there are in each table, and what they bring.</summary>
internal sealed class CellRows
{
    private readonly Dictionary<string, (long Rows, IReadOnlyDictionary<string, long?> Amounts)> _parts = new(
        StringComparer.Ordinal
    );
    private readonly ModelTrial _trial;
    private readonly CellOptions _cell;
    private readonly CellDay _day;

    private CellRows(ModelTrial trial, CellOptions cell, CellDay day) => (_trial, _cell, _day) = (trial, cell, day);

    public long UnmatchedClicks => Amount("clicks", "unmatched") ?? 0;

    public long ConversionsWithoutTouches => Amount("tagged", "lonely") ?? 0;

    private string Campaign => _trial.Dialect.Text(_cell.CampaignId);

    private string Net => _cell.Net ? "valid_" : "";

    public static async Task<CellRows> ReadAsync(
        ModelTrial trial,
        CellOptions cell,
        CellDay day,
        CancellationToken cancellation
    )
    {
        var rows = new CellRows(trial, cell, day);
        await rows.AddImpressionsAsync(cancellation);
        await rows.AddFastImpressionsAsync(cancellation);
        await rows.AddClicksAsync(cancellation);
        await rows.AddConversionsAsync(cancellation);
        foreach (var kind in (string[])["click", "view"])
        {
            await rows.AddCreditsAsync(kind, kind, "a.adjusts_conversion_id is null", cancellation);
            await rows.AddCreditsAsync(Adjusting(kind), kind, "a.adjusts_conversion_id is not null", cancellation);
        }

        await rows.AddBilledCreditsAsync(cancellation);
        return rows;
    }

    /// <summary>Where a sum comes from.</summary>
    /// <param name="measure">The sum.</param>
    /// <param name="isPriced">Whether the campaign has rates; its spend is media cost if not.</param>
    public IEnumerable<CellSource> SourcesOf(string measure, bool isPriced) =>
        measure switch
        {
            "impressions" or "measured" or "viewable" when _cell.Net => [Rollup(measure, Net + measure), Fast(measure)],
            "impressions" or "measured" or "viewable" => [Rollup(measure, measure)],
            "clicks" => [Clicks(measure, Net + "clicks")],
            "tagged_conversions" =>
            [
                new(
                    measure,
                    "conversions",
                    "under the campaign's own tag",
                    _parts["tagged"].Rows,
                    _cell.Net ? null : _parts["tagged"].Rows
                ),
            ],
            "click_conversions" => [Credits(measure, "click", "conversions")],
            "view_conversions" => [Credits(measure, "view", "conversions")],
            "conversions" => [Credits(measure, "click", "conversions"), Credits(measure, "view", "conversions")],
            "primary_conversions" => [Credits(measure, "click", measure), Credits(measure, "view", measure)],
            "revenue" =>
            [
                Credits(measure, "click", "revenue"),
                Credits(measure, "view", "revenue"),
                .. TakenBack(measure, "click"),
                .. TakenBack(measure, "view"),
            ],
            "spend" when isPriced => Billed(measure).Where(source => source.Amount is not null),
            _ => [Rollup(measure, "cost"), Clicks(measure, "cost")],
        };

    private IEnumerable<CellSource> Billed(string measure) =>
        [
            Rollup(measure, Net + "billed"),
            .. _cell.Net ? [Fast("billed") with { Measure = measure }] : Array.Empty<CellSource>(),
            Clicks(measure, Net + "billed"),
            new(
                measure,
                AttributionModels.Table,
                $"{(_cell.Net ? "valid " : "")}last-touch credits of primary types by conversion date, at CPA rates",
                _parts["billed"].Rows,
                Amount("billed", "billed")
            ),
        ];

    private CellSource Rollup(string measure, string amount) =>
        new(
            measure,
            "impression_rollup",
            $"15-minute sums of impressions: {Words(amount, "CPM")}",
            _parts["impressions"].Rows,
            Amount("impressions", amount)
        );

    private CellSource Fast(string measure) =>
        new(
            measure,
            "invalid_rates",
            $"impressions too fast for a person, taken off: {measure}",
            _parts["fast"].Rows,
            -Amount("fast", measure)
        );

    private CellSource Clicks(string measure, string amount) =>
        new(
            measure,
            "click_attribution",
            $"clicks: {Words(amount, "CPC")}",
            _parts["clicks"].Rows,
            Amount("clicks", amount)
        );

    private CellSource Credits(string measure, string kind, string amount) =>
        new(
            measure,
            AttributionModels.Table,
            $"last-touch credits of {kind}s{(_cell.Net ? ", net" : "")}: {amount}",
            _parts[kind].Rows,
            Amount(kind, amount)
        );

    private IEnumerable<CellSource> TakenBack(string measure, string kind)
    {
        var (part, net) = (Adjusting(kind), _cell.Net ? ", net" : "");
        if (_parts[part].Rows > 0)
            yield return new(
                measure,
                AttributionModels.Table,
                $"adjustments of conversions that {kind}s earned, last touch{net}: revenue taken back",
                _parts[part].Rows,
                Amount(part, "revenue")
            );
    }

    private static string Adjusting(string kind) => $"{kind} adjustments";

    private static string Words(string amount, string pricing) =>
        amount switch
        {
            "billed" or "valid_billed" => $"at {pricing} rates",
            "cost" => "what the events say they cost",
            _ => amount.Replace('_', ' '),
        };

    private long? Amount(string part, string name) => _parts[part].Amounts[name];

    private async Task AddImpressionsAsync(CancellationToken cancellation) =>
        await AddAsync(
            "impressions",
            [
                "impressions",
                "valid_impressions",
                "measured",
                "valid_measured",
                "viewable",
                "valid_viewable",
                "cost",
                "billed",
                "valid_billed",
            ],
            $"""
            select count(*) as row_count, sum(b.impressions) as impressions, sum(b.valid_impressions) as valid_impressions,
              sum(b.measured) as measured, sum(b.valid_measured) as valid_measured, sum(b.viewable) as viewable, sum(b.valid_viewable) as valid_viewable,
              sum(b.cost_micros) as cost, sum(case when t.pricing_model = 'cpm' then b.impressions * t.rate_per_event_micros end) as billed,
              sum(case when t.pricing_model = 'cpm' then b.valid_impressions * t.rate_per_event_micros end) as valid_billed
            from impression_rollup b
            left join creatives r on r.creative_id = b.creative_id
            {InForce("b.bucket_start")}
            where coalesce(b.campaign_id, r.campaign_id, '(unknown)') = {Campaign} and {Within("b.bucket_start")}
            """,
            [
                await OfDayAsync("impression_rollup", cancellation),
                .. await SetsAsync(cancellation, "creatives", "campaign_rates"),
            ],
            cancellation
        );

    private async Task AddFastImpressionsAsync(CancellationToken cancellation) =>
        await AddAsync(
            "fast",
            ["impressions", "measured", "viewable", "billed"],
            $"""
            select count(*) as row_count, count(*) as impressions,
              count(case when i.is_viewable is not null and coalesce(i.is_measurable, true) then 1 end) as measured,
              count(case when i.is_viewable and coalesce(i.is_measurable, true) then 1 end) as viewable,
              sum(case when t.pricing_model = 'cpm' then t.rate_per_event_micros end) as billed
            from invalid_rates i
            left join creatives r on r.creative_id = i.creative_id
            {InForce("i.event_time")}
            where i.event_kind = 'impression' and coalesce(i.campaign_id, r.campaign_id, '(unknown)') = {Campaign}
              and {Within("i.event_time")}
            """,
            [
                await OfDayAsync("invalid_rates", cancellation),
                .. await SetsAsync(cancellation, "creatives", "campaign_rates"),
            ],
            cancellation
        );

    private async Task AddClicksAsync(CancellationToken cancellation) =>
        await AddAsync(
            "clicks",
            ["clicks", "valid_clicks", "cost", "unmatched", "billed", "valid_billed"],
            $"""
            select count(*) as row_count, count(*) as clicks, count(case when k.ivt_reason is null then 1 end) as valid_clicks,
              sum(k.cost_micros) as cost, count(case when k.match_basis = 'unmatched' then 1 end) as unmatched,
              sum(case when t.pricing_model = 'cpc' then t.rate_per_event_micros end) as billed,
              sum(case when t.pricing_model = 'cpc' and k.ivt_reason is null then t.rate_per_event_micros end) as valid_billed
            from click_attribution k
            {InForce("k.event_time")}
            where k.campaign_id = {Campaign} and {Within("k.event_time")}
            """,
            [await OfDayAsync("click_attribution", cancellation), .. await SetsAsync(cancellation, "campaign_rates")],
            cancellation
        );

    private async Task AddConversionsAsync(CancellationToken cancellation) =>
        await AddAsync(
            "tagged",
            ["lonely"],
            $"""
            select count(*) as row_count, count(case when a.conversion_id is null then 1 end) as lonely
            from conversions c
            left join (select distinct conversion_key, conversion_id from conversion_attribution) a
              on a.conversion_key = c.event_key and a.conversion_id = c.event_id
            where not c.is_adjustment and coalesce(c.campaign_id, '(unknown)') = {Campaign} and {Within("c.event_time")}
            """,
            [await OfDayAsync("conversions", cancellation), await OfDayAsync(AttributionModels.Table, cancellation)],
            cancellation
        );

    // Credits of touches on a day may be of conversions on any later day.
    private async Task AddCreditsAsync(string part, string kind, string which, CancellationToken cancellation)
    {
        var (millionths, revenue) = (
            AttributionModels.Millionths("last_touch", _cell.Net),
            AttributionModels.Revenue("last_touch", _cell.Net)
        );
        await AddAsync(
            part,
            ["conversions", "primary_conversions", "revenue"],
            $"""
            {Aims}
            select count(*) as row_count, count(case when a.{millionths} > 0 then 1 end) as conversions, sum(a.{revenue}) as revenue,
              count(case when a.{millionths} > 0 and {IsPrimary} then 1 end) as primary_conversions
            from conversion_attribution a
            {JoinAims}
            where {which} and a.campaign_id = {Campaign} and a.touch_kind = '{kind}' and (a.{millionths} > 0 or a.{revenue} <> 0)
              and {Within(_cell.ByInteraction ? "a.touch_time" : "a.conversion_time")}
            """,
            await SetsAsync(cancellation, [AttributionModels.Table, .. AimTables]),
            cancellation
        );
    }

    private async Task AddBilledCreditsAsync(CancellationToken cancellation) =>
        await AddAsync(
            "billed",
            ["billed"],
            $"""
            {Aims}
            select count(*) as row_count, sum(t.rate_per_event_micros) as billed
            from conversion_attribution a
            {JoinAims}
            {InForce("a.conversion_time")} and t.pricing_model = 'cpa'
            where a.campaign_id = {Campaign} and a.{AttributionModels.Millionths("last_touch", _cell.Net)} > 0
              and {IsPrimary} and {Within("a.conversion_time")}
            """,
            [
                await OfDayAsync(AttributionModels.Table, cancellation),
                .. await SetsAsync(cancellation, ["campaign_rates", .. AimTables]),
            ],
            cancellation
        );

    private async Task AddAsync(
        string part,
        string[] amounts,
        string select,
        IReadOnlyList<ParquetSet> sets,
        CancellationToken cancellation
    )
    {
        var cast = string.Join(
            ", ",
            amounts.Append("row_count").Select(name => $"{MoneySums.Nearest(name)} as {name}")
        );
        using var rows = new NamedRows(
            await _trial.ReadAsync($"select {cast} from (\n{select}\n) as part", sets, cancellation)
        );
        rows.Read();
        _parts[part] = (rows.Count("row_count"), amounts.ToDictionary(name => name, rows.Number));
    }

    private const string IsPrimary =
        "(g.primary_types is null or instr(g.primary_types, concat('|', coalesce(y.plain_type, ''), '|')) > 0)";

    // What tells primary types, by the models' own SELECTs.
    private static readonly string[] AimTables = ["campaigns", "advertisers", "conversions"];

    private string Aims =>
        $"with campaign_terms as (\n{_trial.StagingSql("campaign_terms")}\n), conversion_types as (\n{_trial.StagingSql("conversion_types")}\n)";

    private const string JoinAims = """
        left join campaign_terms g on g.campaign_id = a.campaign_id
        left join conversion_types y on y.conversion_type = a.conversion_type
        """;

    private string InForce(string time) =>
        $"""
            left join campaign_rates t
              on t.campaign_id = {Campaign}
              and (t.valid_from is null or {time} >= t.valid_from) and (t.valid_to is null or {time} < t.valid_to)
            """;

    private string Within(string time) =>
        $"unix_micros({time}) >= {_day.FromMicros} and unix_micros({time}) < {_day.ToMicros}";

    private ValueTask<ParquetSet> OfDayAsync(string table, CancellationToken cancellation) =>
        _trial.SetAsync(table, cancellation, only: file => _day.Touches(file.EventDate));

    private async Task<IReadOnlyList<ParquetSet>> SetsAsync(CancellationToken cancellation, params string[] tables)
    {
        var sets = new List<ParquetSet>();
        foreach (var table in tables)
            sets.Add(await _trial.SetAsync(table, cancellation));
        return sets;
    }
}
