-- The touches that earned each conversion, with their credit (docs/terms.md, Conversion → touches and Credit). One row for each
-- eligible touch, also those that a model gives nothing, so that another model is two more columns. A conversion without an
-- eligible touch has no row.
--
-- grain: conversion_id, touch_id
-- refresh: keyed
-- rows: conversions; conversion_key; tied by order_id
-- input: click_attribution; look-back 30 days; tied by user_key; tied by click_id = click_id
-- input: impressions; look-back 30 days; tied by user_key; tied by impression_id = event_id
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
conversion_rows as (
  select
    c.event_id as conversion_id,
    c.event_key as conversion_key,
    unix_micros(c.event_time) as conversion_micros,
    c.user_id,
    c.user_key,
    c.campaign_id,
    coalesce(g.advertiser_id, c.advertiser_id) as advertiser_id,
    c.click_id,
    c.impression_id
  from due_conversions c
  left join campaigns g on g.campaign_id = c.campaign_id
),
windows as (
  select
    coalesce(max(conversion_click_window_micros), 0) as click_micros,
    coalesce(max(view_window_micros), 0) as view_micros
  from campaigns
),
longest as (
  select
    case when click_micros > 2592000000000 then click_micros else 2592000000000 end as click_micros,
    case when view_micros > 86400000000 then view_micros else 86400000000 end as view_micros
  from windows
),
click_pairs as (
  select v.conversion_key, v.conversion_id, k.click_key as touch_key, k.click_id as touch_id, 1 as by_user
  from click_attribution k
  join conversion_rows v on v.user_key = k.user_key and v.user_id = k.user_id
  cross join longest w
  where v.conversion_micros - unix_micros(k.event_time) between 0 and w.click_micros
  union all
  select v.conversion_key, v.conversion_id, k.click_key, k.click_id, 0
  from click_attribution k
  join conversion_rows v on v.click_id = k.click_id
),
click_links as (
  select conversion_key, conversion_id, touch_key, touch_id, min(by_user) as by_user
  from click_pairs
  group by conversion_key, conversion_id, touch_key, touch_id
),
clicks_earning as (
  select
    l.conversion_key,
    l.conversion_id,
    l.touch_id,
    'click' as touch_kind,
    unix_micros(k.event_time) as touch_micros,
    k.ivt_reason as touch_ivt_reason,
    k.campaign_id,
    k.creative_id,
    k.site_id,
    k.domain,
    k.device_type,
    k.country,
    k.region
  from click_links l
  join conversion_rows v on v.conversion_key = l.conversion_key and v.conversion_id = l.conversion_id
  join click_attribution k on k.click_key = l.touch_key and k.click_id = l.touch_id
  left join campaigns g on g.campaign_id = k.campaign_id
  where v.conversion_micros - unix_micros(k.event_time)
      between 0 and coalesce(g.conversion_click_window_micros, 2592000000000)
    and (
      l.by_user = 0
      or v.advertiser_id = coalesce(g.advertiser_id, k.advertiser_id)
      or ((v.advertiser_id is null or coalesce(g.advertiser_id, k.advertiser_id) is null)
        and v.campaign_id = k.campaign_id and k.campaign_id <> '(unknown)'))
),
-- Views count only where no click does.
view_seekers as (
  select v.*
  from conversion_rows v
  where not exists (
    select 1 from clicks_earning e where e.conversion_key = v.conversion_key and e.conversion_id = v.conversion_id)
),
view_pairs as (
  select v.conversion_key, v.conversion_id, i.event_key as touch_key, i.event_id as touch_id, 1 as by_user
  from impressions i
  join view_seekers v on v.user_key = i.user_key and v.user_id = i.user_id
  cross join longest w
  where v.conversion_micros - unix_micros(i.event_time) between 0 and w.view_micros
  union all
  select v.conversion_key, v.conversion_id, i.event_key, i.event_id, 0
  from impressions i
  join view_seekers v on v.impression_id = i.event_id
),
view_links as (
  select conversion_key, conversion_id, touch_key, touch_id, min(by_user) as by_user
  from view_pairs
  group by conversion_key, conversion_id, touch_key, touch_id
),
views as (
  select
    l.conversion_key,
    l.conversion_id,
    l.touch_id,
    l.by_user,
    unix_micros(i.event_time) as touch_micros,
    i.ivt_reason as touch_ivt_reason,
    i.advertiser_id,
    coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(i.creative_id, '(unknown)') as creative_id,
    coalesce(i.site_id, '(unknown)') as site_id,
    coalesce(i.domain, '(unknown)') as domain,
    coalesce(i.device_type, '(unknown)') as device_type,
    coalesce(i.country, '(unknown)') as country,
    coalesce(i.region, '(unknown)') as region
  from impressions i
  join view_links l on l.touch_key = i.event_key and l.touch_id = i.event_id
  left join creatives r on r.creative_id = i.creative_id
),
views_earning as (
  select
    t.conversion_key,
    t.conversion_id,
    t.touch_id,
    'view' as touch_kind,
    t.touch_micros,
    t.touch_ivt_reason,
    t.campaign_id,
    t.creative_id,
    t.site_id,
    t.domain,
    t.device_type,
    t.country,
    t.region
  from views t
  join view_seekers v on v.conversion_key = t.conversion_key and v.conversion_id = t.conversion_id
  left join campaigns g on g.campaign_id = t.campaign_id
  where v.conversion_micros - t.touch_micros between 0 and coalesce(g.view_window_micros, 86400000000)
    and (
      t.by_user = 0
      or v.advertiser_id = coalesce(g.advertiser_id, t.advertiser_id)
      or ((v.advertiser_id is null or coalesce(g.advertiser_id, t.advertiser_id) is null)
        and v.campaign_id = t.campaign_id and t.campaign_id <> '(unknown)'))
),
earning as (
  select * from clicks_earning
  union all
  select * from views_earning
),
placed as (
  select
    *,
    row_number() over (partition by conversion_key, conversion_id order by touch_micros, touch_id desc) as position,
    count(*) over (partition by conversion_key, conversion_id) as touches
  from earning
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
