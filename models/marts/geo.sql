-- What each campaign did on each local day by country and region (docs/terms.md, Metrics). Made of performance.
--
-- grain: campaign_id, local_date, country, region, currency
-- refresh: replace
-- publish: cells
-- input: performance
--
-- column: campaign_id string
-- column: local_date date
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
-- column: media_cost_micros long
-- column: gross_spend_micros long
-- column: spend_micros long
-- column: unpriced_events long
-- column: priced_events long
--
-- check: not_null(campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(campaign_id, local_date, country, region, currency)

select
  campaign_id,
  local_date,
  country,
  region,
  currency,
  is_foreign,
  impressions,
  net_impressions,
  measured,
  viewable,
  net_measured,
  net_viewable,
  clicks,
  unmatched_clicks,
  net_clicks,
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
  media_cost_micros,
  gross_spend_micros,
  spend_micros,
  unpriced_events,
  priced_events
from performance
where dimension = 'geo'
