-- What became of each creative, for data scientists: all days in sum, of last touch, with the ratios of docs/terms.md (gross, and net_…
-- without invalid traffic and repeated orders). Counts stand in the row of the campaign's currency, money in the row of its
-- own; a creative with money in several currencies has no CPA. Interactions are those that followed impressions (interaction_depth).
--
-- grain: creative_id, currency
-- refresh: replace
-- input: performance
-- input: interaction_depth; columns campaign_id, creative_id, impressions, net_impressions, first_impressions, net_first_impressions
-- input: campaign_terms
-- input: campaign_currencies
-- input: creatives
--
-- column: creative_id string
-- column: campaign_id string
-- column: ad_group_id string
-- column: format string
-- column: size string
-- column: currency string
-- column: first_date date
-- column: last_date date
-- column: impressions long
-- column: net_impressions long
-- column: measured long
-- column: viewable long
-- column: clicks long
-- column: net_clicks long
-- column: click_conversions long
-- column: net_click_conversions long
-- column: view_conversions long
-- column: net_view_conversions long
-- column: interactions long
-- column: net_interactions long
-- column: impressions_with_interaction long
-- column: net_impressions_with_interaction long
-- column: revenue_micros long
-- column: net_revenue_micros long
-- column: media_cost_micros long
-- column: gross_spend_micros long
-- column: spend_micros long
-- column: unpriced_events long
-- column: ctr double
-- column: net_ctr double
-- column: cvr double
-- column: net_cvr double
-- column: cpa_micros double
-- column: net_cpa_micros double
-- column: interaction_depth double
-- column: net_interaction_depth double
--
-- check: not_null(creative_id, impressions, clicks)
-- check: unique(creative_id, currency)

with
sums as (
  select
    creative_id,
    currency,
    min(local_date) as first_date,
    max(local_date) as last_date,
    sum(impressions) as impressions,
    sum(net_impressions) as net_impressions,
    sum(measured) as measured,
    sum(viewable) as viewable,
    sum(clicks) as clicks,
    sum(net_clicks) as net_clicks,
    sum(click_conversions_by_conversion) as click_conversions,
    sum(net_click_conversions_by_conversion) as net_click_conversions,
    sum(view_conversions_by_conversion) as view_conversions,
    sum(net_view_conversions_by_conversion) as net_view_conversions,
    sum(revenue_by_conversion_micros) as revenue_micros,
    sum(net_revenue_by_conversion_micros) as net_revenue_micros,
    sum(media_cost_micros) as media_cost_micros,
    -- Of days without any price the spend is not known, so neither is the sum. In another currency than the campaign's is what cost money.
    case when sum(case when spend_micros is null and not is_foreign then impressions + clicks else 0 end) = 0 then sum(gross_spend_micros) end as gross_spend_micros,
    case when sum(case when spend_micros is null and not is_foreign then impressions + clicks else 0 end) = 0 then sum(spend_micros) end as spend_micros,
    sum(unpriced_events) as unpriced_events,
    sum(case when is_foreign then priced_events else 0 end) as foreign_costs
  from performance
  where dimension = 'creative'
  group by creative_id, currency
),
-- In the row of the campaign's currency, where its impressions stand.
depths as (
  select
    d.creative_id,
    coalesce(g.currency, u.currency) as currency,
    sum(d.impressions) as interactions,
    sum(d.net_impressions) as net_interactions,
    sum(d.first_impressions) as impressions_with_interaction,
    sum(d.net_first_impressions) as net_impressions_with_interaction
  from interaction_depth d
  left join campaign_terms g on g.campaign_id = d.campaign_id
  left join campaign_currencies u on u.campaign_id = d.campaign_id
  group by 1, 2
),
-- Spend in more than one currency is divided by nothing.
judged as (
  select *, sum(foreign_costs) over (partition by creative_id) > 0 as is_mixed
  from sums
)
select
  j.creative_id,
  r.campaign_id,
  r.ad_group_id,
  r.format,
  r.size,
  j.currency,
  j.first_date,
  j.last_date,
  j.impressions,
  j.net_impressions,
  j.measured,
  j.viewable,
  j.clicks,
  j.net_clicks,
  j.click_conversions,
  j.net_click_conversions,
  j.view_conversions,
  j.net_view_conversions,
  coalesce(d.interactions, 0) as interactions,
  coalesce(d.net_interactions, 0) as net_interactions,
  coalesce(d.impressions_with_interaction, 0) as impressions_with_interaction,
  coalesce(d.net_impressions_with_interaction, 0) as net_impressions_with_interaction,
  j.revenue_micros,
  j.net_revenue_micros,
  j.media_cost_micros,
  j.gross_spend_micros,
  j.spend_micros,
  j.unpriced_events,
  cast(j.clicks as double) / nullif(j.impressions, 0) as ctr,
  cast(j.net_clicks as double) / nullif(j.net_impressions, 0) as net_ctr,
  cast(j.click_conversions as double) / nullif(j.clicks, 0) as cvr,
  cast(j.net_click_conversions as double) / nullif(j.net_clicks, 0) as net_cvr,
  case when not j.is_mixed then cast(j.gross_spend_micros as double) / nullif(j.click_conversions + j.view_conversions, 0) end as cpa_micros,
  case when not j.is_mixed then cast(j.spend_micros as double) / nullif(j.net_click_conversions + j.net_view_conversions, 0) end as net_cpa_micros,
  cast(d.interactions as double) / nullif(d.impressions_with_interaction, 0) as interaction_depth,
  cast(d.net_interactions as double) / nullif(d.net_impressions_with_interaction, 0) as net_interaction_depth
from judged j
left join depths d on d.creative_id = j.creative_id and d.currency is not distinct from j.currency
left join creatives r on r.creative_id = j.creative_id
order by j.creative_id
