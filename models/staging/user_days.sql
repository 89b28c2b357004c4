-- What each user saw and did on each local day: of the zone of the event's campaign, else UTC. net_… leaves out invalid traffic: by
-- row, by rate, and by the verdicts of click_attribution and conversion_attribution. A repeated order is a conversion here.
--
-- grain: user_key, local_date
-- refresh: temporary
-- input: due_user_rollup
-- input: due_conversions
-- input: due_conversion_attribution
-- input: campaign_clocks
--
-- column: user_key long
-- column: local_date date
-- column: impressions long
-- column: net_impressions long
-- column: time_in_view_ms long
-- column: clicks long
-- column: net_clicks long
-- column: conversions long
-- column: net_conversions long

with
-- A conversion has a row for each of its touches.
verdicts as (
  select distinct conversion_key, conversion_id
  from due_conversion_attribution
  where ivt_reason is not null
),
events as (
  select
    user_key,
    local_date,
    impressions,
    net_impressions,
    impressions_with_view_time,
    time_in_view_ms,
    clicks,
    net_clicks,
    0 as conversions,
    0 as net_conversions
  from due_user_rollup
  union all
  select
    c.user_key,
    cast(timestamp_micros(unix_micros(c.event_time) + coalesce(z.offset_micros, 0)) as date),
    0, 0, 0, 0, 0, 0,
    1,
    case when c.ivt_reason is null and v.conversion_id is null then 1 else 0 end
  from due_conversions c
  left join verdicts v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
  left join campaign_clocks z
    on z.campaign_id = c.campaign_id
    and unix_micros(c.event_time) >= z.from_micros
    and unix_micros(c.event_time) < z.to_micros
  where c.user_key is not null and not c.is_adjustment
),
-- Whole numbers are exact in doubles to 2^53, which are summed faster than the 128 bits of a sum of longs.
days as (
  select
    user_key,
    local_date,
    sum(cast(impressions as double)) as impressions,
    sum(cast(net_impressions as double)) as net_impressions,
    sum(cast(impressions_with_view_time as double)) as impressions_with_view_time,
    sum(cast(time_in_view_ms as double)) as time_in_view_ms,
    sum(cast(clicks as double)) as clicks,
    sum(cast(net_clicks as double)) as net_clicks,
    sum(cast(conversions as double)) as conversions,
    sum(cast(net_conversions as double)) as net_conversions
  from events
  group by user_key, local_date
)
select
  user_key,
  local_date,
  impressions,
  net_impressions,
  case when impressions_with_view_time <> 0 then time_in_view_ms end as time_in_view_ms,
  clicks,
  net_clicks,
  conversions,
  net_conversions
from days
-- Of a day that is gone again partial sums stay, which add up to nothing.
where impressions <> 0 or clicks <> 0 or conversions <> 0
