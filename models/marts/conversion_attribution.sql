-- The touches that earned each conversion, with their credit under each model (docs/terms.md, Credit). One row for each eligible touch,
-- also those that a model gives nothing; a conversion without an eligible touch has no row. An adjustment has a row for each touch of the
-- conversion that it adjusts (adjusts_conversion_id), with revenue that is taken back and no credit.
--
-- grain: conversion_id, touch_id
-- refresh: keyed
-- rows: conversions; conversion_key; tied by order_id
-- input: conversion_touches; tied by event_key = conversion_key
-- input: credited_touches
-- input: touch_shares
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
-- column: adjusts_conversion_id string
-- column: conversion_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: conversion_type string
-- column: conversion_campaign_id string
-- column: revenue_micros long
-- column: currency string
-- column: is_duplicate_order boolean
-- column: ivt_reason string
-- column: touch_id string
-- column: touch_key long
-- column: touch_kind string
-- column: touch_time timestamp
-- column: touch_ivt_reason string
-- column: campaign_id string
-- column: creative_id string
-- column: ad_group_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: position long
-- column: touches long
-- column: last_touch_millionths long
-- column: last_touch_revenue_micros long
-- column: last_touch_net_millionths long
-- column: last_touch_net_revenue_micros long
-- column: first_touch_millionths long
-- column: first_touch_revenue_micros long
-- column: first_touch_net_millionths long
-- column: first_touch_net_revenue_micros long
-- column: linear_millionths long
-- column: linear_revenue_micros long
-- column: linear_net_millionths long
-- column: linear_net_revenue_micros long
-- column: time_decay_millionths long
-- column: time_decay_revenue_micros long
-- column: time_decay_net_millionths long
-- column: time_decay_net_revenue_micros long
-- column: position_millionths long
-- column: position_revenue_micros long
-- column: position_net_millionths long
-- column: position_net_revenue_micros long
--
-- check: not_null(conversion_id, conversion_key, touch_id, touch_key, touch_kind, campaign_id, position, touches)
-- check: unique(conversion_id, touch_id)
-- check: sum(last_touch_millionths, first_touch_millionths, linear_millionths, time_decay_millionths, position_millionths) by conversion_id = 1000000 where adjusts_conversion_id is null
-- check: sum(last_touch_revenue_micros, first_touch_revenue_micros, linear_revenue_micros, time_decay_revenue_micros, position_revenue_micros) by conversion_id = revenue_micros

with
-- The only touch of a conversion has all of it under each model.
credited as (
  select
    t.*,
    case when t.ivt_reason is null and not t.is_duplicate_order and t.touch_ivt_reason is null then 1 else 0 end as net,
    coalesce(s.last_touch_credit, a.credit) as last_touch_millionths,
    coalesce(s.last_touch_revenue, t.revenue_micros) as last_touch_revenue_micros,
    coalesce(s.first_touch_credit, a.credit) as first_touch_millionths,
    coalesce(s.first_touch_revenue, t.revenue_micros) as first_touch_revenue_micros,
    coalesce(s.linear_credit, a.credit) as linear_millionths,
    coalesce(s.linear_revenue, t.revenue_micros) as linear_revenue_micros,
    coalesce(s.time_decay_credit, a.credit) as time_decay_millionths,
    coalesce(s.time_decay_revenue, t.revenue_micros) as time_decay_revenue_micros,
    coalesce(s.position_credit, a.credit) as position_millionths,
    coalesce(s.position_revenue, t.revenue_micros) as position_revenue_micros
  from credited_touches t
  join (values (true, 0), (false, 1000000)) as a(is_adjustment, credit) on a.is_adjustment = t.is_adjustment
  left join touch_shares s on s.conversion_key = t.conversion_key and s.conversion_id = t.conversion_id and s.position = t.position
)
select
  conversion_id,
  conversion_key,
  adjusts_conversion_id,
  conversion_time,
  event_date,
  user_id,
  user_key,
  conversion_type,
  conversion_campaign_id,
  revenue_micros,
  currency,
  is_duplicate_order,
  ivt_reason,
  touch_id,
  touch_key,
  touch_kind,
  touch_time,
  touch_ivt_reason,
  campaign_id,
  creative_id,
  ad_group_id,
  site_id,
  domain,
  device_type,
  country,
  region,
  content_category,
  position,
  touches,
  last_touch_millionths,
  last_touch_revenue_micros,
  net * last_touch_millionths as last_touch_net_millionths,
  net * last_touch_revenue_micros as last_touch_net_revenue_micros,
  first_touch_millionths,
  first_touch_revenue_micros,
  net * first_touch_millionths as first_touch_net_millionths,
  net * first_touch_revenue_micros as first_touch_net_revenue_micros,
  linear_millionths,
  linear_revenue_micros,
  net * linear_millionths as linear_net_millionths,
  net * linear_revenue_micros as linear_net_revenue_micros,
  time_decay_millionths,
  time_decay_revenue_micros,
  net * time_decay_millionths as time_decay_net_millionths,
  net * time_decay_revenue_micros as time_decay_net_revenue_micros,
  position_millionths,
  position_revenue_micros,
  net * position_millionths as position_net_millionths,
  net * position_revenue_micros as position_net_revenue_micros
from credited
