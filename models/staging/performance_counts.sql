-- Conversions and credits that performance counts, in local time, a row for each: last touch, at the time of the conversion and at that of
-- the touch. Conversions themselves count for their campaign alone, credits in every dimension.
--
-- grain: kind, basis, campaign_id, local_date
-- refresh: temporary
-- input: conversions
-- input: conversion_attribution
-- input: placed_credits
-- input: duplicate_orders
-- input: campaign_clocks
-- input: rate_spans
--
-- column: kind string
-- column: basis string
-- column: touch_kind string
-- column: is_primary boolean
-- column: campaign_id string
-- column: local_date date
-- column: local_hour long
-- column: ad_group_id string
-- column: creative_id string
-- column: site_id string
-- column: device_type string
-- column: country string
-- column: region string
-- column: currency string
-- column: rate_from_micros long
-- column: net_events long
-- column: revenue_micros long
-- column: net_revenue_micros long

with
invalid_conversions as (
  select conversion_key, conversion_id, max(ivt_reason) as ivt_reason
  from conversion_attribution
  group by conversion_key, conversion_id
),
-- Conversions under their own campaign.
tagged as (
  select
    case when v.conversion_key is null then 'unattributed' else 'tagged' end as kind,
    coalesce(c.campaign_id, '(unknown)') as campaign_id,
    c.currency,
    unix_micros(c.event_time) as micros,
    case when c.ivt_reason is null and v.ivt_reason is null and o.conversion_key is null then 1 else 0 end as net_events
  from conversions c
  left join invalid_conversions v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
  left join duplicate_orders o on o.conversion_key = c.event_key and o.conversion_id = c.event_id
)
select
  t.kind, null as basis, null as touch_kind, null as is_primary,
  t.campaign_id,
  cast(timestamp_micros(t.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
  ((t.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (t.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour,
  null as ad_group_id, null as creative_id, null as site_id, null as device_type, null as country, null as region,
  t.currency,
  null as rate_from_micros,
  t.net_events,
  null as revenue_micros,
  null as net_revenue_micros
from tagged t
left join campaign_clocks c on c.campaign_id = t.campaign_id and t.micros >= c.from_micros and t.micros < c.to_micros
union all
select
  'credit', p.basis, p.touch_kind, p.is_primary,
  p.campaign_id, p.local_date, p.local_hour,
  p.ad_group_id, p.creative_id, p.site_id, p.device_type, p.country, p.region,
  p.currency,
  t.from_micros,
  case when p.net_millionths > 0 then 1 else 0 end,
  p.revenue_micros,
  p.net_revenue_micros
from placed_credits p
left join rate_spans t on t.campaign_id = p.campaign_id and p.micros >= t.from_micros and p.micros < t.to_micros
where p.model = 'last_touch'
