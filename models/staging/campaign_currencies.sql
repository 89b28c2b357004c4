-- The currency in whose row campaign_performance counts a campaign's events.
--
-- grain: campaign_id
-- input: campaign_performance

select campaign_id, max(currency) as currency
from campaign_performance
where impressions + clicks + tagged_conversions + click_conversions_by_conversion + view_conversions_by_conversion
  + click_conversions_by_interaction + view_conversions_by_interaction > 0
group by campaign_id
