-- What each campaign did on each local day (docs/terms.md, Metrics): the campaign's zone, else UTC. Counts stand in the row of the
-- campaign's currency, money in the row of its own. net_… leaves out invalid traffic and repeated orders; media cost and
-- spend are what is billed, invalid included. Credits are those of last touch. Ratios belong to reports: sum ÷ sum.
--
-- grain: campaign_id, local_date, currency
-- refresh: replace
-- publish: cells
-- input: impression_rollup
-- input: click_attribution
-- input: conversion_attribution
-- input: conversions
-- input: duplicate_orders
-- input: creatives
-- input: campaigns
-- input: campaign_rates
-- input: campaign_zones
-- input: zone_offsets
--
-- column: campaign_id string
-- column: local_date date
-- column: currency string
-- column: impressions long
-- column: net_impressions long
-- column: measured long
-- column: viewable long
-- column: net_measured long
-- column: net_viewable long
-- column: clicks long
-- column: net_clicks long
-- column: tagged_conversions long
-- column: net_tagged_conversions long
-- column: click_conversions_by_interaction long
-- column: view_conversions_by_interaction long
-- column: click_conversions_by_conversion long
-- column: view_conversions_by_conversion long
-- column: net_click_conversions_by_interaction long
-- column: net_view_conversions_by_interaction long
-- column: net_click_conversions_by_conversion long
-- column: net_view_conversions_by_conversion long
-- column: primary_conversions_by_interaction long
-- column: primary_conversions_by_conversion long
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
-- check: not_null(campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(campaign_id, local_date, currency)

with
rollup_buckets as (
  select
    campaign_id,
    case when campaign_id is null then creative_id end as creative_id,
    currency,
    event_date,
    bucket_start,
    sum(impressions) as impressions,
    sum(valid_impressions) as net_impressions,
    sum(measured) as measured,
    sum(viewable) as viewable,
    sum(valid_measured) as net_measured,
    sum(valid_viewable) as net_viewable,
    sum(cost_micros) as cost_micros
  from impression_rollup
  group by 1, 2, 3, 4, 5
),
-- An event is a bucket of impressions, a click, a conversion under its own campaign, or a credit at one of its two times.
events as (
  select
    'impression' as kind,
    coalesce(b.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    b.currency,
    b.event_date as utc_date,
    unix_micros(b.bucket_start) as micros,
    b.impressions as events,
    b.net_impressions as net_events,
    b.measured,
    b.viewable,
    b.net_measured,
    b.net_viewable,
    cast(null as string) as conversion_type,
    b.cost_micros as money_micros,
    cast(null as bigint) as net_money_micros
  from rollup_buckets b
  left join creatives r on r.creative_id = b.creative_id
  union all
  select
    'click',
    campaign_id,
    currency,
    event_date,
    unix_micros(event_time),
    1,
    case when ivt_reason is null then 1 else 0 end,
    0, 0, 0, 0,
    null,
    cost_micros,
    null
  from click_attribution
  union all
  select
    'tagged',
    coalesce(c.campaign_id, '(unknown)'),
    c.currency,
    c.event_date,
    unix_micros(c.event_time),
    1,
    case when c.ivt_reason is null and o.conversion_key is null then 1 else 0 end,
    0, 0, 0, 0,
    c.conversion_type,
    null,
    null
  from conversions c
  left join duplicate_orders o on o.conversion_key = c.event_key and o.conversion_id = c.event_id
  union all
  select
    case when touch_kind = 'click' then 'click by conversion' else 'view by conversion' end,
    campaign_id,
    currency,
    event_date,
    unix_micros(conversion_time),
    1,
    case when last_touch_net_millionths > 0 then 1 else 0 end,
    0, 0, 0, 0,
    conversion_type,
    last_touch_revenue_micros,
    last_touch_net_revenue_micros
  from conversion_attribution
  where last_touch_millionths > 0
  union all
  select
    case when touch_kind = 'click' then 'click by interaction' else 'view by interaction' end,
    campaign_id,
    currency,
    cast(touch_time as date),
    unix_micros(touch_time),
    1,
    case when last_touch_net_millionths > 0 then 1 else 0 end,
    0, 0, 0, 0,
    conversion_type,
    last_touch_revenue_micros,
    last_touch_net_revenue_micros
  from conversion_attribution
  where last_touch_millionths > 0
),
-- A campaign that nobody described has the currency that all its events carry, if it is one.
seen_currencies as (
  select campaign_id, case when min(currency) = max(currency) then min(currency) end as currency
  from events
  group by campaign_id
),
rates as (
  select
    campaign_id,
    pricing_model,
    rate_per_event_micros,
    coalesce(unix_micros(valid_from), -9223372036854775807) as from_micros,
    coalesce(unix_micros(valid_to), 9223372036854775807) as to_micros
  from campaign_rates
),
priced_campaigns as (
  select distinct campaign_id from rates
),
placed as (
  select
    e.*,
    cast(timestamp_micros(e.micros + d.offset_micros) as date) as local_date,
    coalesce(g.currency, s.currency) as campaign_currency,
    coalesce(e.currency, g.currency, s.currency) as money_currency,
    p.campaign_id is not null as is_priced,
    t.pricing_model,
    t.rate_per_event_micros,
    g.primary_conversion_types is null
      or concat('|', lower(g.primary_conversion_types), '|') like concat('%|', lower(e.conversion_type), '|%') as is_primary
  from events e
  left join campaigns g on g.campaign_id = e.campaign_id
  left join seen_currencies s on s.campaign_id = e.campaign_id
  left join priced_campaigns p on p.campaign_id = e.campaign_id
  left join rates t
    on t.campaign_id = e.campaign_id
    and e.micros >= t.from_micros
    and e.micros < t.to_micros
  left join campaign_zones z on z.campaign_id = e.campaign_id
  join zone_offsets d
    on d.time_zone = coalesce(z.time_zone, 'UTC')
    and e.micros >= d.from_micros
    and e.micros < d.to_micros
),
measures as (
  select
    campaign_id,
    local_date,
    campaign_currency as currency,
    kind,
    events,
    net_events,
    measured,
    viewable,
    net_measured,
    net_viewable,
    is_primary,
    cast(null as bigint) as media_cost_micros,
    cast(null as bigint) as revenue_micros,
    cast(null as bigint) as net_revenue_micros,
    case
      when pricing_model = 'cpm' and kind = 'impression' then events * rate_per_event_micros
      when pricing_model = 'cpc' and kind = 'click' then events * rate_per_event_micros
      when pricing_model = 'cpa' and kind in ('click by conversion', 'view by conversion')
        then net_events * rate_per_event_micros
      when pricing_model is not null and kind in ('impression', 'click') then 0
    end as spend_micros,
    case when is_priced and pricing_model is null and kind in ('impression', 'click') then events else 0 end as unpriced_events,
    is_priced
  from placed
  union all
  select
    campaign_id,
    local_date,
    money_currency,
    kind,
    0, 0, 0, 0, 0, 0,
    is_primary,
    case when kind in ('impression', 'click') then money_micros end,
    case when kind not in ('impression', 'click') then money_micros end,
    case when kind not in ('impression', 'click') then net_money_micros end,
    case when kind in ('impression', 'click') and not is_priced then money_micros end,
    0,
    is_priced
  from placed
  where money_micros is not null
),
sums as (
  select
    campaign_id,
    local_date,
    currency,
    sum(case when kind = 'impression' then events else 0 end) as impressions,
    sum(case when kind = 'impression' then net_events else 0 end) as net_impressions,
    sum(measured) as measured,
    sum(viewable) as viewable,
    sum(net_measured) as net_measured,
    sum(net_viewable) as net_viewable,
    sum(case when kind = 'click' then events else 0 end) as clicks,
    sum(case when kind = 'click' then net_events else 0 end) as net_clicks,
    sum(case when kind = 'tagged' then events else 0 end) as tagged_conversions,
    sum(case when kind = 'tagged' then net_events else 0 end) as net_tagged_conversions,
    sum(case when kind = 'click by interaction' then events else 0 end) as click_conversions_by_interaction,
    sum(case when kind = 'view by interaction' then events else 0 end) as view_conversions_by_interaction,
    sum(case when kind = 'click by conversion' then events else 0 end) as click_conversions_by_conversion,
    sum(case when kind = 'view by conversion' then events else 0 end) as view_conversions_by_conversion,
    sum(case when kind = 'click by interaction' then net_events else 0 end) as net_click_conversions_by_interaction,
    sum(case when kind = 'view by interaction' then net_events else 0 end) as net_view_conversions_by_interaction,
    sum(case when kind = 'click by conversion' then net_events else 0 end) as net_click_conversions_by_conversion,
    sum(case when kind = 'view by conversion' then net_events else 0 end) as net_view_conversions_by_conversion,
    sum(case when kind like '% by interaction' and is_primary then events else 0 end) as primary_conversions_by_interaction,
    sum(case when kind like '% by conversion' and is_primary then events else 0 end) as primary_conversions_by_conversion,
    sum(case when kind like '% by interaction' and is_primary then net_events else 0 end)
      as net_primary_conversions_by_interaction,
    sum(case when kind like '% by conversion' and is_primary then net_events else 0 end)
      as net_primary_conversions_by_conversion,
    sum(case when kind like '% by interaction' then revenue_micros end) as revenue_by_interaction_micros,
    sum(case when kind like '% by conversion' then revenue_micros end) as revenue_by_conversion_micros,
    sum(case when kind like '% by interaction' then net_revenue_micros end) as net_revenue_by_interaction_micros,
    sum(case when kind like '% by conversion' then net_revenue_micros end) as net_revenue_by_conversion_micros,
    sum(media_cost_micros) as media_cost_micros,
    sum(spend_micros) as spend_micros,
    sum(unpriced_events) as unpriced_events,
    max(case when is_priced then 1 else 0 end) as is_priced
  from measures
  group by campaign_id, local_date, currency
)
select
  campaign_id,
  local_date,
  currency,
  impressions,
  net_impressions,
  measured,
  viewable,
  net_measured,
  net_viewable,
  clicks,
  net_clicks,
  tagged_conversions,
  net_tagged_conversions,
  click_conversions_by_interaction,
  view_conversions_by_interaction,
  click_conversions_by_conversion,
  view_conversions_by_conversion,
  net_click_conversions_by_interaction,
  net_view_conversions_by_interaction,
  net_click_conversions_by_conversion,
  net_view_conversions_by_conversion,
  primary_conversions_by_interaction,
  primary_conversions_by_conversion,
  net_primary_conversions_by_interaction,
  net_primary_conversions_by_conversion,
  coalesce(revenue_by_interaction_micros, 0) as revenue_by_interaction_micros,
  coalesce(revenue_by_conversion_micros, 0) as revenue_by_conversion_micros,
  coalesce(net_revenue_by_interaction_micros, 0) as net_revenue_by_interaction_micros,
  coalesce(net_revenue_by_conversion_micros, 0) as net_revenue_by_conversion_micros,
  coalesce(media_cost_micros, 0) as media_cost_micros,
  -- Nothing billed and nothing that could have been is zero; events without any price are unknown.
  case
    when spend_micros is null and impressions + clicks = 0 then 0
    else spend_micros
  end as spend_micros,
  case when is_priced = 0 and spend_micros is null then impressions + clicks else unpriced_events end as unpriced_events
from sums
