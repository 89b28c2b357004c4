namespace AdvertiseX.Reports;

/// <summary>
/// Reach, frequency and unique CTR of campaigns over a report's periods (docs/terms.md, Metrics), from the days of
/// users: exact, as users are counted once however many days and files they come in. Immutable.
/// </summary>
internal sealed class PerformanceReach(PerformanceReportOptions options, PerformanceSelect select, string? period)
{
    public static readonly string[] Tables = ["campaign_user_daily", "invalid_rates", "click_attribution", "creatives"];

    /// <summary>Common table expressions, each with a comma before it.</summary>
    public string Expressions =>
        $"""
            ,
            user_days as (
              select p.campaign_id{Period("p.local_date")}, p.user_key, p.{(
                options.Net ? "valid_" : ""
            )}impressions as impressions
              from campaign_user_daily p
              where {select.Where}{(options.Net ? TooFast() : "")}
            ),
            viewers as (
              select campaign_id{Named}, user_key, sum(impressions) as impressions
              from user_days
              group by campaign_id{Named}, user_key
              having sum(impressions) > 0
            ),
            clickers as (
              select distinct campaign_id{Named}, user_key
              from (
                select p.campaign_id{Period("p.local_date")}, p.user_key
                from (
                  select k.campaign_id, k.user_key,
                    cast({LocalTime("k")} as date) as local_date
                  from click_attribution k
                  left join campaign_clocks c on c.campaign_id = k.campaign_id
                    and unix_micros(k.event_time) >= c.from_micros and unix_micros(k.event_time) < c.to_micros
                  where k.user_key is not null{(options.Net ? " and k.ivt_reason is null" : "")}
                ) p
                where {select.Where}
              ) p
            ),
            reached as (
              select v.campaign_id{Of("v")}, count(*) as reach,
                cast(sum(v.impressions) as bigint) as user_impressions, count(k.user_key) as unique_clickers
              from viewers v
              left join clickers k on k.campaign_id = v.campaign_id and k.user_key = v.user_key{(
                period is null ? "" : $" and k.{Name} = v.{Name}"
            )}
              group by v.campaign_id{Of("v")}
            )
            """;

    /// <summary>Further columns of the report.</summary>
    public static string Columns =>
        """
            ,
              case when s.is_foreign = 0 then coalesce(u.reach, 0) end as reach,
              round(cast(u.user_impressions as double) / nullif(u.reach, 0), 6) as frequency,
              round(cast(u.unique_clickers as double) / nullif(u.reach, 0), 6) as unique_ctr
            """;

    public static string Join(IEnumerable<string> keys) =>
        "\nleft join reached u on "
        + string.Join(" and ", keys.Select(key => $"u.{key} = s.{key}"))
        + " and s.is_foreign = 0";

    private string Name => options.By.ToString().ToLowerInvariant();

    private string Named => period is null ? "" : $", {Name}";

    private string Of(string table) => period is null ? "" : $", {table}.{Name}";

    private string Period(string date) => period is null ? "" : $", {select.PeriodOf(date)} as {Name}";

    private static string LocalTime(string table) =>
        $"timestamp_micros(unix_micros({table}.event_time) + coalesce(c.offset_micros, 0))";

    /// <summary>Impressions that came too fast for a person, taken off again.</summary>
    private string TooFast() =>
        $"""

              union all
              select p.campaign_id{Period("p.local_date")}, p.user_key, -1
              from (
                select i.campaign_id, i.user_key, cast({LocalTime("i")} as date) as local_date
                from (
                  select coalesce(r.campaign_id, q.campaign_id, '(unknown)') as campaign_id, r.user_key, r.event_time
                  from invalid_rates r
                  left join creatives q on q.creative_id = case when r.campaign_id is null then r.creative_id end
                  where r.event_kind = 'impression'
                ) i
                left join campaign_clocks c on c.campaign_id = i.campaign_id
                  and unix_micros(i.event_time) >= c.from_micros and unix_micros(i.event_time) < c.to_micros
              ) p
              where {select.Where}
            """;
}
