-- The currency in whose row campaign_performance counts a campaign's events.
--
-- grain: campaign_id
-- input: campaign_performance

select campaign_id, max(currency) as currency
from campaign_performance
where not is_foreign
group by campaign_id
