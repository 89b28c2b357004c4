-- Sums of what performance counts, priced: counts in the row of the campaign's currency, money in the row of its own.
--
-- grain: dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: temporary
-- input: performance_rollup
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
-- column: is_foreign boolean
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
-- column: rated_conversions long
-- column: foreign_costs long
-- column: is_priced long

with
-- A campaign that nobody described has the currency that all its events carry, if it is one.
seen as (
  select campaign_id, currency
  from performance_rollup
  where dimension = 'campaign'
  group by campaign_id, currency
  having sum(impressions + clicks) <> 0
  union
  select campaign_id, case when events > 0 and kind in ('tagged', 'unattributed', 'credit') then currency end from performance_counts
),
rates as (
  select campaign_id, pricing_model, rate_per_event_micros, coalesce(unix_micros(valid_from), -9223372036854775807) as from_micros
  from campaign_rates
),
terms as (
  select
    s.campaign_id,
    coalesce(g.currency, case when min(s.currency) = max(s.currency) then min(s.currency) end) as currency,
    count(r.campaign_id) > 0 as is_priced
  from seen s
  left join campaign_terms g on g.campaign_id = s.campaign_id
  left join rates r on r.campaign_id = s.campaign_id
  group by s.campaign_id, g.currency
),
-- Of a dimension only its own columns are set: two columns hold what six do, and there are so many keys less to group by.
events as (
  select
    e.dimension,
    e.campaign_id,
    e.local_date,
    e.local_hour,
    coalesce(e.creative_id, e.site_id, e.device_type, e.country) as place,
    coalesce(e.ad_group_id, e.region) as part,
    e.impressions,
    e.net_impressions,
    e.measured,
    e.viewable,
    e.net_measured,
    e.net_viewable,
    e.clicks,
    e.unmatched_clicks,
    e.net_clicks,
    cast(e.impression_cost_micros as decimal(38, 0)) + e.click_cost_micros as cost_micros,
    e.impression_costs + e.click_costs as costs,
    u.currency as campaign_currency,
    e.currency as money_currency,
    e.currency is not null and e.currency is distinct from u.currency as is_foreign,
    u.is_priced,
    t.pricing_model,
    cast(t.rate_per_event_micros as decimal(19, 0)) as rate_per_event_micros
  from performance_rollup e
  left join terms u on u.campaign_id = e.campaign_id
  left join rates t on t.campaign_id = e.campaign_id and t.from_micros = e.rate_from_micros
),
credits as (
  select
    e.*,
    e.kind = 'credit' as is_credit,
    u.currency as campaign_currency,
    e.currency is not null and e.currency is distinct from u.currency as is_foreign,
    case when t.pricing_model = 'cpa' and e.basis = 'conversion' then t.rate_per_event_micros end as rate_per_event_micros,
    case when t.campaign_id is not null and e.kind in ('tagged', 'unattributed', 'credit') and e.basis is distinct from 'interaction' then e.events else 0 end as rated
  from performance_counts e
  left join terms u on u.campaign_id = e.campaign_id
  left join rates t on t.campaign_id = e.campaign_id and t.from_micros = e.rate_from_micros
),
-- Money of another currency than the campaign's stands in a row of its own.
shown as (
  select
    dimension, campaign_id, local_date, local_hour, place, part,
    campaign_currency as currency,
    impressions, net_impressions, measured, viewable, net_measured, net_viewable, clicks, unmatched_clicks, net_clicks,
    case when not is_foreign then cost_micros end as media_cost_micros,
    case
      when pricing_model = 'cpm' then cast(impressions as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpc' then cast(clicks as decimal(19, 0)) * rate_per_event_micros
      when not is_priced and not is_foreign then cost_micros
    end as gross_spend_micros,
    case
      when pricing_model = 'cpm' then cast(net_impressions as decimal(19, 0)) * rate_per_event_micros
      when pricing_model = 'cpc' then cast(net_clicks as decimal(19, 0)) * rate_per_event_micros
      when not is_priced and not is_foreign then cost_micros
    end as spend_micros,
    case when is_priced and pricing_model is null then impressions + clicks else 0 end as unpriced_events,
    case when pricing_model is not null then impressions + clicks when not is_priced and not is_foreign then costs end as priced_events,
    case when is_foreign then costs else 0 end as foreign_costs,
    false as is_foreign,
    impressions + clicks as all_events
  from events
  union all
  select
    dimension, campaign_id, local_date, local_hour, place, part,
    money_currency,
    0, 0, 0, 0, 0, 0, 0, 0, 0,
    cost_micros,
    case when not is_priced then cost_micros end,
    case when not is_priced then cost_micros end,
    0,
    case when not is_priced then costs end,
    0,
    true,
    costs
  from events
  where is_foreign and costs <> 0
),
earned as (
  select
    is_credit, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    campaign_currency as currency,
    kind, basis, touch_kind, is_primary,
    events,
    net_events,
    case when not is_foreign then revenue_micros end as revenue_micros,
    case when not is_foreign then net_revenue_micros end as net_revenue_micros,
    case when is_primary then cast(events * rate_per_event_micros as decimal(38, 0)) end as gross_spend_micros,
    case when is_primary then cast(net_events * rate_per_event_micros as decimal(38, 0)) end as spend_micros,
    case when rate_per_event_micros is not null and events > 0 then 1 end as priced_events,
    rated,
    is_net,
    false as is_foreign
  from credits
  where events <> 0 or not is_foreign
  union all
  select
    is_credit, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region,
    currency,
    kind, basis, touch_kind, is_primary,
    0,
    0,
    revenue_micros,
    net_revenue_micros,
    null,
    null,
    null,
    0,
    is_net,
    true
  from credits
  where is_foreign and revenue_micros is not null
),
-- Most rows have no conversion: they need not carry all that is counted of those through the grouping.
shown_sums as (
  select
    dimension, campaign_id, local_date, local_hour, place, part, currency, is_foreign,
    sum(impressions) as impressions,
    sum(net_impressions) as net_impressions,
    sum(measured) as measured,
    sum(viewable) as viewable,
    sum(net_measured) as net_measured,
    sum(net_viewable) as net_viewable,
    sum(clicks) as clicks,
    sum(unmatched_clicks) as unmatched_clicks,
    sum(net_clicks) as net_clicks,
    sum(media_cost_micros) as media_cost_micros,
    sum(gross_spend_micros) as gross_spend_micros,
    sum(spend_micros) as spend_micros,
    sum(unpriced_events) as unpriced_events,
    sum(priced_events) as priced_events,
    sum(foreign_costs) as foreign_costs
  from shown
  group by dimension, campaign_id, local_date, local_hour, place, part, currency, is_foreign
  having sum(all_events) <> 0
),
earned_sums as (
  select
    case
      when grouping(local_hour) = 0 then 'campaign'
      when grouping(creative_id) = 0 then 'creative'
      when grouping(site_id) = 0 then 'site'
      when grouping(device_type) = 0 then 'device'
      else 'geo'
    end as dimension,
    campaign_id,
    local_date,
    local_hour,
    coalesce(creative_id, site_id, device_type, country) as place,
    coalesce(ad_group_id, region) as part,
    currency,
    is_foreign,
    sum(case when kind in ('tagged', 'unattributed') then events else 0 end) as tagged_conversions,
    sum(case when kind in ('tagged', 'unattributed') then net_events else 0 end) as net_tagged_conversions,
    sum(case when kind = 'unattributed' then events else 0 end) as unattributed_conversions,
    sum(case when kind = 'unattributed_adjustment' then events else 0 end) as unattributed_adjustments,
    sum(case when kind = 'unattributed_adjustment' then revenue_micros end) as unattributed_adjustments_micros,
    sum(case when kind = 'unmatched_adjustment' then events else 0 end) as unmatched_adjustments,
    sum(case when kind = 'unmatched_adjustment' then revenue_micros end) as unmatched_adjustments_micros,
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
    count(case when basis = 'interaction' then revenue_micros end) as revenues_by_interaction,
    count(case when basis = 'conversion' then revenue_micros end) as revenues_by_conversion,
    count(case when basis = 'interaction' and is_net then revenue_micros end) as net_revenues_by_interaction,
    count(case when basis = 'conversion' and is_net then revenue_micros end) as net_revenues_by_conversion,
    sum(case when basis = 'interaction' then revenue_micros end) as revenue_by_interaction_micros,
    sum(case when basis = 'conversion' then revenue_micros end) as revenue_by_conversion_micros,
    sum(case when basis = 'interaction' then net_revenue_micros end) as net_revenue_by_interaction_micros,
    sum(case when basis = 'conversion' then net_revenue_micros end) as net_revenue_by_conversion_micros,
    sum(gross_spend_micros) as gross_spend_micros,
    sum(spend_micros) as spend_micros,
    sum(priced_events) as priced_events,
    sum(rated) as rated_conversions,
    is_credit
  from earned
  group by grouping sets (
    (campaign_id, local_date, local_hour, currency, is_foreign),
    (is_credit, campaign_id, local_date, ad_group_id, creative_id, currency, is_foreign),
    (is_credit, campaign_id, local_date, site_id, currency, is_foreign),
    (is_credit, campaign_id, local_date, device_type, currency, is_foreign),
    (is_credit, campaign_id, local_date, country, region, currency, is_foreign))
  having grouping(local_hour) = 0 or is_credit
)
select
  coalesce(s.dimension, e.dimension) as dimension,
  coalesce(s.campaign_id, e.campaign_id) as campaign_id,
  coalesce(s.local_date, e.local_date) as local_date,
  coalesce(s.local_hour, e.local_hour) as local_hour,
  case when coalesce(s.dimension, e.dimension) = 'creative' then coalesce(s.part, e.part) end as ad_group_id,
  case when coalesce(s.dimension, e.dimension) = 'creative' then coalesce(s.place, e.place) end as creative_id,
  case when coalesce(s.dimension, e.dimension) = 'site' then coalesce(s.place, e.place) end as site_id,
  case when coalesce(s.dimension, e.dimension) = 'device' then coalesce(s.place, e.place) end as device_type,
  case when coalesce(s.dimension, e.dimension) = 'geo' then coalesce(s.place, e.place) end as country,
  case when coalesce(s.dimension, e.dimension) = 'geo' then coalesce(s.part, e.part) end as region,
  coalesce(s.currency, e.currency) as currency,
  coalesce(s.is_foreign, e.is_foreign) as is_foreign,
  coalesce(s.impressions, 0) as impressions,
  coalesce(s.net_impressions, 0) as net_impressions,
  coalesce(s.measured, 0) as measured,
  coalesce(s.viewable, 0) as viewable,
  coalesce(s.net_measured, 0) as net_measured,
  coalesce(s.net_viewable, 0) as net_viewable,
  coalesce(s.clicks, 0) as clicks,
  coalesce(s.unmatched_clicks, 0) as unmatched_clicks,
  coalesce(s.net_clicks, 0) as net_clicks,
  coalesce(e.tagged_conversions, 0) as tagged_conversions,
  coalesce(e.net_tagged_conversions, 0) as net_tagged_conversions,
  coalesce(e.unattributed_conversions, 0) as unattributed_conversions,
  coalesce(e.click_conversions_by_interaction, 0) as click_conversions_by_interaction,
  coalesce(e.click_conversions_by_conversion, 0) as click_conversions_by_conversion,
  coalesce(e.view_conversions_by_interaction, 0) as view_conversions_by_interaction,
  coalesce(e.view_conversions_by_conversion, 0) as view_conversions_by_conversion,
  coalesce(e.primary_conversions_by_interaction, 0) as primary_conversions_by_interaction,
  coalesce(e.primary_conversions_by_conversion, 0) as primary_conversions_by_conversion,
  coalesce(e.net_click_conversions_by_interaction, 0) as net_click_conversions_by_interaction,
  coalesce(e.net_click_conversions_by_conversion, 0) as net_click_conversions_by_conversion,
  coalesce(e.net_view_conversions_by_interaction, 0) as net_view_conversions_by_interaction,
  coalesce(e.net_view_conversions_by_conversion, 0) as net_view_conversions_by_conversion,
  coalesce(e.net_primary_conversions_by_interaction, 0) as net_primary_conversions_by_interaction,
  coalesce(e.net_primary_conversions_by_conversion, 0) as net_primary_conversions_by_conversion,
  coalesce(e.revenues_by_interaction, 0) as revenues_by_interaction,
  coalesce(e.revenues_by_conversion, 0) as revenues_by_conversion,
  coalesce(e.net_revenues_by_interaction, 0) as net_revenues_by_interaction,
  coalesce(e.net_revenues_by_conversion, 0) as net_revenues_by_conversion,
  e.revenue_by_interaction_micros,
  e.revenue_by_conversion_micros,
  e.net_revenue_by_interaction_micros,
  e.net_revenue_by_conversion_micros,
  coalesce(e.unattributed_adjustments, 0) as unattributed_adjustments,
  e.unattributed_adjustments_micros,
  coalesce(e.unmatched_adjustments, 0) as unmatched_adjustments,
  e.unmatched_adjustments_micros,
  s.media_cost_micros,
  case
    when s.gross_spend_micros is not null or e.gross_spend_micros is not null
    then coalesce(s.gross_spend_micros, 0) + coalesce(e.gross_spend_micros, 0)
  end as gross_spend_micros,
  case when s.spend_micros is not null or e.spend_micros is not null then coalesce(s.spend_micros, 0) + coalesce(e.spend_micros, 0) end as spend_micros,
  coalesce(s.unpriced_events, 0) as unpriced_events,
  coalesce(s.priced_events, 0) + coalesce(e.priced_events, 0) as priced_events,
  coalesce(e.rated_conversions, 0) as rated_conversions,
  coalesce(s.foreign_costs, 0) as foreign_costs,
  case when u.is_priced then 1 else 0 end as is_priced
from shown_sums s
full outer join earned_sums e
  on s.dimension = e.dimension
  and s.campaign_id = e.campaign_id
  and s.local_date = e.local_date
  and s.local_hour is not distinct from e.local_hour
  and s.place is not distinct from e.place
  and s.part is not distinct from e.part
  and s.currency is not distinct from e.currency
left join terms u on u.campaign_id = coalesce(s.campaign_id, e.campaign_id)
