using AdvertiseX.Engines;
using AdvertiseX.Models;

namespace AdvertiseX.Reports;

/// <summary>The SELECT of one performance report, in shared SQL (<see cref="SqlDialect.Translate"/>).
/// Immutable.</summary>
internal sealed class PerformanceSelect
{
    private static readonly string[] Counts =
    [
        "impressions",
        "clicks",
        "measured",
        "viewable",
        "tagged_conversions",
        "unmatched_clicks",
        "unattributed_conversions",
        "unattributed_adjustments",
        "unmatched_adjustments",
        "click_millionths",
        "view_millionths",
        "primary_millionths",
        "unpriced_events",
    ];

    // Beyond 64 bits where cells are summed.
    private static readonly string[] Amounts =
    [
        "revenue_micros",
        "media_cost_micros",
        "spend_micros",
        "unattributed_adjustments_micros",
        "unmatched_adjustments_micros",
    ];

    private static readonly string[] Adjustments =
    [
        "unattributed_adjustments",
        "unmatched_adjustments",
        "unattributed_adjustments_micros",
        "unmatched_adjustments_micros",
    ];

    private readonly PerformanceReportOptions _options;
    private readonly SqlDialect _dialect;
    private readonly PerformanceSubject _subject;
    private readonly string _net;
    private readonly string _date;
    private readonly string? _period;

    public PerformanceSelect(PerformanceReportOptions options, SqlDialect dialect)
    {
        (_options, _dialect) = (options, dialect);
        _subject = PerformanceSubject.Of(options.Subject);
        _net = options.Net ? "net_" : "";
        _date = options.ByInteraction ? "interaction" : "conversion";
        _period = options.By == ReportPeriod.Total ? null : options.By.ToString().ToLowerInvariant();
    }

    /// <summary>What the SELECT reads.</summary>
    public IEnumerable<string> Tables =>
        [
            .. DatedTables,
            "campaigns",
            "advertisers",
            .. _subject.Described,
            .. _options.Reach ? PerformanceReach.Tables : [],
            .. _options.Completeness ? [RestatementTable.Name] : Array.Empty<string>(),
            .. (_options.Pacing || _options.Completeness) && Counted != "campaign_performance"
                ? ["campaign_performance"]
                : Array.Empty<string>(),
        ];

    /// <summary>Condition on the rows of a table <c>p</c> with campaign_id and local_date.</summary>
    public string Where
    {
        get
        {
            var conditions = new List<string> { "true" };
            if (_options.From is { } from)
                conditions.Add($"p.local_date >= date '{from:yyyy-MM-dd}'");
            if (_options.To is { } to)
                conditions.Add($"p.local_date <= date '{to:yyyy-MM-dd}'");
            conditions.Add(WhereCampaign);
            return string.Join(" and ", conditions);
        }
    }

    /// <summary>Condition on the campaign of a table <c>p</c>.</summary>
    public string WhereCampaign
    {
        get
        {
            var conditions = new List<string> { "true" };
            if (_options.Campaigns.Count > 0)
                conditions.Add($"p.campaign_id in ({_dialect.Texts(_options.Campaigns)})");
            if (_options.Advertisers.Count > 0)
                conditions.Add(
                    $"p.campaign_id in (select campaign_id from campaigns where advertiser_id in ({_dialect.Texts(_options.Advertisers)}))"
                );
            return string.Join(" and ", conditions);
        }
    }

    private string Spend => _options.Net ? "spend_micros" : "gross_spend_micros";

    /// <summary>What <see cref="Dated"/> reads.</summary>
    public IEnumerable<string> DatedTables => _subject.HasModels ? [Counted, "attribution_credits"] : [Counted];

    /// <summary>SELECT of campaign_id and local_date of every row that the report is made of, on any date.</summary>
    public string Dated
    {
        get
        {
            var counted = $"select p.campaign_id, p.local_date from {Counted} p";
            return _subject.HasModels
                ? $"{counted} union all select p.campaign_id, p.local_date from attribution_credits p where p.model = '{_options.Model}'"
                : counted;
        }
    }

    private string Counted => IsHourly ? "performance" : _subject.Table;

    private bool IsHourly => _options.By == ReportPeriod.Hour;

    /// <param name="clocks">Common table expressions up to campaign_clocks, where the report needs local times.</param>
    /// <param name="asOfMicros">When the lake was fed last; null for never.</param>
    /// <param name="fedMicros">The newest time at which a fact was received; null without facts.</param>
    public string Text(string clocks, long? asOfMicros, long? fedMicros)
    {
        var keys = string.Join(", ", Keys);
        var reach = _options.Reach
            ? new PerformanceReach(_options, this, _period is null ? null : PeriodOf("p.local_date"))
            : null;
        var completeness = _options.Completeness ? new PerformanceCompleteness(_options, this, asOfMicros) : null;
        var pacing = _options.Pacing ? new PerformancePacing(_options, this, fedMicros) : null;
        return $"""
            with {clocks}figures as (
            {Figures()}
            ),
            cells as (
              select {keys}, cell_campaign_id, currency,
                {string.Join(",\n    ", Counts.Select(name => $"cast(sum({name}) as bigint) as {name}"))},
                {string.Join(",\n    ", Amounts.Select(name => $"sum({name}) as {name}"))},
                max(case when is_foreign and spends > 0 then 1 else 0 end) as has_foreign_spend,
                max(case when is_foreign and revenues > 0 then 1 else 0 end) as has_foreign_revenue,
                max(case when is_foreign then 1 else 0 end) as is_foreign
              from figures
              group by {keys}, cell_campaign_id, currency
            ),
            judged as (
              select
                *,
                max(has_foreign_spend) over (partition by {keys}, cell_campaign_id) = 0 as is_spend_plain,
                max(has_foreign_revenue) over (partition by {keys}, cell_campaign_id) = 0 as is_revenue_plain
              from cells
            ),
            sums as (
              select {keys}, currency,
                {string.Join(",\n    ", Counts.Select(name => $"cast(sum({name}) as bigint) as {name}"))},
                {string.Join(",\n    ", Amounts.Select(name => $"sum({name}) as {name}"))},
                sum(case when is_spend_plain then impressions end) as plain_impressions,
                sum(case when is_spend_plain then clicks end) as plain_clicks,
                sum(case when is_spend_plain then primary_millionths end) as plain_primary_millionths,
                sum(case when is_spend_plain then spend_micros end) as plain_spend_micros,
                sum(case when is_spend_plain and is_revenue_plain then spend_micros end) as returning_spend_micros,
                sum(case when is_spend_plain and is_revenue_plain then revenue_micros end) as returned_micros,
                count(distinct case when not (is_spend_plain and is_revenue_plain) then cell_campaign_id end) as mixed_cells,
                max(is_foreign) as is_foreign
              from judged
              group by {keys}, currency
            ){reach?.Expressions}{pacing?.Expressions}{completeness?.Expressions}
            select
              {string.Join(",\n  ", ShownKeys)},
              s.currency,
              s.impressions,
              s.clicks,
              {(_subject.HasTagged ? "s.tagged_conversions," : "")}
              {Conversions("s.click_millionths")} as click_conversions,
              {Conversions("s.view_millionths")} as view_conversions,
              {Conversions("s.click_millionths + s.view_millionths")} as conversions,
              {Money("s.revenue_micros")} as revenue,
              {Money("s.media_cost_micros")} as media_cost,
              {Money("s.spend_micros")} as spend,
              round(cast(s.clicks as double) / nullif(s.impressions, 0), 6) as ctr,
              round(s.click_millionths / 1e6 / nullif(s.clicks, 0), 6) as cvr,
              round(s.plain_spend_micros / 1e6 / nullif(s.plain_clicks, 0), 6) as cpc,
              round(s.plain_spend_micros / 1e3 / nullif(s.plain_impressions, 0), 6) as cpm,
              round(cast(s.plain_spend_micros as double) / nullif(s.plain_primary_millionths, 0), 6) as cpa,
              round(cast(s.returned_micros as double) / nullif(s.returning_spend_micros, 0), 6) as roas,
              {(
                _subject.HasViewability
                    ? "round(cast(s.viewable as double) / nullif(s.measured, 0), 6) as viewable_rate,"
                    : ""
            )}
              s.unpriced_events{(_subject.IsOfOneCampaign ? "" : ", s.mixed_cells")}{(_options.Reach ? PerformanceReach.Columns : "")}{(
                _options.Pacing ? PerformancePacing.Columns : ""
            )}{completeness?.Columns}
            from sums s
            {_subject.Joins}{(_options.Reach ? PerformanceReach.Join(Keys) : "")}{(
                _options.Pacing ? PerformancePacing.Join : ""
            )}{completeness?.Join}
            order by {string.Join(", ", Keys.Append("currency").Select(key => $"s.{key} nulls last"))}
            """;
    }

    /// <summary>Start of a report's period, as a SELECT's expression.</summary>
    public string PeriodOf(string date) =>
        _options.By switch
        {
            ReportPeriod.Week => $"cast(date_trunc('week', {date}) as date)",
            ReportPeriod.Month => $"cast(date_trunc('month', {date}) as date)",
            ReportPeriod.Hour =>
                $"cast({date} as string) || ' ' || lpad(cast(p.local_hour as string), 2, '0') || ':00'",
            _ => date,
        };

    // Exact: a decimal times a decimal stays one.
    public static string Money(string micros) => $"cast({micros} as decimal(31, 0)) * cast(0.000001 as decimal(7, 6))";

    private IEnumerable<string> Keys => _period is null ? _subject.Keys : [.. _subject.Keys, _period];

    private IEnumerable<string> ShownKeys => _period is null ? _subject.Shown : [.. _subject.Shown, $"s.{_period}"];

    private string Figures()
    {
        var period = _period is null ? "" : $", {PeriodOf("p.local_date")} as {_period}";
        var keys =
            string.Join(", ", _subject.Keys.Select(key => $"p.{key}"))
            + period
            + ", p.campaign_id as cell_campaign_id, p.currency, p.is_foreign";
        var dimension = IsHourly ? "campaign" : _subject.Dimension;
        var own = Counted == "campaign_performance" ? "true" : $"p.dimension = '{dimension}'";
        var counts = $"""
                select {keys}, p.{_net}impressions as impressions, p.{_net}clicks as clicks,
                  {(
                _subject.HasViewability
                    ? $"p.{_net}measured as measured, p.{_net}viewable as viewable"
                    : "0 as measured, 0 as viewable"
            )},
                  {(_subject.HasTagged ? $"p.{_net}tagged_conversions" : "0")} as tagged_conversions,
                  {(
                _subject.HasTagged
                    ? "p.unmatched_clicks, p.unattributed_conversions"
                    : "0 as unmatched_clicks, 0 as unattributed_conversions"
            )},
                  {(
                _subject.HasModels
                    ? "0 as click_millionths, 0 as view_millionths, 0 as primary_millionths, 0 as revenue_micros"
                    : OwnCredits()
            )},
                  p.media_cost_micros, p.{Spend} as spend_micros, p.unpriced_events, p.priced_events as spends,
                  {(_subject.HasModels ? "0" : $"p.{RevenueCount}")} as revenues,
                  {string.Join(", ", Adjustments.Select(name => _subject.HasTagged ? $"p.{name}" : $"0 as {name}"))}
                from {Counted} p
                where {own} and {Where}
            """;
        return !_subject.HasModels
            ? counts
            : counts
                + $"""

                        union all
                        select {keys}, 0, 0, 0, 0, 0, 0, 0,
                          p.{_net}click_millionths_by_{_date}, p.{_net}view_millionths_by_{_date}, p.{_net}primary_millionths_by_{_date},
                          p.{_net}revenue_by_{_date}_micros, 0, null, 0, 0, p.{RevenueCount}, 0, 0, 0, 0
                        from attribution_credits p
                        where p.dimension = '{_subject.Dimension}' and p.model = '{_options.Model}' and {Where}
                    """;
    }

    /// <summary>Column with the number of amounts that revenue sums.</summary>
    public string RevenueCount => $"{_net}revenues_by_{_date}";

    private string OwnCredits() =>
        $"1000000 * p.{_net}click_conversions_by_{_date} as click_millionths, 1000000 * p.{_net}view_conversions_by_{_date} as view_millionths, "
        + $"1000000 * p.{_net}primary_conversions_by_{_date} as primary_millionths, p.{_net}revenue_by_{_date}_micros as revenue_micros";

    // Whole conversions where the model gives nothing less.
    private string Conversions(string millionths) =>
        _options.Model is "last_touch" or "first_touch"
            ? $"cast(({millionths}) / 1000000 as bigint)"
            : Money(millionths);
}
