namespace AdvertiseX.Reports;

/// <summary>
/// How a campaign's spending compares with the time gone (docs/terms.md, Pacing): what was spent of the budget up to
/// the report's last day, and that share over the share of the flight's days gone; 1 is on time. Immutable.
/// </summary>
internal sealed class PerformancePacing(PerformanceReportOptions options, PerformanceSelect select)
{
    public string Expressions =>
        $"""
            ,
            spent as (
              select p.campaign_id, p.currency, sum(p.spend_micros) as spend_micros
              from campaign_performance p
              where {AsOf("p.local_date <= ")} and {select.WhereCampaign}
              group by p.campaign_id, p.currency
            ),
            paced as (
              select
                p.campaign_id,
                p.budget_micros,
                case
                  when p.end_date < p.start_date then null
                  when {Day} < p.start_date then 0
                  when {Day} >= p.end_date then 1
                  else cast(unix_date({Day}) - unix_date(p.start_date) + 1 as double) / (unix_date(p.end_date) - unix_date(p.start_date) + 1)
                end as time_share
              from campaigns p
            )
            """;

    public static string Columns =>
        $"""
            ,
              {PerformanceSelect.Money("b.budget_micros")} as budget,
              {PerformanceSelect.Money("x.spend_micros")} as spent,
              round(cast(x.spend_micros as double) / nullif(b.budget_micros, 0), 6) as budget_share,
              round(b.time_share, 6) as time_share,
              round(cast(x.spend_micros as double) / nullif(b.budget_micros, 0) / nullif(b.time_share, 0), 6) as pacing
            """;

    // The budget is in the campaign's currency: a row of another currency has none.
    public static string Join =>
        """

            left join paced b on b.campaign_id = s.campaign_id and (g.currency is null or g.currency = s.currency)
            left join spent x on x.campaign_id = s.campaign_id and x.currency is not distinct from s.currency
            """;

    // Without --to, the newest day that has figures.
    private string Day =>
        options.To is { } to ? $"date '{to:yyyy-MM-dd}'" : "(select max(local_date) from campaign_performance)";

    private string AsOf(string condition) => options.To is { } to ? $"{condition}date '{to:yyyy-MM-dd}'" : "true";
}
