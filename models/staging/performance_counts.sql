-- All that performance counts, in every dimension and in local time: impressions as sums, clicks, conversions and credits one by one.
-- Written down between the steps, as all of it at once is more than an engine's memory.
--
-- grain: dimension, kind, basis, campaign_id, local_date
-- refresh: temporary
-- input: impression_rollup
-- input: context_daily
-- input: invalid_rates
-- input: click_attribution
-- input: conversions
-- input: conversion_attribution
-- input: placed_credits
-- input: duplicate_orders
-- input: creatives; columns creative_id, campaign_id, ad_group_id
-- input: campaign_clocks
-- input: rate_spans
-- input: dimensions
--
-- column: dimension string
-- column: kind string
-- column: basis string
-- column: touch_kind string
-- column: is_primary boolean
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
-- column: rate_from_micros long
-- column: events long
-- column: net_events long
-- column: measured long
-- column: viewable long
-- column: net_measured long
-- column: net_viewable long
-- column: unmatched long
-- column: money_micros long
-- column: net_money_micros long

with
buckets as (
  select
    coalesce(b.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(b.ad_group_id, r.ad_group_id, '(unknown)') as ad_group_id,
    coalesce(b.creative_id, '(unknown)') as creative_id,
    unix_micros(b.bucket_start) as micros,
    b.currency,
    b.impressions,
    b.valid_impressions,
    b.measured,
    b.viewable,
    b.valid_measured,
    b.valid_viewable,
    b.cost_micros
  from impression_rollup b
  left join creatives r on r.creative_id = b.creative_id
),
local_buckets as (
  select
    b.*,
    cast(timestamp_micros(b.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    ((b.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (b.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour,
    t.from_micros as rate_from_micros
  from buckets b
  left join campaign_clocks c on c.campaign_id = b.campaign_id and b.micros >= c.from_micros and b.micros < c.to_micros
  left join rate_spans t on t.campaign_id = b.campaign_id and b.micros >= t.from_micros and b.micros < t.to_micros
),
-- The many rows of sums become few before anything else is done with them.
impressions_summed as (
  select
    case when grouping(creative_id) = 0 then 'creative' else 'campaign' end as dimension,
    campaign_id, ad_group_id, creative_id,
    cast(null as string) as site_id, cast(null as string) as device_type, cast(null as string) as country, cast(null as string) as region,
    currency, local_date, local_hour, rate_from_micros,
    sum(impressions) as impressions, sum(valid_impressions) as valid_impressions,
    sum(measured) as measured, sum(viewable) as viewable,
    sum(valid_measured) as valid_measured, sum(valid_viewable) as valid_viewable,
    sum(cost_micros) as cost_micros
  from local_buckets
  group by grouping sets (
    (campaign_id, currency, local_date, local_hour, rate_from_micros),
    (campaign_id, ad_group_id, creative_id, currency, local_date, rate_from_micros))
  union all
  select
    dimension,
    campaign_id, null, null, site_id, device_type, country, region,
    currency, local_date, null, rate_from_micros,
    sum(impressions), sum(valid_impressions), sum(measured), sum(viewable), sum(valid_measured), sum(valid_viewable), sum(cost_micros)
  from context_daily
  group by dimension, campaign_id, site_id, device_type, country, region, currency, local_date, rate_from_micros
),
invalid_conversions as (
  select conversion_key, conversion_id, max(ivt_reason) as ivt_reason
  from conversion_attribution
  group by conversion_key, conversion_id
),
-- Events one by one: clicks, impressions that came too fast (taken out of net), conversions under their own campaign.
events as (
  select
    'click' as kind,
    campaign_id,
    ad_group_id,
    creative_id,
    case when site_id <> '(unknown)' then site_id else domain end as site_id,
    device_type,
    country,
    region,
    currency,
    unix_micros(event_time) as micros,
    1 as events,
    case when ivt_reason is null then 1 else 0 end as net_events,
    0 as net_measured,
    0 as net_viewable,
    case when match_basis = 'unmatched' then 1 else 0 end as unmatched,
    cost_micros as money_micros
  from click_attribution
  union all
  select
    'invalid impression',
    coalesce(i.campaign_id, r.campaign_id, '(unknown)'),
    coalesce(i.ad_group_id, r.ad_group_id, '(unknown)'),
    coalesce(i.creative_id, '(unknown)'),
    coalesce(i.site_id, i.domain, '(unknown)'),
    coalesce(i.device_type, '(unknown)'),
    coalesce(i.country, '(unknown)'),
    coalesce(i.region, '(unknown)'),
    i.currency,
    unix_micros(i.event_time),
    0,
    -1,
    case when i.is_viewable is not null and coalesce(i.is_measurable, true) then -1 else 0 end,
    case when i.is_viewable and coalesce(i.is_measurable, true) then -1 else 0 end,
    0,
    null
  from invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
  union all
  select
    case when v.conversion_key is null then 'unattributed' else 'tagged' end,
    coalesce(c.campaign_id, '(unknown)'),
    null, null, null, null, null, null,
    c.currency,
    unix_micros(c.event_time),
    1,
    case when c.ivt_reason is null and v.ivt_reason is null and o.conversion_key is null then 1 else 0 end,
    0,
    0,
    0,
    null
  from conversions c
  left join invalid_conversions v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
  left join duplicate_orders o on o.conversion_key = c.event_key and o.conversion_id = c.event_id
),
local_events as (
  select
    e.*,
    cast(timestamp_micros(e.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    ((e.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (e.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour
  from events e
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
),
small_events as (
  select
    kind, cast(null as string) as basis, cast(null as string) as touch_kind, cast(null as boolean) as is_primary,
    campaign_id, ad_group_id, creative_id, site_id, device_type, country, region, currency, micros, local_date, local_hour,
    events, net_events, net_measured, net_viewable, unmatched, money_micros, cast(null as bigint) as net_money_micros
  from local_events
  union all
  select
    'credit', basis, touch_kind, is_primary,
    campaign_id, ad_group_id, creative_id, site_id, device_type, country, region, currency, micros, local_date, local_hour,
    1, case when net_millionths > 0 then 1 else 0 end, 0, 0, 0, revenue_micros, net_revenue_micros
  from placed_credits
  where model = 'last_touch'
)
select
  d.dimension, e.kind, e.basis, e.touch_kind, e.is_primary,
  e.campaign_id, e.local_date,
  case when d.dimension = 'campaign' then e.local_hour end as local_hour,
  case when d.dimension = 'creative' then e.ad_group_id end as ad_group_id,
  case when d.dimension = 'creative' then e.creative_id end as creative_id,
  case when d.dimension = 'site' then e.site_id end as site_id,
  case when d.dimension = 'device' then e.device_type end as device_type,
  case when d.dimension = 'geo' then e.country end as country,
  case when d.dimension = 'geo' then e.region end as region,
  e.currency, t.from_micros as rate_from_micros,
  e.events, e.net_events, 0 as measured, 0 as viewable, e.net_measured, e.net_viewable, e.unmatched,
  e.money_micros, e.net_money_micros
from small_events e
cross join dimensions d
left join rate_spans t on t.campaign_id = e.campaign_id and e.micros >= t.from_micros and e.micros < t.to_micros
where d.dimension = 'campaign' or e.kind in ('click', 'invalid impression', 'credit')
union all
select
  dimension, 'impression', null, null, null,
  campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
  currency, rate_from_micros,
  impressions, valid_impressions, measured, viewable, valid_measured, valid_viewable, 0,
  cost_micros, null
from impressions_summed
