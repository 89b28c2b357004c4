-- What each campaign did on each local day (docs/terms.md, Metrics), once whole and by the hour (dimension 'campaign') and once for each
-- creative, site, device type, and country and region: totals over any dimension are the same. Counts stand in the row of the
-- campaign's currency, money in the row of its own. net_… leaves out invalid traffic and repeated orders; media cost and spend
-- are what is billed, invalid included. Credits are those of last touch (attribution_credits has all models). Ratios belong to
-- reports, which divide sums by sums. Of a dimension only its own columns are set.
--
-- grain: dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency
-- refresh: replace
-- input: performance_sums
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
--
-- check: not_null(dimension, campaign_id, local_date, impressions, clicks, unpriced_events)
-- check: unique(dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency)

with
-- Whether a day has a price is judged for the campaign's whole day: then hours, sites and devices add up to it.
days as (
  select campaign_id, local_date, currency, sum(priced_events + rated_conversions) as day_priced_events
  from performance_sums
  where dimension = 'campaign'
  group by campaign_id, local_date, currency
)
select
  s.dimension,
  s.campaign_id,
  s.local_date,
  s.local_hour,
  s.ad_group_id,
  s.creative_id,
  s.site_id,
  s.device_type,
  s.country,
  s.region,
  s.currency,
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
  revenues_by_interaction,
  revenues_by_conversion,
  net_revenues_by_interaction,
  net_revenues_by_conversion,
  coalesce(revenue_by_interaction_micros, 0) as revenue_by_interaction_micros,
  coalesce(revenue_by_conversion_micros, 0) as revenue_by_conversion_micros,
  coalesce(net_revenue_by_interaction_micros, 0) as net_revenue_by_interaction_micros,
  coalesce(net_revenue_by_conversion_micros, 0) as net_revenue_by_conversion_micros,
  unattributed_adjustments,
  coalesce(unattributed_adjustments_micros, 0) as unattributed_adjustments_micros,
  unmatched_adjustments,
  coalesce(unmatched_adjustments_micros, 0) as unmatched_adjustments_micros,
  coalesce(media_cost_micros, 0) as media_cost_micros,
  -- A day on which no event, conversions among them, has a rate or a cost is unknown.
  case when day_priced_events > 0 then coalesce(gross_spend_micros, 0) end as gross_spend_micros,
  case when day_priced_events > 0 then coalesce(spend_micros, 0) end as spend_micros,
  case
    when is_priced = 0 and day_priced_events = 0 then impressions + clicks - foreign_costs
    else unpriced_events
  end as unpriced_events,
  priced_events
from performance_sums s
left join days d on d.campaign_id = s.campaign_id and d.local_date = s.local_date and d.currency is not distinct from s.currency
