-- What each campaign did on each local day (docs/terms.md, Metrics): the campaign's zone, else its advertiser's, else UTC. The hours of
-- performance summed, which says more of the columns.
--
-- grain: campaign_id, local_date, currency
-- refresh: replace
-- publish: cells
-- input: performance
--
-- column: campaign_id string
-- column: local_date date
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
--
-- check: not_null(campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(campaign_id, local_date, currency)

select
  campaign_id,
  local_date,
  currency,
  is_foreign,
  sum(impressions) as impressions,
  sum(net_impressions) as net_impressions,
  sum(measured) as measured,
  sum(viewable) as viewable,
  sum(net_measured) as net_measured,
  sum(net_viewable) as net_viewable,
  sum(clicks) as clicks,
  sum(unmatched_clicks) as unmatched_clicks,
  sum(net_clicks) as net_clicks,
  sum(tagged_conversions) as tagged_conversions,
  sum(net_tagged_conversions) as net_tagged_conversions,
  sum(unattributed_conversions) as unattributed_conversions,
  sum(click_conversions_by_interaction) as click_conversions_by_interaction,
  sum(click_conversions_by_conversion) as click_conversions_by_conversion,
  sum(view_conversions_by_interaction) as view_conversions_by_interaction,
  sum(view_conversions_by_conversion) as view_conversions_by_conversion,
  sum(primary_conversions_by_interaction) as primary_conversions_by_interaction,
  sum(primary_conversions_by_conversion) as primary_conversions_by_conversion,
  sum(net_click_conversions_by_interaction) as net_click_conversions_by_interaction,
  sum(net_click_conversions_by_conversion) as net_click_conversions_by_conversion,
  sum(net_view_conversions_by_interaction) as net_view_conversions_by_interaction,
  sum(net_view_conversions_by_conversion) as net_view_conversions_by_conversion,
  sum(net_primary_conversions_by_interaction) as net_primary_conversions_by_interaction,
  sum(net_primary_conversions_by_conversion) as net_primary_conversions_by_conversion,
  sum(revenues_by_interaction) as revenues_by_interaction,
  sum(revenues_by_conversion) as revenues_by_conversion,
  sum(net_revenues_by_interaction) as net_revenues_by_interaction,
  sum(net_revenues_by_conversion) as net_revenues_by_conversion,
  sum(revenue_by_interaction_micros) as revenue_by_interaction_micros,
  sum(revenue_by_conversion_micros) as revenue_by_conversion_micros,
  sum(net_revenue_by_interaction_micros) as net_revenue_by_interaction_micros,
  sum(net_revenue_by_conversion_micros) as net_revenue_by_conversion_micros,
  sum(unattributed_adjustments) as unattributed_adjustments,
  sum(unattributed_adjustments_micros) as unattributed_adjustments_micros,
  sum(unmatched_adjustments) as unmatched_adjustments,
  sum(unmatched_adjustments_micros) as unmatched_adjustments_micros,
  sum(media_cost_micros) as media_cost_micros,
  sum(gross_spend_micros) as gross_spend_micros,
  sum(spend_micros) as spend_micros,
  sum(unpriced_events) as unpriced_events,
  sum(priced_events) as priced_events
from performance
where dimension = 'campaign'
group by campaign_id, local_date, currency, is_foreign
order by campaign_id, local_date
