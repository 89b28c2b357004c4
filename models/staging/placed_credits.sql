-- What each model gives to each touch of a conversion, twice: at the time of the conversion and at the time of the touch, in local time
-- of the touch's campaign. Touches that a model gives nothing have no row.
--
-- grain: basis, model, conversion_id, touch_id
-- refresh: temporary
-- input: conversion_attribution
-- input: campaign_terms
-- input: campaign_clocks
--
-- column: basis string
-- column: model string
-- column: micros long
-- column: local_date date
-- column: local_hour long
-- column: touch_kind string
-- column: campaign_id string
-- column: ad_group_id string
-- column: creative_id string
-- column: site_id string
-- column: device_type string
-- column: country string
-- column: region string
-- column: currency string
-- column: is_primary boolean
-- column: millionths long
-- column: revenue_micros long
-- column: net_millionths long
-- column: net_revenue_micros long

with
bases as (
  select 'conversion' as basis
  union all
  select 'interaction'
),
models as (
  select 'last_touch' as model
  union all
  select 'first_touch'
  union all
  select 'linear'
  union all
  select 'time_decay'
  union all
  select 'position'
),
given as (
  select
    b.basis,
    m.model,
    unix_micros(case when b.basis = 'conversion' then a.conversion_time else a.touch_time end) as micros,
    a.touch_kind,
    a.campaign_id,
    a.ad_group_id,
    a.creative_id,
    case when a.site_id <> '(unknown)' then a.site_id else a.domain end as site_id,
    a.device_type,
    a.country,
    a.region,
    a.currency,
    a.conversion_type,
    case m.model
      when 'last_touch' then a.last_touch_millionths
      when 'first_touch' then a.first_touch_millionths
      when 'linear' then a.linear_millionths
      when 'time_decay' then a.time_decay_millionths
      when 'position' then a.position_millionths
    end as millionths,
    case m.model
      when 'last_touch' then a.last_touch_revenue_micros
      when 'first_touch' then a.first_touch_revenue_micros
      when 'linear' then a.linear_revenue_micros
      when 'time_decay' then a.time_decay_revenue_micros
      when 'position' then a.position_revenue_micros
    end as revenue_micros,
    case m.model
      when 'last_touch' then a.last_touch_net_millionths
      when 'first_touch' then a.first_touch_net_millionths
      when 'linear' then a.linear_net_millionths
      when 'time_decay' then a.time_decay_net_millionths
      when 'position' then a.position_net_millionths
    end as net_millionths,
    case m.model
      when 'last_touch' then a.last_touch_net_revenue_micros
      when 'first_touch' then a.first_touch_net_revenue_micros
      when 'linear' then a.linear_net_revenue_micros
      when 'time_decay' then a.time_decay_net_revenue_micros
      when 'position' then a.position_net_revenue_micros
    end as net_revenue_micros
  from conversion_attribution a
  cross join bases b
  cross join models m
),
local_times as (
  select g.*, g.micros + coalesce(c.offset_micros, 0) as local_micros
  from given g
  left join campaign_clocks c on c.campaign_id = g.campaign_id and g.micros >= c.from_micros and g.micros < c.to_micros
  where g.millionths <> 0 or g.revenue_micros <> 0
)
select
  l.basis,
  l.model,
  l.micros,
  cast(timestamp_micros(l.local_micros) as date) as local_date,
  (l.local_micros % 86400000000 - l.local_micros % 3600000000) / 3600000000 as local_hour,
  l.touch_kind,
  l.campaign_id,
  l.ad_group_id,
  l.creative_id,
  l.site_id,
  l.device_type,
  l.country,
  l.region,
  l.currency,
  t.primary_types is null or instr(t.primary_types, concat('|', lower(l.conversion_type), '|')) > 0 as is_primary,
  l.millionths,
  l.revenue_micros,
  l.net_millionths,
  l.net_revenue_micros
from local_times l
left join campaign_terms t on t.campaign_id = l.campaign_id
