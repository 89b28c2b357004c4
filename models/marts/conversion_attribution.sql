-- The touches that earned each conversion, with their credit (docs/terms.md, Conversion → touches and Credit). One row for each
-- eligible touch, also those that a model gives nothing, so that another model is two more columns. A conversion without an
-- eligible touch has no row.
--
-- grain: conversion_id, touch_id
-- refresh: keyed
-- rows: conversions; conversion_key; tied by order_id
-- input: click_attribution; look-back 30 days; tied by user_key; tied by click_id = click_id
-- input: impressions; look-back 30 days; tied by user_key; tied by impression_id = event_id
-- input: click_touches
-- input: view_candidates
-- input: duplicate_orders
-- input: creatives
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
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
-- column: touch_kind string
-- column: touch_time timestamp
-- column: touch_ivt_reason string
-- column: campaign_id string
-- column: creative_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: position long
-- column: touches long
-- column: last_touch_millionths long
-- column: last_touch_revenue_micros long
-- column: last_touch_net_millionths long
-- column: last_touch_net_revenue_micros long
--
-- check: not_null(conversion_id, conversion_key, touch_id, touch_kind, campaign_id, position, touches)
-- check: unique(conversion_id, touch_id)
-- check: sum(last_touch_millionths) by conversion_id = 1000000

with
-- The big table is streamed past the impressions wanted.
views as (
  select
    v.conversion_id,
    v.conversion_key,
    v.by_user,
    i.event_id as touch_id,
    unix_micros(i.event_time) as touch_micros,
    i.ivt_reason as touch_ivt_reason,
    i.advertiser_id,
    i.campaign_id,
    i.creative_id,
    i.site_id,
    i.domain,
    i.device_type,
    i.country,
    i.region
  from impressions i
  join view_candidates v on v.touch_id = i.event_id
),
described_views as (
  select
    v.*,
    coalesce(v.campaign_id, r.campaign_id, '(unknown)') as touch_campaign_id,
    coalesce(g.advertiser_id, v.advertiser_id) as touch_advertiser_id,
    coalesce(g.view_window_micros, 86400000000) as window_micros
  from views v
  left join creatives r on r.creative_id = v.creative_id
  left join campaigns g on g.campaign_id = coalesce(v.campaign_id, r.campaign_id)
),
touches as (
  select
    conversion_id,
    conversion_key,
    touch_id,
    'click' as touch_kind,
    touch_micros,
    touch_ivt_reason,
    campaign_id,
    creative_id,
    site_id,
    domain,
    device_type,
    country,
    region
  from click_touches
  union all
  select
    v.conversion_id,
    v.conversion_key,
    v.touch_id,
    'view',
    v.touch_micros,
    v.touch_ivt_reason,
    v.touch_campaign_id,
    coalesce(v.creative_id, '(unknown)'),
    coalesce(v.site_id, '(unknown)'),
    coalesce(v.domain, '(unknown)'),
    coalesce(v.device_type, '(unknown)'),
    coalesce(v.country, '(unknown)'),
    coalesce(v.region, '(unknown)')
  from described_views v
  join due_conversions c on c.event_key = v.conversion_key and c.event_id = v.conversion_id
  left join campaigns g on g.campaign_id = c.campaign_id
  where unix_micros(c.event_time) - v.touch_micros between 0 and v.window_micros
    and (
      v.by_user = 0
      or v.touch_advertiser_id = coalesce(g.advertiser_id, c.advertiser_id)
      or ((v.touch_advertiser_id is null or coalesce(g.advertiser_id, c.advertiser_id) is null)
        and v.touch_campaign_id = c.campaign_id))
),
placed as (
  select
    *,
    row_number() over (partition by conversion_key, conversion_id order by touch_micros, touch_id desc) as position,
    count(*) over (partition by conversion_key, conversion_id) as touches
  from touches
),
credited as (
  select
    p.*,
    c.event_time as conversion_time,
    c.event_date,
    c.user_id,
    c.user_key,
    c.conversion_type,
    c.campaign_id as conversion_campaign_id,
    c.revenue_micros,
    c.currency,
    c.ivt_reason,
    o.conversion_key is not null as is_duplicate_order,
    case when p.position = p.touches then 1000000 else 0 end as last_touch_millionths,
    case when c.ivt_reason is null and o.conversion_key is null and p.touch_ivt_reason is null then 1 else 0 end as net
  from placed p
  join due_conversions c on c.event_key = p.conversion_key and c.event_id = p.conversion_id
  left join duplicate_orders o on o.conversion_key = p.conversion_key and o.conversion_id = p.conversion_id
)
select
  conversion_id,
  conversion_key,
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
  touch_kind,
  timestamp_micros(touch_micros) as touch_time,
  touch_ivt_reason,
  campaign_id,
  creative_id,
  site_id,
  domain,
  device_type,
  country,
  region,
  position,
  touches,
  last_touch_millionths,
  case when last_touch_millionths > 0 then revenue_micros when revenue_micros is not null then 0 end as last_touch_revenue_micros,
  net * last_touch_millionths as last_touch_net_millionths,
  case when net * last_touch_millionths > 0 then revenue_micros when revenue_micros is not null then 0 end
    as last_touch_net_revenue_micros
from credited
