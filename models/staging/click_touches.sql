-- The clicks that are eligible for each conversion: of the same user and advertiser, or named by the conversion, within the window of
-- the click's campaign.
--
-- grain: conversion_id, touch_id
-- refresh: temporary
-- input: due_conversions
-- input: click_attribution
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
-- column: touch_id string
-- column: touch_micros long
-- column: touch_ivt_reason string
-- column: campaign_id string
-- column: creative_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string

with
conversion_rows as (
  select
    c.event_id as conversion_id,
    c.event_key as conversion_key,
    unix_micros(c.event_time) as conversion_micros,
    c.user_id,
    c.user_key,
    c.campaign_id,
    coalesce(g.advertiser_id, c.advertiser_id) as advertiser_id,
    c.click_id
  from due_conversions c
  left join campaigns g on g.campaign_id = c.campaign_id
),
pairs as (
  select v.conversion_key, v.conversion_id, k.click_key, k.click_id, 1 as by_user
  from click_attribution k
  join conversion_rows v on v.user_key = k.user_key and v.user_id = k.user_id
  where unix_micros(k.event_time) <= v.conversion_micros
  union all
  select v.conversion_key, v.conversion_id, k.click_key, k.click_id, 0
  from click_attribution k
  join conversion_rows v on v.click_id = k.click_id
),
-- A click of the user whose id the conversion carries as well is one touch.
candidates as (
  select conversion_key, conversion_id, click_key, click_id, min(by_user) as by_user
  from pairs
  group by conversion_key, conversion_id, click_key, click_id
)
select
  p.conversion_id,
  p.conversion_key,
  p.click_id as touch_id,
  unix_micros(k.event_time) as touch_micros,
  k.ivt_reason as touch_ivt_reason,
  k.campaign_id,
  k.creative_id,
  k.site_id,
  k.domain,
  k.device_type,
  k.country,
  k.region
from candidates p
join conversion_rows v on v.conversion_key = p.conversion_key and v.conversion_id = p.conversion_id
join click_attribution k on k.click_key = p.click_key and k.click_id = p.click_id
left join campaigns g on g.campaign_id = k.campaign_id
where v.conversion_micros - unix_micros(k.event_time) between 0 and coalesce(g.conversion_click_window_micros, 2592000000000)
  and (
    p.by_user = 0
    or v.advertiser_id = coalesce(g.advertiser_id, k.advertiser_id)
    or ((v.advertiser_id is null or coalesce(g.advertiser_id, k.advertiser_id) is null)
      and v.campaign_id = k.campaign_id
      and k.campaign_id <> '(unknown)'))
