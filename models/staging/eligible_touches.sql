-- The touches that are eligible for each conversion, in their order (docs/terms.md, Conversion → touches): of the same user and
-- advertiser, or named by the conversion, within the window of the touch's campaign; clicks, or where there is none views.
--
-- grain: conversion_id, touch_id
-- refresh: temporary
-- input: due_conversions
-- input: click_attribution
-- input: impressions
-- input: invalid_rates
-- input: creatives
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
-- column: touch_id string
-- column: touch_key long
-- column: touch_kind string
-- column: touch_micros long
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
    c.impression_id,
    c.impression_key
  from due_conversions c
  left join campaigns g on g.campaign_id = c.campaign_id
),
clicks_met as (
  select c.conversion_key, c.conversion_id, 1 as by_user, k.*
  from click_attribution k
  join conversion_rows c on c.user_key = k.user_key and c.user_id = k.user_id and c.conversion_micros >= unix_micros(k.event_time)
  union all
  select c.conversion_key, c.conversion_id, 0, k.*
  from click_attribution k
  join conversion_rows c on c.click_id = k.click_id
),
watched as (
  select
    user_key,
    min(conversion_micros) - (select greatest(86400000000, max(view_window_micros)) from campaigns) as from_micros,
    max(conversion_micros) as to_micros
  from conversion_rows
  group by user_key
),
-- The big table is streamed once past users and keys, and past ids of conversions from before they had keys, if there are any. Which campaign and so which window a view has is seen after that.
views as (
  select i.*
  from impressions i
  left join watched w on w.user_key = i.user_key and unix_micros(i.event_time) between w.from_micros and w.to_micros
  where w.user_key is not null
    or coalesce(i.event_key in (select impression_key from conversion_rows where impression_key is not null), false)
    or coalesce(i.event_id in (select impression_id from conversion_rows where impression_id is not null and impression_key is null), false)
),
views_met as (
  select c.conversion_key, c.conversion_id, 1 as by_user, v.*
  from views v
  join conversion_rows c on c.user_key = v.user_key and c.user_id = v.user_id and c.conversion_micros >= unix_micros(v.event_time)
  union all
  select c.conversion_key, c.conversion_id, 0, v.*
  from views v
  join conversion_rows c on c.impression_id = v.event_id
),
met as (
  select
    k.conversion_key,
    k.conversion_id,
    k.by_user,
    k.click_id as touch_id,
    k.click_key as touch_key,
    'click' as touch_kind,
    unix_micros(k.event_time) as touch_micros,
    k.ivt_reason as touch_ivt_reason,
    coalesce(g.advertiser_id, k.advertiser_id) as advertiser_id,
    coalesce(g.conversion_click_window_micros, 2592000000000) as window_micros,
    k.campaign_id,
    k.creative_id,
    k.ad_group_id,
    k.site_id,
    k.domain,
    k.device_type,
    k.country,
    k.region,
    k.content_category
  from clicks_met k
  left join campaigns g on g.campaign_id = k.campaign_id
  union all
  select
    v.conversion_key,
    v.conversion_id,
    v.by_user,
    v.event_id,
    v.event_key,
    'view',
    unix_micros(v.event_time),
    coalesce(v.ivt_reason, f.ivt_reason),
    coalesce(g.advertiser_id, v.advertiser_id),
    coalesce(g.view_window_micros, 86400000000),
    coalesce(v.campaign_id, r.campaign_id, '(unknown)'),
    coalesce(v.creative_id, '(unknown)'),
    coalesce(v.ad_group_id, r.ad_group_id, '(unknown)'),
    coalesce(v.site_id, '(unknown)'),
    coalesce(v.domain, '(unknown)'),
    coalesce(v.device_type, '(unknown)'),
    coalesce(v.country, '(unknown)'),
    coalesce(v.region, '(unknown)'),
    coalesce(v.content_category, '(unknown)')
  from views_met v
  left join invalid_rates f on f.event_kind = 'impression' and f.event_key = v.event_key and f.event_id = v.event_id
  left join creatives r on r.creative_id = v.creative_id
  left join campaigns g on g.campaign_id = coalesce(v.campaign_id, r.campaign_id)
),
-- A touch of the user whose id the conversion carries as well was met twice and is one.
eligible as (
  select distinct
    t.conversion_key,
    t.conversion_id,
    t.touch_id,
    t.touch_key,
    t.touch_kind,
    t.touch_micros,
    t.touch_ivt_reason,
    t.campaign_id,
    t.creative_id,
    t.ad_group_id,
    t.site_id,
    t.domain,
    t.device_type,
    t.country,
    t.region,
    t.content_category
  from met t
  join conversion_rows c on c.conversion_key = t.conversion_key and c.conversion_id = t.conversion_id
  where c.conversion_micros - t.touch_micros between 0 and t.window_micros
    and (
      t.by_user = 0
      or t.advertiser_id = c.advertiser_id
      or ((t.advertiser_id is null or c.advertiser_id is null) and t.campaign_id = c.campaign_id and t.campaign_id <> '(unknown)'))
),
-- A click beats any view: it is also the first in the alphabet.
best as (
  select *, min(touch_kind) over (partition by conversion_key, conversion_id) as best_kind from eligible
)
select
  conversion_id,
  conversion_key,
  touch_id,
  touch_key,
  touch_kind,
  touch_micros,
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
  row_number() over (partition by conversion_key, conversion_id order by touch_micros, touch_id desc) as position,
  count(*) over (partition by conversion_key, conversion_id) as touches
from best
where touch_kind = best_kind
