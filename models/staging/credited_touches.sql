-- The touches among which each conversion is divided, and each adjustment as its conversion is.
--
-- grain: conversion_id, touch_id
-- refresh: temporary
-- input: due_conversions
-- input: conversion_touches
-- input: conversion_verdicts
--
-- column: conversion_id string
-- column: conversion_key long
-- column: is_adjustment boolean
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
-- column: micros_since_touch long
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

with
-- Everything that is earned, with the conversion whose touches earn it.
earned as (
  select
    v.conversion_id,
    v.conversion_key,
    v.is_adjustment,
    v.adjusts_id as adjusts_conversion_id,
    coalesce(v.adjusts_id, v.conversion_id) as earner_id,
    coalesce(v.adjusts_key, v.conversion_key) as earner_key,
    v.amount_micros,
    v.currency
  from conversion_verdicts v
  where not v.is_adjustment or v.adjusts_id is not null
)
select
  e.conversion_id,
  e.conversion_key,
  e.is_adjustment,
  e.adjusts_conversion_id,
  own.event_time as conversion_time,
  own.event_date,
  c.user_id,
  c.user_key,
  c.conversion_type,
  c.campaign_id as conversion_campaign_id,
  e.amount_micros as revenue_micros,
  e.currency,
  w.is_duplicate_order,
  w.ivt_reason,
  unix_micros(c.event_time) - unix_micros(t.touch_time) as micros_since_touch,
  t.touch_id,
  t.touch_key,
  t.touch_kind,
  t.touch_time,
  t.touch_ivt_reason,
  t.campaign_id,
  t.creative_id,
  t.ad_group_id,
  t.site_id,
  t.domain,
  t.device_type,
  t.country,
  t.region,
  t.content_category,
  t.position,
  t.touches
from earned e
join conversion_touches t on t.conversion_key = e.earner_key and t.conversion_id = e.earner_id
join conversion_verdicts w on w.conversion_key = e.earner_key and w.conversion_id = e.earner_id
join due_conversions c on c.event_key = e.earner_key and c.event_id = e.earner_id
join due_conversions own on own.event_key = e.conversion_key and own.event_id = e.conversion_id
