-- Sums of what performance counts, priced: counts in the row of the campaign's currency, money in the row of its own.
--
-- grain: dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: temporary
-- input: performance_counts
-- input: campaign_terms
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
-- column: is_priced long

with
-- A campaign that nobody described has the currency that all its events carry, if it is one.
seen_currencies as (
  select campaign_id, case when min(currency) = max(currency) then min(currency) end as currency
  from performance_counts
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
  from performance_counts e
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
)
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
