using System.Globalization;

namespace AdvertiseX.Reports;

/// <summary>
/// How complete a campaign's figures are (docs/terms.md, Completeness): mature once the lake has been fed after the
/// period's end and, by the day of interaction, after the largest window behind it; and what stands beside them
/// unmatched. Immutable.
/// </summary>
internal sealed class PerformanceCompleteness(
    PerformanceReportOptions options,
    PerformanceSelect select,
    long? asOfMicros
)
{
    /// <summary>Common table expressions, each with a comma before it.</summary>
    public string Expressions =>
        $"""
            ,
            restated as (
              select p.campaign_id{Period}, count(distinct p.run_time) as restatements
              from restatements p
              where p.model = 'campaign_performance' and p.local_date is not null and {select.Where}
              group by p.campaign_id{Named}
            )
            """;

    public string Join =>
        $"\nleft join restated y on y.campaign_id = s.campaign_id{(Named.Length == 0 ? "" : options.By == ReportPeriod.Hour ? " and y.hour = substr(s.hour, 1, 10)" : $" and y.{Name} = s.{Name}")}";

    public string Columns =>
        $"""
            ,
              s.unmatched_clicks,
              s.unattributed_conversions,
              s.unattributed_adjustments,
              {PerformanceSelect.Money("s.unattributed_adjustments_micros")} as unattributed_adjustment_revenue,
              s.unmatched_adjustments,
              {PerformanceSelect.Money("s.unmatched_adjustments_micros")} as unmatched_adjustment_revenue,
              coalesce(y.restatements, 0) as restatements,
              {AsOf} >= {LocalEnd} - coalesce((
                select max(c.offset_micros) from campaign_clocks c
                where c.campaign_id = s.campaign_id and {LocalEnd} - c.offset_micros >= c.from_micros and {LocalEnd} - c.offset_micros < c.to_micros
              ), 0){(options.ByInteraction ? Window : "")} as mature
            """;

    private const string Window =
        " + greatest(coalesce(g.conversion_click_window_micros, 2592000000000), coalesce(g.view_window_micros, 86400000000))";

    private string Name => options.By.ToString().ToLowerInvariant();

    // Restatements are of days; those of an hour's day stand beside it.
    private string Named => options.By == ReportPeriod.Total ? "" : $", {Name}";

    private string Period =>
        options.By switch
        {
            ReportPeriod.Total => "",
            ReportPeriod.Hour => ", cast(p.local_date as string) as hour",
            _ => $", {select.PeriodOf("p.local_date")} as {Name}",
        };

    private string AsOf =>
        asOfMicros is { } micros ? micros.ToString(CultureInfo.InvariantCulture) : "-9223372036854775807";

    private string LocalEnd => $"unix_micros(cast({EndDate} as timestamp))";

    private string EndDate
    {
        get
        {
            var end = options.By switch
            {
                ReportPeriod.Hour => "cast(substr(s.hour, 1, 10) as date) + 1",
                ReportPeriod.Day => "s.day + 1",
                ReportPeriod.Week => "s.week + 7",
                ReportPeriod.Month => "cast(s.month + interval 1 month as date)",
                _ => "(select max(local_date) from campaign_performance) + 1",
            };
            return options.To is { } to ? $"least({end}, date '{to:yyyy-MM-dd}' + 1)" : end;
        }
    }
}
