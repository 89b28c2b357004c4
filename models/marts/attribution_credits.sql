-- Conversions and revenue that each model of credit gives to each campaign's local day, in the dimensions of performance
-- (docs/terms.md, Credit): in millionths of a conversion, on the day of the conversion and on that of the touch. Credits stand in the
-- row of the campaign's currency, money in the row of its own.
--
-- grain: dimension, model, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: replace
-- input: conversion_attribution
-- input: placed_credits
-- input: campaign_currencies
-- input: dimensions
--
-- column: dimension string
-- column: model string
-- column: campaign_id string
-- column: local_date date
-- column: local_hour long
-- column: ad_group_id string
-- column: creative_id string
-- column: site_id string
-- column: device_type string
-- column: country string
-- column: region string
-- column: currency string
-- column: click_millionths_by_interaction long
-- column: click_millionths_by_conversion long
-- column: view_millionths_by_interaction long
-- column: view_millionths_by_conversion long
-- column: primary_millionths_by_interaction long
-- column: primary_millionths_by_conversion long
-- column: net_click_millionths_by_interaction long
-- column: net_click_millionths_by_conversion long
-- column: net_view_millionths_by_interaction long
-- column: net_view_millionths_by_conversion long
-- column: net_primary_millionths_by_interaction long
-- column: net_primary_millionths_by_conversion long
-- column: revenue_by_interaction_micros long
-- column: revenue_by_conversion_micros long
-- column: net_revenue_by_interaction_micros long
-- column: net_revenue_by_conversion_micros long
--
-- check: not_null(dimension, model, campaign_id, local_date)
-- check: unique(dimension, model, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency)

with
spread as (
  select
    d.dimension,
    p.model,
    p.basis,
    p.touch_kind,
    p.is_primary,
    p.campaign_id,
    p.local_date,
    case when d.dimension = 'campaign' then p.local_hour end as local_hour,
    case when d.dimension = 'creative' then p.ad_group_id end as ad_group_id,
    case when d.dimension = 'creative' then p.creative_id end as creative_id,
    case when d.dimension = 'site' then p.site_id end as site_id,
    case when d.dimension = 'device' then p.device_type end as device_type,
    case when d.dimension = 'geo' then p.country end as country,
    case when d.dimension = 'geo' then p.region end as region,
    c.currency as campaign_currency,
    coalesce(p.currency, c.currency) as money_currency,
    p.millionths,
    p.net_millionths,
    p.revenue_micros,
    p.net_revenue_micros
  from placed_credits p
  cross join dimensions d
  left join campaign_currencies c on c.campaign_id = p.campaign_id
),
credits as (
  select
    dimension, model, basis, touch_kind, is_primary,
    campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    campaign_currency as currency,
    millionths, net_millionths, cast(null as bigint) as revenue_micros, cast(null as bigint) as net_revenue_micros
  from spread
  union all
  select
    dimension, model, basis, touch_kind, is_primary,
    campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    money_currency,
    0, 0, revenue_micros, net_revenue_micros
  from spread
  where revenue_micros is not null
)
select
  dimension,
  model,
  campaign_id,
  local_date,
  local_hour,
  ad_group_id,
  creative_id,
  site_id,
  device_type,
  country,
  region,
  currency,
  sum(case when basis = 'interaction' and touch_kind = 'click' then millionths else 0 end) as click_millionths_by_interaction,
  sum(case when basis = 'conversion' and touch_kind = 'click' then millionths else 0 end) as click_millionths_by_conversion,
  sum(case when basis = 'interaction' and touch_kind = 'view' then millionths else 0 end) as view_millionths_by_interaction,
  sum(case when basis = 'conversion' and touch_kind = 'view' then millionths else 0 end) as view_millionths_by_conversion,
  sum(case when basis = 'interaction' and is_primary then millionths else 0 end) as primary_millionths_by_interaction,
  sum(case when basis = 'conversion' and is_primary then millionths else 0 end) as primary_millionths_by_conversion,
  sum(case when basis = 'interaction' and touch_kind = 'click' then net_millionths else 0 end) as net_click_millionths_by_interaction,
  sum(case when basis = 'conversion' and touch_kind = 'click' then net_millionths else 0 end) as net_click_millionths_by_conversion,
  sum(case when basis = 'interaction' and touch_kind = 'view' then net_millionths else 0 end) as net_view_millionths_by_interaction,
  sum(case when basis = 'conversion' and touch_kind = 'view' then net_millionths else 0 end) as net_view_millionths_by_conversion,
  sum(case when basis = 'interaction' and is_primary then net_millionths else 0 end) as net_primary_millionths_by_interaction,
  sum(case when basis = 'conversion' and is_primary then net_millionths else 0 end) as net_primary_millionths_by_conversion,
  coalesce(sum(case when basis = 'interaction' then revenue_micros end), 0) as revenue_by_interaction_micros,
  coalesce(sum(case when basis = 'conversion' then revenue_micros end), 0) as revenue_by_conversion_micros,
  coalesce(sum(case when basis = 'interaction' then net_revenue_micros end), 0) as net_revenue_by_interaction_micros,
  coalesce(sum(case when basis = 'conversion' then net_revenue_micros end), 0) as net_revenue_by_conversion_micros
from credits
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
order by dimension, model, campaign_id, local_date
