-- Impressions and clicks of each user on each local day: of the zone of the event's campaign, else UTC; the base of segments and
-- user_features. net_… leaves out invalid traffic: by row, by rate, and by the verdicts of click_attribution. time_in_view_ms is known
-- where impressions_with_view_time is not 0. Events without a user are not here. Rows are partial sums; add them up before use.
--
-- grain: user_key, local_date
-- refresh: additive
-- input: campaign_user_daily; columns local_date, user_key, impressions, valid_impressions, impressions_with_view_time, time_in_view_ms; summed
-- input: click_attribution; columns event_time, user_key, campaign_id, ivt_reason; summed
-- input: invalid_rates; columns event_kind, event_time, user_key, campaign_id, creative_id; summed
-- input: creatives; columns creative_id, campaign_id
-- input: campaign_clocks
--
-- column: user_key long
-- column: local_date date
-- column: impressions long
-- column: net_impressions long
-- column: impressions_with_view_time long
-- column: time_in_view_ms long
-- column: clicks long
-- column: net_clicks long
--
-- check: not_null(user_key, local_date, impressions, clicks)

with
-- Clicks, and impressions that came too fast, which are taken out of net.
events as (
  select
    user_key,
    campaign_id,
    unix_micros(event_time) as micros,
    0 as net_impressions,
    1 as clicks,
    case when ivt_reason is null then 1 else 0 end as net_clicks
  from click_attribution
  where user_key is not null
  union all
  select i.user_key, coalesce(i.campaign_id, r.campaign_id, '(unknown)'), unix_micros(i.event_time), -1, 0, 0
  from invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
),
-- Whole numbers are exact in doubles to 2^53, which are summed faster than the 128 bits of a sum of longs.
parts as (
  select
    user_key,
    local_date,
    sum(cast(impressions as double)) as impressions,
    sum(cast(valid_impressions as double)) as net_impressions,
    sum(cast(impressions_with_view_time as double)) as impressions_with_view_time,
    sum(cast(time_in_view_ms as double)) as time_in_view_ms,
    0 as clicks,
    0 as net_clicks
  from campaign_user_daily
  group by user_key, local_date
  union all
  select
    e.user_key,
    cast(timestamp_micros(e.micros + coalesce(c.offset_micros, 0)) as date),
    0,
    e.net_impressions,
    0,
    0,
    e.clicks,
    e.net_clicks
  from events e
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
)
select
  user_key,
  local_date,
  sum(impressions) as impressions,
  sum(net_impressions) as net_impressions,
  sum(impressions_with_view_time) as impressions_with_view_time,
  coalesce(sum(time_in_view_ms), 0) as time_in_view_ms,
  sum(cast(clicks as double)) as clicks,
  sum(cast(net_clicks as double)) as net_clicks
from parts
group by user_key, local_date
