-- Conversions and revenue that each model of credit gives to each campaign's local day, in the dimensions of performance
-- (docs/terms.md, Credit): in millionths of a conversion, on the day of the conversion and on that of the touch. Credits stand in the
-- row of the campaign's currency, money in the row of its own.
--
-- grain: dimension, model, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: replace
-- input: conversion_attribution
-- input: placed_credits
-- input: campaign_currencies
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
-- column: is_foreign boolean
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
-- column: revenues_by_interaction long
-- column: revenues_by_conversion long
-- column: net_revenues_by_interaction long
-- column: net_revenues_by_conversion long
-- column: revenue_by_interaction_micros long
-- column: revenue_by_conversion_micros long
-- column: net_revenue_by_interaction_micros long
-- column: net_revenue_by_conversion_micros long
--
-- check: not_null(dimension, model, campaign_id, local_date)
-- check: unique(dimension, model, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency)

with
placed as (
  select
    p.*,
    c.currency as campaign_currency,
    p.currency is not null and p.currency is distinct from c.currency as is_foreign
  from placed_credits p
  left join campaign_currencies c on c.campaign_id = p.campaign_id
),
-- Money of another currency than the campaign's stands in a row of its own.
credits as (
  select
    model, basis, touch_kind, is_primary,
    campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    campaign_currency as currency,
    false as is_foreign,
    is_net,
    millionths,
    net_millionths,
    case when not is_foreign then revenue_micros end as revenue_micros,
    case when not is_foreign then net_revenue_micros end as net_revenue_micros
  from placed
  union all
  select
    model, basis, touch_kind, is_primary,
    campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    currency,
    true,
    is_net,
    0,
    0,
    revenue_micros,
    net_revenue_micros
  from placed
  where is_foreign and revenue_micros is not null
)
select
  case
    when grouping(local_hour) = 0 then 'campaign'
    when grouping(creative_id) = 0 then 'creative'
    when grouping(site_id) = 0 then 'site'
    when grouping(device_type) = 0 then 'device'
    else 'geo'
  end as dimension,
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
  is_foreign,
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
  count(case when basis = 'interaction' then revenue_micros end) as revenues_by_interaction,
  count(case when basis = 'conversion' then revenue_micros end) as revenues_by_conversion,
  count(case when basis = 'interaction' and is_net then revenue_micros end) as net_revenues_by_interaction,
  count(case when basis = 'conversion' and is_net then revenue_micros end) as net_revenues_by_conversion,
  coalesce(sum(case when basis = 'interaction' then revenue_micros end), 0) as revenue_by_interaction_micros,
  coalesce(sum(case when basis = 'conversion' then revenue_micros end), 0) as revenue_by_conversion_micros,
  coalesce(sum(case when basis = 'interaction' then net_revenue_micros end), 0) as net_revenue_by_interaction_micros,
  coalesce(sum(case when basis = 'conversion' then net_revenue_micros end), 0) as net_revenue_by_conversion_micros
from credits
group by grouping sets (
  (model, campaign_id, local_date, local_hour, currency, is_foreign),
  (model, campaign_id, local_date, ad_group_id, creative_id, currency, is_foreign),
  (model, campaign_id, local_date, site_id, currency, is_foreign),
  (model, campaign_id, local_date, device_type, currency, is_foreign),
  (model, campaign_id, local_date, country, region, currency, is_foreign))
order by dimension, model, campaign_id, local_date
