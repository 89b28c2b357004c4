-- What each campaign did on each local day (docs/terms.md, Metrics), once whole and by the hour (dimension 'campaign') and once for each
-- creative, site, device type, and country and region: totals over any dimension are the same. Counts stand in the row of the
-- campaign's currency, money in the row of its own. net_… leaves out invalid traffic and repeated orders; media cost and spend
-- are what is billed, invalid included. Credits are those of last touch (attribution_credits has all models). Ratios belong to
-- reports, which divide sums by sums. Of a dimension only its own columns are set.
--
-- grain: dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: replace
-- input: impression_rollup
-- input: context_daily
-- input: invalid_rates
-- input: click_attribution
-- input: conversions
-- input: conversion_attribution
-- input: placed_credits
-- input: duplicate_orders
-- input: creatives; columns creative_id, campaign_id, ad_group_id
-- input: campaign_terms
-- input: campaign_clocks
-- input: rate_spans
-- input: campaign_rates
--
-- column: dimension string
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
-- column: impressions long
-- column: net_impressions long
-- column: measured long
-- column: viewable long
-- column: net_measured long
-- column: net_viewable long
-- column: clicks long
-- column: unmatched_clicks long
-- column: net_clicks long
-- column: tagged_conversions long
-- column: net_tagged_conversions long
-- column: unattributed_conversions long
-- column: click_conversions_by_interaction long
-- column: click_conversions_by_conversion long
-- column: view_conversions_by_interaction long
-- column: view_conversions_by_conversion long
-- column: primary_conversions_by_interaction long
-- column: primary_conversions_by_conversion long
-- column: net_click_conversions_by_interaction long
-- column: net_click_conversions_by_conversion long
-- column: net_view_conversions_by_interaction long
-- column: net_view_conversions_by_conversion long
-- column: net_primary_conversions_by_interaction long
-- column: net_primary_conversions_by_conversion long
-- column: revenue_by_interaction_micros long
-- column: revenue_by_conversion_micros long
-- column: net_revenue_by_interaction_micros long
-- column: net_revenue_by_conversion_micros long
-- column: media_cost_micros long
-- column: spend_micros long
-- column: unpriced_events long
--
-- check: not_null(dimension, campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency)

with
dimensions as (
  select 'campaign' as dimension
  union all
  select 'creative'
  union all
  select 'site'
  union all
  select 'device'
  union all
  select 'geo'
),
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
),
counted as (
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
),
-- A campaign that nobody described has the currency that all its events carry, if it is one.
seen_currencies as (
  select campaign_id, case when min(currency) = max(currency) then min(currency) end as currency
  from counted
  group by campaign_id
),
rates as (
  select campaign_id, pricing_model, rate_per_event_micros, coalesce(unix_micros(valid_from), -9223372036854775807) as from_micros
  from campaign_rates
),
priced_campaigns as (
  select distinct campaign_id from rates
),
priced as (
  select
    e.*,
    coalesce(g.currency, s.currency) as campaign_currency,
    coalesce(e.currency, g.currency, s.currency) as money_currency,
    p.campaign_id is not null as is_priced,
    t.pricing_model,
    t.rate_per_event_micros
  from counted e
  left join campaign_terms g on g.campaign_id = e.campaign_id
  left join seen_currencies s on s.campaign_id = e.campaign_id
  left join priced_campaigns p on p.campaign_id = e.campaign_id
  left join rates t on t.campaign_id = e.campaign_id and t.from_micros = e.rate_from_micros
),
-- Money of another currency than the campaign's stands in a row of its own.
paid as (
  select *, money_micros is not null and money_currency is distinct from campaign_currency as is_foreign from priced
),
measures as (
  select
    dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    campaign_currency as currency,
    kind, basis, touch_kind, is_primary,
    events, net_events, measured, viewable, net_measured, net_viewable, unmatched,
    case when kind in ('impression', 'click') and not is_foreign then money_micros end as media_cost_micros,
    case when kind = 'credit' and not is_foreign then money_micros end as revenue_micros,
    case when kind = 'credit' and not is_foreign then net_money_micros end as net_revenue_micros,
    case
      when pricing_model = 'cpm' and kind = 'impression' then events * rate_per_event_micros
      when pricing_model = 'cpc' and kind = 'click' then events * rate_per_event_micros
      when pricing_model = 'cpa' and kind = 'credit' and basis = 'conversion' then net_events * rate_per_event_micros
      when pricing_model is not null and kind in ('impression', 'click') then 0
      when kind in ('impression', 'click') and not is_priced and not is_foreign then money_micros
    end as spend_micros,
    case when is_priced and pricing_model is null and kind in ('impression', 'click') then events else 0 end as unpriced_events,
    is_priced
  from paid
  union all
  select
    dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    money_currency,
    kind, basis, touch_kind, is_primary,
    0, 0, 0, 0, 0, 0, 0,
    case when kind in ('impression', 'click') then money_micros end,
    case when kind = 'credit' then money_micros end,
    case when kind = 'credit' then net_money_micros end,
    case when kind in ('impression', 'click') and not is_priced then money_micros end,
    0,
    is_priced
  from paid
  where is_foreign
),
sums as (
  select
    dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency,
    sum(case when kind = 'impression' then events else 0 end) as impressions,
    sum(case when kind in ('impression', 'invalid impression') then net_events else 0 end) as net_impressions,
    sum(measured) as measured,
    sum(viewable) as viewable,
    sum(net_measured) as net_measured,
    sum(net_viewable) as net_viewable,
    sum(case when kind = 'click' then events else 0 end) as clicks,
    sum(unmatched) as unmatched_clicks,
    sum(case when kind = 'click' then net_events else 0 end) as net_clicks,
    sum(case when kind in ('tagged', 'unattributed') then events else 0 end) as tagged_conversions,
    sum(case when kind in ('tagged', 'unattributed') then net_events else 0 end) as net_tagged_conversions,
    sum(case when kind = 'unattributed' then events else 0 end) as unattributed_conversions,
    sum(case when kind = 'credit' and basis = 'interaction' and touch_kind = 'click' then events else 0 end) as click_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and touch_kind = 'click' then events else 0 end) as click_conversions_by_conversion,
    sum(case when kind = 'credit' and basis = 'interaction' and touch_kind = 'view' then events else 0 end) as view_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and touch_kind = 'view' then events else 0 end) as view_conversions_by_conversion,
    sum(case when kind = 'credit' and basis = 'interaction' and is_primary then events else 0 end) as primary_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and is_primary then events else 0 end) as primary_conversions_by_conversion,
    sum(case when kind = 'credit' and basis = 'interaction' and touch_kind = 'click' then net_events else 0 end) as net_click_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and touch_kind = 'click' then net_events else 0 end) as net_click_conversions_by_conversion,
    sum(case when kind = 'credit' and basis = 'interaction' and touch_kind = 'view' then net_events else 0 end) as net_view_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and touch_kind = 'view' then net_events else 0 end) as net_view_conversions_by_conversion,
    sum(case when kind = 'credit' and basis = 'interaction' and is_primary then net_events else 0 end) as net_primary_conversions_by_interaction,
    sum(case when kind = 'credit' and basis = 'conversion' and is_primary then net_events else 0 end) as net_primary_conversions_by_conversion,
    sum(case when basis = 'interaction' then revenue_micros end) as revenue_by_interaction_micros,
    sum(case when basis = 'conversion' then revenue_micros end) as revenue_by_conversion_micros,
    sum(case when basis = 'interaction' then net_revenue_micros end) as net_revenue_by_interaction_micros,
    sum(case when basis = 'conversion' then net_revenue_micros end) as net_revenue_by_conversion_micros,
    sum(media_cost_micros) as media_cost_micros,
    sum(spend_micros) as spend_micros,
    sum(unpriced_events) as unpriced_events,
    max(case when is_priced then 1 else 0 end) as is_priced
  from measures
  group by dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
),
-- Whether a day has a price is judged for the campaign's whole day: then hours, sites and devices add up to it.
judged as (
  select
    *,
    sum(spend_micros) over (partition by dimension, campaign_id, local_date, currency) as day_spend_micros,
    sum(impressions + clicks) over (partition by dimension, campaign_id, local_date, currency) as day_events
  from sums
)
select
  dimension,
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
  impressions,
  net_impressions,
  measured,
  viewable,
  net_measured,
  net_viewable,
  clicks,
  unmatched_clicks,
  net_clicks,
  tagged_conversions,
  net_tagged_conversions,
  unattributed_conversions,
  click_conversions_by_interaction,
  click_conversions_by_conversion,
  view_conversions_by_interaction,
  view_conversions_by_conversion,
  primary_conversions_by_interaction,
  primary_conversions_by_conversion,
  net_click_conversions_by_interaction,
  net_click_conversions_by_conversion,
  net_view_conversions_by_interaction,
  net_view_conversions_by_conversion,
  net_primary_conversions_by_interaction,
  net_primary_conversions_by_conversion,
  coalesce(revenue_by_interaction_micros, 0) as revenue_by_interaction_micros,
  coalesce(revenue_by_conversion_micros, 0) as revenue_by_conversion_micros,
  coalesce(net_revenue_by_interaction_micros, 0) as net_revenue_by_interaction_micros,
  coalesce(net_revenue_by_conversion_micros, 0) as net_revenue_by_conversion_micros,
  coalesce(media_cost_micros, 0) as media_cost_micros,
  -- Nothing billed and nothing that could have been is zero; a day of events without any price is unknown.
  case when day_spend_micros is not null or day_events = 0 then coalesce(spend_micros, 0) end as spend_micros,
  case when is_priced = 0 and day_spend_micros is null then impressions + clicks else unpriced_events end as unpriced_events
from judged
