-- What each model gives to each touch of a conversion, or takes back from it by an adjustment, twice: at the time of the conversion and at
-- the time of the touch, in local time of the touch's campaign. Touches that a model gives nothing have no row.
--
-- grain: basis, model, conversion_id, touch_id
-- input: conversion_attribution
-- input: conversion_types
-- input: campaign_terms
-- input: campaign_clocks

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
touches as (
  select
    b.basis,
    unix_micros(case when b.basis = 'conversion' then a.conversion_time else a.touch_time end) as micros,
    a.*
  from conversion_attribution a
  cross join bases b
),
local_touches as (
  select
    t.*,
    t.micros + coalesce(c.offset_micros, 0) as local_micros,
    g.primary_types is null or instr(g.primary_types, concat('|', coalesce(y.plain_type, ''), '|')) > 0 as is_primary
  from touches t
  left join campaign_clocks c on c.campaign_id = t.campaign_id and t.micros >= c.from_micros and t.micros < c.to_micros
  left join campaign_terms g on g.campaign_id = t.campaign_id
  left join conversion_types y on y.conversion_type = t.conversion_type
),
given as (
  select
    t.basis,
    m.model,
    t.micros,
    cast(timestamp_micros(t.local_micros) as date) as local_date,
    (t.local_micros % 86400000000 - t.local_micros % 3600000000) / 3600000000 as local_hour,
    t.touch_kind,
    t.adjusts_conversion_id is not null as is_adjustment,
    t.campaign_id,
    t.ad_group_id,
    t.creative_id,
    case when t.site_id <> '(unknown)' then t.site_id else t.domain end as site_id,
    t.device_type,
    t.country,
    t.region,
    t.currency,
    t.is_primary,
    -- What is taken back from a touch is an amount also where it is 0: another currency is another.
    t.adjusts_conversion_id is not null and case m.model when 'last_touch' then t.position = t.touches when 'first_touch' then t.position = 1 else true end
      as is_taken,
    t.ivt_reason is null and not t.is_duplicate_order and t.touch_ivt_reason is null as is_net,
    case m.model
      when 'last_touch' then t.last_touch_millionths
      when 'first_touch' then t.first_touch_millionths
      when 'linear' then t.linear_millionths
      when 'time_decay' then t.time_decay_millionths
      when 'position' then t.position_millionths
    end as millionths,
    case m.model
      when 'last_touch' then t.last_touch_revenue_micros
      when 'first_touch' then t.first_touch_revenue_micros
      when 'linear' then t.linear_revenue_micros
      when 'time_decay' then t.time_decay_revenue_micros
      when 'position' then t.position_revenue_micros
    end as revenue_micros,
    case m.model
      when 'last_touch' then t.last_touch_net_millionths
      when 'first_touch' then t.first_touch_net_millionths
      when 'linear' then t.linear_net_millionths
      when 'time_decay' then t.time_decay_net_millionths
      when 'position' then t.position_net_millionths
    end as net_millionths,
    case m.model
      when 'last_touch' then t.last_touch_net_revenue_micros
      when 'first_touch' then t.first_touch_net_revenue_micros
      when 'linear' then t.linear_net_revenue_micros
      when 'time_decay' then t.time_decay_net_revenue_micros
      when 'position' then t.position_net_revenue_micros
    end as net_revenue_micros
  from local_touches t
  cross join models m
)
select
  basis, model, micros, local_date, local_hour, touch_kind, is_adjustment,
  campaign_id, ad_group_id, creative_id, site_id, device_type, country, region, currency,
  is_primary, is_net, millionths, revenue_micros, net_millionths, net_revenue_micros
from given
where millionths <> 0 or revenue_micros <> 0 or (is_taken and revenue_micros is not null)
