using System.Globalization;

namespace AdvertiseX.Reports;

/// <summary>
/// How a campaign's spending compares with the time gone (docs/terms.md, Pacing): what was spent of the budget since
/// the flight began, and that share over the share of the flight's seconds gone; 1 is on time. The time gone ends with
/// the report's last day, or where the lake is fed to, if that is earlier. Immutable.
/// </summary>
/// <param name="options">The campaigns and the last day.</param>
/// <param name="select">Conditions on campaigns.</param>
/// <param name="fedMicros">Newest time at which a fact was received; null without facts.</param>
internal sealed class PerformancePacing(PerformanceReportOptions options, PerformanceSelect select, long? fedMicros)
{
    public string Expressions =>
        $"""
            ,
            spent as (
              select
                p.campaign_id,
                p.currency,
                sum(p.spend_micros) as spend_micros,
                max(max(case when p.is_foreign and p.priced_events > 0 then 1 else 0 end)) over (partition by p.campaign_id) as is_mixed
              from campaign_performance p
              join campaigns g on g.campaign_id = p.campaign_id
              where (g.start_date is null or p.local_date >= g.start_date) and {UpTo("p.local_date <= ")} and {select.WhereCampaign}
              group by p.campaign_id, p.currency
            ),
            flights as (
              select
                f.campaign_id,
                min({InstantOf("f.start_local")}) as start_micros,
                min({InstantOf("f.end_local")}) as end_micros,
                min({InstantOf("f.to_local")}) as to_micros
              from (
                select campaign_id, {LocalStart("start_date")} as start_local, {LocalStart("end_date + 1")} as end_local,
                  {(
                options.To is { } to ? LocalStart($"date '{to:yyyy-MM-dd}' + 1") : "cast(null as bigint)"
            )} as to_local
                from campaigns
              ) f
              left join campaign_clocks c on c.campaign_id = f.campaign_id
              group by f.campaign_id
            ),
            gone as (
              select campaign_id, start_micros, end_micros, {Now} as now_micros
              from flights
            ),
            paced as (
              select
                g.campaign_id,
                g.budget_micros,
                case when r.now_micros > r.start_micros
                  then cast(r.now_micros - r.start_micros as double) / (r.end_micros - r.start_micros) end as time_share
              from campaigns g
              left join gone r on r.campaign_id = g.campaign_id
            )
            """;

    public static string Columns =>
        $"""
            ,
              {PerformanceSelect.Money("b.budget_micros")} as budget,
              {PerformanceSelect.Money("x.spend_micros")} as spent,
              round(case when x.is_mixed = 0 then cast(x.spend_micros as double) end / nullif(b.budget_micros, 0), 6) as budget_share,
              round(b.time_share, 6) as time_share,
              round(case when x.is_mixed = 0 then cast(x.spend_micros as double) end / nullif(b.budget_micros, 0) / b.time_share, 6) as pacing
            """;

    // The budget is in the campaign's currency: a row of another currency has none.
    public static string Join =>
        """

            left join paced b on b.campaign_id = s.campaign_id and s.is_foreign = 0
            left join spent x on x.campaign_id = s.campaign_id and x.currency is not distinct from s.currency
            """;

    private string Now =>
        fedMicros is { } micros
            ? $"least(end_micros, coalesce(to_micros, end_micros), {micros.ToString(CultureInfo.InvariantCulture)})"
            : "cast(null as bigint)";

    private static string LocalStart(string date) => $"unix_micros(cast({date} as timestamp))";

    // The least of these over the spans of a zone's clock is the first instant that shows the local time, or where the
    // clock skips that time, the instant at which it does. UTC has no spans.
    private static string InstantOf(string local) =>
        $"case when c.campaign_id is null then {local} when {local} - c.offset_micros < c.to_micros then greatest({local} - c.offset_micros, c.from_micros) end";

    private string UpTo(string condition) => options.To is { } to ? $"{condition}date '{to:yyyy-MM-dd}'" : "true";
}
