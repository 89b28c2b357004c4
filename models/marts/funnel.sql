-- How far impressions came (docs/terms.md, Funnel), net: those that a campaign had on a local day, how many of them a click was
-- matched to, how many of those clicks earned a conversion (last touch), and beside it how many earned one by being seen.
--
-- grain: campaign_id, local_date
-- refresh: replace
-- publish: cells
-- input: performance
-- input: click_attribution
-- input: conversion_attribution
-- input: campaign_clocks
--
-- column: campaign_id string
-- column: local_date date
-- column: impressions long
-- column: clicked_impressions long
-- column: converted_impressions long
-- column: view_converted_impressions long
--
-- check: not_null(campaign_id, local_date, impressions)
-- check: unique(campaign_id, local_date)
-- check: none(converted_impressions > clicked_impressions)

with
earning as (
  select touch_id, touch_kind, campaign_id, unix_micros(touch_time) as micros
  from conversion_attribution
  where last_touch_net_millionths > 0
),
-- An impression with several clicks is one.
clicked as (
  select
    k.impression_id,
    k.impression_campaign_id as campaign_id,
    max(unix_micros(k.event_time) - k.micros_since_impression) as micros,
    max(case when k.click_id in (select touch_id from earning where touch_kind = 'click') then 1 else 0 end) as converted
  from click_attribution k
  where k.impression_id is not null and k.ivt_reason is null
  group by k.impression_id, k.impression_campaign_id
),
seen as (
  select distinct touch_id, campaign_id, micros
  from earning
  where touch_kind = 'view'
),
steps as (
  select campaign_id, micros, 1 as clicked, converted, 0 as view_converted from clicked
  union all
  select campaign_id, micros, 0, 0, 1 from seen
),
counted as (
  select campaign_id, local_date, net_impressions as impressions, 0 as clicked, 0 as converted, 0 as view_converted
  from performance
  where dimension = 'campaign'
  union all
  select
    s.campaign_id,
    cast(timestamp_micros(s.micros + coalesce(c.offset_micros, 0)) as date),
    0, s.clicked, s.converted, s.view_converted
  from steps s
  left join campaign_clocks c on c.campaign_id = s.campaign_id and s.micros >= c.from_micros and s.micros < c.to_micros
)
select
  campaign_id,
  local_date,
  sum(impressions) as impressions,
  sum(clicked) as clicked_impressions,
  sum(converted) as converted_impressions,
  sum(view_converted) as view_converted_impressions
from counted
group by campaign_id, local_date
