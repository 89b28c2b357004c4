-- What each user saw and did on each local day: of the zone of the event's campaign, else UTC. net_… leaves out invalid traffic: by
-- row, by rate, and by the verdicts of click_attribution and conversion_attribution. A repeated order is a conversion here.
--
-- grain: user_key, local_date
-- refresh: temporary
-- input: due_campaign_user_daily
-- input: due_invalid_rates
-- input: due_click_attribution
-- input: due_conversions
-- input: due_conversion_attribution
-- input: creatives; columns creative_id, campaign_id
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
rated as (
  select i.user_key, unix_micros(i.event_time) as micros, coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id
  from due_invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
),
-- A conversion has a row for each of its touches.
verdicts as (
  select distinct conversion_key, conversion_id
  from due_conversion_attribution
  where ivt_reason is not null
)
-- Whole numbers are exact in doubles to 2^53, which are summed faster than the 128 bits of a sum of longs.
select
  user_key,
  local_date,
  sum(cast(impressions as double)) as impressions,
  sum(cast(net_impressions as double)) as net_impressions,
  sum(cast(time_in_view_ms as double)) as time_in_view_ms,
  sum(cast(clicks as double)) as clicks,
  sum(cast(net_clicks as double)) as net_clicks,
  sum(cast(conversions as double)) as conversions,
  sum(cast(net_conversions as double)) as net_conversions
from (
  select
    user_key,
    local_date,
    impressions,
    valid_impressions as net_impressions,
    time_in_view_ms,
    0 as clicks,
    0 as net_clicks,
    0 as conversions,
    0 as net_conversions
  from due_campaign_user_daily
  union all
  select
    i.user_key,
    cast(timestamp_micros(i.micros + coalesce(z.offset_micros, 0)) as date),
    0, -1, null, 0, 0, 0, 0
  from rated i
  left join campaign_clocks z on z.campaign_id = i.campaign_id and i.micros >= z.from_micros and i.micros < z.to_micros
  union all
  select
    k.user_key,
    cast(timestamp_micros(unix_micros(k.event_time) + coalesce(z.offset_micros, 0)) as date),
    0, 0, null,
    1,
    case when k.ivt_reason is null then 1 else 0 end,
    0, 0
  from due_click_attribution k
  left join campaign_clocks z
    on z.campaign_id = k.campaign_id
    and unix_micros(k.event_time) >= z.from_micros
    and unix_micros(k.event_time) < z.to_micros
  where k.user_key is not null
  union all
  select
    c.user_key,
    cast(timestamp_micros(unix_micros(c.event_time) + coalesce(z.offset_micros, 0)) as date),
    0, 0, null, 0, 0,
    1,
    case when c.ivt_reason is null and v.conversion_id is null then 1 else 0 end
  from due_conversions c
  left join verdicts v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
  left join campaign_clocks z
    on z.campaign_id = c.campaign_id
    and unix_micros(c.event_time) >= z.from_micros
    and unix_micros(c.event_time) < z.to_micros
  where c.user_key is not null
) as events
group by user_key, local_date
