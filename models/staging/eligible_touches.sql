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
  where not c.is_adjustment
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
-- A touch of the user whose id the conversion carries as well was met twice and is one.
clicks as (
  select distinct
    k.conversion_key,
    k.conversion_id,
    k.click_id as touch_id,
    k.click_key as touch_key,
    unix_micros(k.event_time) as touch_micros,
    k.ivt_reason as touch_ivt_reason,
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
  join conversion_rows c on c.conversion_key = k.conversion_key and c.conversion_id = k.conversion_id
  left join campaigns g on g.campaign_id = k.campaign_id
  -- A window of 0 is off, even for a click of the same instant or one that the conversion names.
  where coalesce(g.conversion_click_window_micros, 2592000000000) > 0
    and c.conversion_micros - unix_micros(k.event_time) between 0 and coalesce(g.conversion_click_window_micros, 2592000000000)
    and (
      k.by_user = 0
      or coalesce(g.advertiser_id, k.advertiser_id) = c.advertiser_id
      or ((coalesce(g.advertiser_id, k.advertiser_id) is null or c.advertiser_id is null)
        and k.campaign_id = c.campaign_id and k.campaign_id <> '(unknown)'))
),
-- A click beats any view: views are looked for where there is none.
clicked as (
  select distinct conversion_key, conversion_id from clicks
),
others as (
  select c.*
  from conversion_rows c
  left join clicked k on k.conversion_key = c.conversion_key and k.conversion_id = c.conversion_id
  where k.conversion_key is null
),
watched as (
  select
    user_key,
    min(conversion_micros) - (select greatest(86400000000, max(view_window_micros)) from campaigns) as from_micros,
    max(conversion_micros) as to_micros
  from others
  where user_key is not null
  group by user_key
),
-- The big table is streamed once past users and keys; of the users' rows only those in time stay. Which campaign and so which window a view has is seen after that.
named_keys as (
  select distinct impression_key from others where impression_key is not null
),
met_by_key as (
  select *
  from impressions
  where coalesce(user_key in (select user_key from watched), false)
    or coalesce(event_key in (select impression_key from named_keys), false)
),
wanted as (
  select i.*, w.user_key is not null as in_time
  from met_by_key i
  left join watched w on w.user_key = i.user_key and unix_micros(i.event_time) between w.from_micros and w.to_micros
  where w.user_key is not null
    or coalesce(i.event_key in (select impression_key from named_keys), false)
),
views_met as (
  select c.conversion_key, c.conversion_id, 1 as by_user, v.*
  from wanted v
  join others c on c.user_key = v.user_key and c.user_id = v.user_id and c.conversion_micros >= unix_micros(v.event_time)
  where v.in_time
  union all
  select c.conversion_key, c.conversion_id, 0, v.*
  from wanted v
  join others c on c.impression_id = v.event_id
),
views as (
  select distinct
    v.conversion_key,
    v.conversion_id,
    v.event_id as touch_id,
    v.event_key as touch_key,
    unix_micros(v.event_time) as touch_micros,
    coalesce(v.ivt_reason, f.ivt_reason) as touch_ivt_reason,
    coalesce(v.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(v.creative_id, '(unknown)') as creative_id,
    coalesce(v.ad_group_id, r.ad_group_id, '(unknown)') as ad_group_id,
    coalesce(v.site_id, '(unknown)') as site_id,
    coalesce(v.domain, '(unknown)') as domain,
    coalesce(v.device_type, '(unknown)') as device_type,
    coalesce(v.country, '(unknown)') as country,
    coalesce(v.region, '(unknown)') as region,
    coalesce(v.content_category, '(unknown)') as content_category
  from views_met v
  join others c on c.conversion_key = v.conversion_key and c.conversion_id = v.conversion_id
  left join invalid_rates f on f.event_kind = 'impression' and f.event_key = v.event_key and f.event_id = v.event_id
  left join creatives r on r.creative_id = v.creative_id
  left join campaigns g on g.campaign_id = coalesce(v.campaign_id, r.campaign_id)
  where coalesce(g.view_window_micros, 86400000000) > 0
    and c.conversion_micros - unix_micros(v.event_time) between 0 and coalesce(g.view_window_micros, 86400000000)
    and (
      v.by_user = 0
      or coalesce(g.advertiser_id, v.advertiser_id) = c.advertiser_id
      or ((coalesce(g.advertiser_id, v.advertiser_id) is null or c.advertiser_id is null)
        and coalesce(v.campaign_id, r.campaign_id, '(unknown)') = c.campaign_id and coalesce(v.campaign_id, r.campaign_id, '(unknown)') <> '(unknown)'))
),
touches as (
  select 'click' as touch_kind, * from clicks
  union all
  select 'view', * from views
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
from touches
