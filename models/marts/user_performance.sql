-- What each campaign did on each local day with users of each kind, told apart by dimension: once by the segment of the event's user on the
-- local date on which the event counts (segments; 'new' where it has no row, '(unknown)' without a user), once by the user's age band and
-- gender (dimension 'audience'; '(unknown)' where users does not say, and without a user). Columns mean what they mean in
-- campaign_performance, and add up to its rows in either dimension.
--
-- grain: dimension, campaign_id, local_date, segment, age_band, gender, currency
-- refresh: replace
-- input: user_performance_rollup
-- input: segments; columns user_key, valid_from, valid_to, segment
-- input: users; columns user_key, age_band, gender
-- input: context_daily; columns campaign_id, local_date, rate_from_micros, dimension, currency, impressions, valid_impressions, impressions_with_cost, cost_micros
-- input: conversions
-- input: due_conversions
-- input: own_conversions
-- input: conversion_attribution
-- input: conversion_types
-- input: campaign_currencies
-- input: campaign_terms
-- input: campaign_clocks
-- input: campaign_rates
-- input: rate_spans
--
-- column: dimension string
-- column: campaign_id string
-- column: local_date date
-- column: segment string
-- column: age_band string
-- column: gender string
-- column: currency string
-- column: is_foreign boolean
-- column: impressions long
-- column: net_impressions long
-- column: clicks long
-- column: net_clicks long
-- column: tagged_conversions long
-- column: net_tagged_conversions long
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
-- column: revenues_by_interaction long
-- column: revenues_by_conversion long
-- column: net_revenues_by_interaction long
-- column: net_revenues_by_conversion long
-- column: revenue_by_interaction_micros long
-- column: revenue_by_conversion_micros long
-- column: net_revenue_by_interaction_micros long
-- column: net_revenue_by_conversion_micros long
-- column: unattributed_adjustments long
-- column: unattributed_adjustments_micros long
-- column: unmatched_adjustments long
-- column: unmatched_adjustments_micros long
-- column: media_cost_micros long
-- column: gross_spend_micros long
-- column: spend_micros long
-- column: unpriced_events long
-- column: priced_events long
--
-- check: not_null(dimension, campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(dimension, campaign_id, local_date, segment, age_band, gender, currency)

with
-- Of each dimension, the gender of those of whom nothing is known. In what follows trait is the segment or the age band.
dimensions as (
  select 'segment' as dimension, cast(null as string) as unknown_gender
  union all
  select 'audience', '(unknown)'
),
-- Impressions of users by what those are, and clicks and impressions that came too fast, those without a user too.
shown as (
  select
    campaign_id, local_date, dimension, coalesce(segment, age_band) as trait, gender, currency, rate_from_micros,
    sum(impressions) as impressions,
    sum(valid_impressions) as valid_impressions,
    sum(impressions_with_cost) as impressions_with_cost,
    case when sum(impressions_with_cost) <> 0 then sum(impression_cost_micros) end as impression_cost_micros,
    sum(fast_impressions) as fast_impressions,
    sum(clicks) as clicks,
    sum(net_clicks) as net_clicks,
    sum(clicks_with_cost) as clicks_with_cost,
    case when sum(clicks_with_cost) <> 0 then sum(click_cost_micros) end as click_cost_micros
  from user_performance_rollup
  group by 1, 2, 3, 4, 5, 6, 7
),
-- All impressions but those with a user. An impression of a user has its campaign's currency where it names none.
shown_to_nobody as (
  select
    campaign_id, local_date, currency, rate_from_micros,
    sum(impressions) as impressions,
    sum(valid_impressions) as valid_impressions,
    sum(impressions_with_cost) as impressions_with_cost,
    case when sum(impressions_with_cost) <> 0 then sum(cost_micros) end as cost_micros
  from (
    select
      p.campaign_id, p.local_date, coalesce(p.currency, g.currency) as currency, p.rate_from_micros,
      p.impressions, p.valid_impressions, p.impressions_with_cost, p.cost_micros
    from context_daily p
    left join campaign_terms g on g.campaign_id = p.campaign_id
    where p.dimension = 'device'
    union all
    select
      campaign_id, local_date, currency, rate_from_micros,
      -impressions, -valid_impressions, -impressions_with_cost, -impression_cost_micros
    from shown
    where dimension = 'segment' and impressions <> 0
  ) as all_but_users
  group by campaign_id, local_date, currency, rate_from_micros
  having sum(impressions) <> 0
),
-- Conversions under their own campaign, and credits, one by one. Users are what they were when they converted, also for what is taken
-- back later.
events as (
  select
    case when kind = 'unattributed' then 'tagged' else kind end as kind,
    cast(null as string) as basis,
    cast(null as string) as touch_kind,
    cast(null as string) as conversion_type,
    campaign_id,
    user_key,
    currency,
    micros,
    earner_micros,
    1 as events,
    net_events,
    adjustment_micros as money_micros,
    adjustment_micros as net_money_micros,
    case when adjustment_micros is not null then 1 else 0 end as amounts,
    case when adjustment_micros is not null then net_events else 0 end as net_amounts
  from own_conversions
  union all
  select
    'credit', b.basis, a.touch_kind, a.conversion_type,
    a.campaign_id, a.user_key, a.currency, unix_micros(case when b.basis = 'conversion' then a.conversion_time else a.touch_time end),
    unix_micros(case when b.basis = 'conversion' then coalesce(o.event_time, a.conversion_time) else a.touch_time end),
    case when a.last_touch_millionths > 0 then 1 else 0 end,
    case when a.last_touch_net_millionths > 0 then 1 else 0 end,
    a.last_touch_revenue_micros,
    a.last_touch_net_revenue_micros,
    case when a.last_touch_revenue_micros is not null then 1 else 0 end,
    case
      when a.last_touch_revenue_micros is not null and a.ivt_reason is null and not a.is_duplicate_order and a.touch_ivt_reason is null then 1
      else 0
    end
  from conversion_attribution a
  cross join (select 'conversion' as basis union all select 'interaction') as b
  left join conversions o on o.event_id = a.adjusts_conversion_id
  where a.last_touch_millionths > 0
    or a.last_touch_revenue_micros <> 0
    or (a.adjusts_conversion_id is not null and a.position = a.touches and a.last_touch_revenue_micros is not null)
),
dated as (
  select
    e.*,
    cast(timestamp_micros(e.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    cast(timestamp_micros(e.earner_micros + coalesce(w.offset_micros, 0)) as date) as earner_date,
    t.from_micros as rate_from_micros
  from events e
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
  left join campaign_clocks w on w.campaign_id = e.campaign_id and e.earner_micros >= w.from_micros and e.earner_micros < w.to_micros
  left join rate_spans t on t.campaign_id = e.campaign_id and e.micros >= t.from_micros and e.micros < t.to_micros
),
counted as (
  select
    'impression' as kind, cast(null as string) as basis, cast(null as string) as touch_kind, cast(null as string) as conversion_type,
    campaign_id, local_date, dimension, trait, gender, currency, rate_from_micros,
    impressions as events, valid_impressions as net_events, impression_cost_micros as money_micros, cast(null as bigint) as net_money_micros,
    impressions_with_cost as amounts, 0 as net_amounts
  from shown
  where impressions <> 0
  union all
  select
    'impression', null, null, null,
    n.campaign_id, n.local_date, d.dimension, '(unknown)', d.unknown_gender, n.currency, n.rate_from_micros,
    n.impressions, n.valid_impressions, n.cost_micros, null, n.impressions_with_cost, 0
  from shown_to_nobody n
  cross join dimensions d
  union all
  select
    'invalid impression', null, null, null,
    campaign_id, local_date, dimension, trait, gender, currency, rate_from_micros,
    0, -fast_impressions, null, null, 0, 0
  from shown
  where fast_impressions <> 0
  union all
  select
    'click', null, null, null,
    campaign_id, local_date, dimension, trait, gender, currency, rate_from_micros,
    clicks, net_clicks, click_cost_micros, null, clicks_with_cost, 0
  from shown
  where clicks <> 0
  union all
  select
    e.kind, e.basis, e.touch_kind, e.conversion_type,
    e.campaign_id, e.local_date, d.dimension,
    case
      when d.dimension = 'audience' then coalesce(w.age_band, '(unknown)')
      when e.user_key is null then '(unknown)'
      else coalesce(s.segment, 'new')
    end,
    case when d.dimension = 'audience' then coalesce(w.gender, '(unknown)') end,
    e.currency, e.rate_from_micros,
    e.events, e.net_events, e.money_micros, e.net_money_micros, e.amounts, e.net_amounts
  from dated e
  left join segments s on s.user_key = e.user_key and e.earner_date >= s.valid_from and e.earner_date <= s.valid_to
  left join users w on w.user_key = e.user_key
  cross join dimensions d
),
rates as (
  select
    campaign_id,
    pricing_model,
    rate_per_event_micros,
    coalesce(unix_micros(valid_from), -9223372036854775807) as from_micros
  from campaign_rates
),
priced_campaigns as (
  select distinct campaign_id from rates
),
placed as (
  select
    e.*,
    coalesce(g.currency, u.currency) as campaign_currency,
    coalesce(e.currency, g.currency, u.currency) as money_currency,
    g.primary_types is null or instr(g.primary_types, concat('|', coalesce(y.plain_type, ''), '|')) > 0 as is_primary,
    coalesce(e.currency, g.currency, u.currency) is distinct from coalesce(g.currency, u.currency) as is_foreign,
    p.campaign_id is not null as is_priced,
    t.pricing_model,
    cast(t.rate_per_event_micros as decimal(19, 0)) as rate_per_event_micros
  from counted e
  left join campaign_terms g on g.campaign_id = e.campaign_id
  left join conversion_types y on y.conversion_type = e.conversion_type
  left join campaign_currencies u on u.campaign_id = e.campaign_id
  left join priced_campaigns p on p.campaign_id = e.campaign_id
  left join rates t on t.campaign_id = e.campaign_id and t.from_micros = e.rate_from_micros
),
measures as (
  select
    campaign_id, local_date, dimension, trait, gender, campaign_currency as currency,
    kind, basis, touch_kind, is_primary, is_priced, events, net_events,
    false as is_foreign,
    0 as revenues,
    0 as net_revenues,
    case
      when pricing_model is not null and kind in ('impression', 'click') then events
      when pricing_model = 'cpa' and kind = 'credit' and basis = 'conversion' and events > 0 then 1
      else 0
    end as priced_events,
    case when is_foreign and kind in ('impression', 'click') then amounts else 0 end as foreign_costs,
    case when pricing_model is not null and kind in ('tagged', 'credit') and basis is distinct from 'interaction' then events else 0 end as rated_conversions,
    cast(null as bigint) as media_cost_micros,
    cast(null as bigint) as revenue_micros,
    cast(null as bigint) as net_revenue_micros,
    case
      when pricing_model = 'cpm' and kind = 'impression' then cast(events as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpc' and kind = 'click' then cast(events as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpa' and kind = 'credit' and basis = 'conversion' and events > 0
      then cast(case when is_primary then events else 0 end as decimal(19, 0)) * rate_per_event_micros
      when pricing_model is not null and kind in ('impression', 'click') then 0
    end as gross_spend_micros,
    case
      when pricing_model = 'cpm' and kind in ('impression', 'invalid impression') then cast(net_events as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpc' and kind = 'click' then cast(net_events as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpa' and kind = 'credit' and basis = 'conversion' and events > 0
      then cast(case when is_primary then net_events else 0 end as decimal(19, 0)) * rate_per_event_micros
      when pricing_model is not null and kind in ('impression', 'click') then 0
    end as spend_micros,
    case when is_priced and pricing_model is null and kind in ('impression', 'click') then events else 0 end as unpriced_events
  from placed
  where events <> 0 or net_events <> 0 or money_micros is null or not is_foreign
  union all
  select
    campaign_id, local_date, dimension, trait, gender, money_currency,
    kind, basis, touch_kind, is_primary, is_priced, 0, 0,
    is_foreign,
    case when kind = 'credit' then amounts else 0 end,
    case when kind = 'credit' then net_amounts else 0 end,
    case when kind in ('impression', 'click') and not is_priced then amounts else 0 end,
    0,
    0,
    case when kind in ('impression', 'click') then money_micros end,
    case when kind in ('credit', 'unattributed_adjustment', 'unmatched_adjustment') then money_micros end,
    case when kind = 'credit' then net_money_micros end,
    case when kind in ('impression', 'click') and not is_priced then money_micros end,
    case when kind in ('impression', 'click') and not is_priced then money_micros end,
    0
  from placed
  where money_micros is not null
),
sums as (
  select
    campaign_id, local_date, dimension, trait, gender, currency, is_foreign,
    sum(case when kind = 'impression' then events else 0 end) as impressions,
    sum(case when kind in ('impression', 'invalid impression') then net_events else 0 end) as net_impressions,
    sum(case when kind = 'click' then events else 0 end) as clicks,
    sum(case when kind = 'click' then net_events else 0 end) as net_clicks,
    sum(case when kind = 'tagged' then events else 0 end) as tagged_conversions,
    sum(case when kind = 'tagged' then net_events else 0 end) as net_tagged_conversions,
    sum(case when basis = 'interaction' and touch_kind = 'click' then events else 0 end) as click_conversions_by_interaction,
    sum(case when basis = 'conversion' and touch_kind = 'click' then events else 0 end) as click_conversions_by_conversion,
    sum(case when basis = 'interaction' and touch_kind = 'view' then events else 0 end) as view_conversions_by_interaction,
    sum(case when basis = 'conversion' and touch_kind = 'view' then events else 0 end) as view_conversions_by_conversion,
    sum(case when basis = 'interaction' and is_primary then events else 0 end) as primary_conversions_by_interaction,
    sum(case when basis = 'conversion' and is_primary then events else 0 end) as primary_conversions_by_conversion,
    sum(case when basis = 'interaction' and touch_kind = 'click' then net_events else 0 end) as net_click_conversions_by_interaction,
    sum(case when basis = 'conversion' and touch_kind = 'click' then net_events else 0 end) as net_click_conversions_by_conversion,
    sum(case when basis = 'interaction' and touch_kind = 'view' then net_events else 0 end) as net_view_conversions_by_interaction,
    sum(case when basis = 'conversion' and touch_kind = 'view' then net_events else 0 end) as net_view_conversions_by_conversion,
    sum(case when basis = 'interaction' and is_primary then net_events else 0 end) as net_primary_conversions_by_interaction,
    sum(case when basis = 'conversion' and is_primary then net_events else 0 end) as net_primary_conversions_by_conversion,
    sum(case when basis = 'interaction' then revenues else 0 end) as revenues_by_interaction,
    sum(case when basis = 'conversion' then revenues else 0 end) as revenues_by_conversion,
    sum(case when basis = 'interaction' then net_revenues else 0 end) as net_revenues_by_interaction,
    sum(case when basis = 'conversion' then net_revenues else 0 end) as net_revenues_by_conversion,
    coalesce(sum(case when basis = 'interaction' then revenue_micros end), 0) as revenue_by_interaction_micros,
    coalesce(sum(case when basis = 'conversion' then revenue_micros end), 0) as revenue_by_conversion_micros,
    coalesce(sum(case when basis = 'interaction' then net_revenue_micros end), 0) as net_revenue_by_interaction_micros,
    coalesce(sum(case when basis = 'conversion' then net_revenue_micros end), 0) as net_revenue_by_conversion_micros,
    sum(case when kind = 'unattributed_adjustment' then events else 0 end) as unattributed_adjustments,
    coalesce(sum(case when kind = 'unattributed_adjustment' then revenue_micros end), 0) as unattributed_adjustments_micros,
    sum(case when kind = 'unmatched_adjustment' then events else 0 end) as unmatched_adjustments,
    coalesce(sum(case when kind = 'unmatched_adjustment' then revenue_micros end), 0) as unmatched_adjustments_micros,
    coalesce(sum(media_cost_micros), 0) as media_cost_micros,
    sum(gross_spend_micros) as gross_spend_micros,
    sum(spend_micros) as spend_micros,
    sum(unpriced_events) as unpriced_events,
    sum(priced_events) as priced_events,
    sum(foreign_costs) as foreign_costs,
    sum(rated_conversions) as rated_conversions,
    max(case when is_priced then 1 else 0 end) as is_priced
  from measures
  group by campaign_id, local_date, dimension, trait, gender, currency, is_foreign
),
-- Whether a day has a price is judged for the campaign's whole day: then each dimension adds up to it.
judged as (
  select
    *,
    sum(gross_spend_micros) over (partition by dimension, campaign_id, local_date, currency) as day_spend_micros,
    sum(rated_conversions) over (partition by dimension, campaign_id, local_date, currency) as day_rated_conversions
  from sums
)
select
  dimension,
  campaign_id,
  local_date,
  case when dimension = 'segment' then trait end as segment,
  case when dimension = 'audience' then trait end as age_band,
  gender,
  currency,
  is_foreign,
  impressions,
  net_impressions,
  clicks,
  net_clicks,
  tagged_conversions,
  net_tagged_conversions,
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
  revenues_by_interaction,
  revenues_by_conversion,
  net_revenues_by_interaction,
  net_revenues_by_conversion,
  revenue_by_interaction_micros,
  revenue_by_conversion_micros,
  net_revenue_by_interaction_micros,
  net_revenue_by_conversion_micros,
  unattributed_adjustments,
  unattributed_adjustments_micros,
  unmatched_adjustments,
  unmatched_adjustments_micros,
  media_cost_micros,
  case when day_spend_micros is not null or day_rated_conversions > 0 then coalesce(gross_spend_micros, 0) end as gross_spend_micros,
  case when day_spend_micros is not null or day_rated_conversions > 0 then coalesce(spend_micros, 0) end as spend_micros,
  case
    when is_priced = 0 and day_spend_micros is null then impressions + clicks - foreign_costs
    else unpriced_events
  end as unpriced_events,
  priced_events
from judged
order by dimension, campaign_id, local_date
