-- How often impressions were clicked and converted by what surrounded them (docs/terms.md, Features): device, place, part of day, weekday
-- (1 is Monday), season, content category. A click counts where its impression does, if it has one, a conversion where
-- the impression of its last touch does. net_… leaves out invalid traffic and repeated orders.
--
-- grain: device_type, country, region, part_of_day, weekday, season, content_category
-- refresh: replace
-- input: context_rollup
-- input: invalid_rates
-- input: click_attribution
-- input: conversion_attribution
-- input: creatives; columns creative_id, campaign_id
-- input: sites; columns site_id, content_category
-- input: campaign_clocks
-- input: southern_countries
--
-- column: device_type string
-- column: country string
-- column: region string
-- column: part_of_day string
-- column: weekday long
-- column: season string
-- column: content_category string
-- column: impressions long
-- column: net_impressions long
-- column: clicks long
-- column: net_clicks long
-- column: click_conversions long
-- column: net_click_conversions long
-- column: view_conversions long
-- column: net_view_conversions long
-- column: ctr double
-- column: net_ctr double
--
-- check: not_null(device_type, country, region, part_of_day, weekday, season, content_category, impressions, clicks)
-- check: unique(device_type, country, region, part_of_day, weekday, season, content_category)

with
credits as (
  select touch_id, count(*) as conversions, count(case when last_touch_net_millionths > 0 then 1 end) as net_conversions
  from conversion_attribution
  where touch_kind = 'click' and last_touch_millionths > 0
  group by touch_id
),
-- Each at the time of its impression, in the clock of that impression's campaign.
events as (
  select
    coalesce(k.impression_campaign_id, k.campaign_id) as campaign_id,
    unix_micros(k.event_time) - k.micros_since_impression as micros,
    k.device_type,
    k.country,
    k.region,
    k.content_category,
    k.site_id,
    0 as net_impressions,
    1 as clicks,
    case when k.ivt_reason is null then 1 else 0 end as net_clicks,
    coalesce(c.conversions, 0) as click_conversions,
    coalesce(c.net_conversions, 0) as net_click_conversions,
    0 as view_conversions,
    0 as net_view_conversions
  from click_attribution k
  left join credits c on c.touch_id = k.click_id
  where k.match_basis <> 'unmatched'
  union all
  select
    campaign_id, unix_micros(touch_time), device_type, country, region, content_category, site_id,
    0, 0, 0, 0, 0, 1, case when last_touch_net_millionths > 0 then 1 else 0 end
  from conversion_attribution
  where touch_kind = 'view' and last_touch_millionths > 0
  union all
  select
    coalesce(i.campaign_id, r.campaign_id, '(unknown)'),
    unix_micros(i.event_time),
    coalesce(i.device_type, '(unknown)'),
    coalesce(i.country, '(unknown)'),
    coalesce(i.region, '(unknown)'),
    coalesce(i.content_category, '(unknown)'),
    i.site_id,
    -1, 0, 0, 0, 0, 0, 0
  from invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
),
local_events as (
  select
    e.*,
    case when e.content_category = '(unknown)' then coalesce(s.content_category, '(unknown)') else e.content_category end as category,
    e.micros + coalesce(c.offset_micros, 0) as local_micros
  from events e
  left join sites s on s.site_id = e.site_id
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
),
counted as (
  select
    local_date, part_of_day, device_type, country, region, content_category,
    impressions, valid_impressions as net_impressions,
    0 as clicks, 0 as net_clicks, 0 as click_conversions, 0 as net_click_conversions, 0 as view_conversions, 0 as net_view_conversions
  from context_rollup
  union all
  select
    cast(timestamp_micros(local_micros) as date),
    case
      when local_micros % 86400000000 < 21600000000 then 'night'
      when local_micros % 86400000000 < 43200000000 then 'morning'
      when local_micros % 86400000000 < 64800000000 then 'afternoon'
      else 'evening'
    end,
    device_type, country, region, category,
    0, net_impressions, clicks, net_clicks, click_conversions, net_click_conversions, view_conversions, net_view_conversions
  from local_events
),
seasonal as (
  select
    c.*,
    -- The first day of 1970 was a Thursday.
    (unix_micros(cast(c.local_date as timestamp)) / 86400000000 + 3) % 7 + 1 as weekday,
    case
      when c.country = '(unknown)' then '(unknown)'
      when s.country is null and month(c.local_date) in (3, 4, 5) or s.country is not null and month(c.local_date) in (9, 10, 11) then 'spring'
      when s.country is null and month(c.local_date) in (6, 7, 8) or s.country is not null and month(c.local_date) in (12, 1, 2) then 'summer'
      when s.country is null and month(c.local_date) in (9, 10, 11) or s.country is not null and month(c.local_date) in (3, 4, 5) then 'autumn'
      else 'winter'
    end as season
  from counted c
  left join southern_countries s on s.country = c.country
),
sums as (
  select
    device_type,
    country,
    region,
    part_of_day,
    weekday,
    season,
    content_category,
    sum(impressions) as impressions,
    sum(net_impressions) as net_impressions,
    sum(clicks) as clicks,
    sum(net_clicks) as net_clicks,
    sum(click_conversions) as click_conversions,
    sum(net_click_conversions) as net_click_conversions,
    sum(view_conversions) as view_conversions,
    sum(net_view_conversions) as net_view_conversions
  from seasonal
  group by 1, 2, 3, 4, 5, 6, 7
)
select
  device_type,
  country,
  region,
  part_of_day,
  weekday,
  season,
  content_category,
  impressions,
  net_impressions,
  clicks,
  net_clicks,
  click_conversions,
  net_click_conversions,
  view_conversions,
  net_view_conversions,
  cast(clicks as double) / nullif(impressions, 0) as ctr,
  cast(net_clicks as double) / nullif(net_impressions, 0) as net_ctr
from sums
order by device_type, country, region, content_category, weekday, part_of_day
