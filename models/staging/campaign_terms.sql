-- What performance needs to know of a campaign: its currency, its own or its advertiser's, and which conversions are its aim.
--
-- grain: campaign_id
-- input: campaigns; columns campaign_id, advertiser_id, currency, primary_conversion_types
-- input: advertisers; columns advertiser_id, currency

select
  g.campaign_id,
  coalesce(g.currency, a.currency) as currency,
  case when g.primary_conversion_types is not null then replace(concat('|', translate(lower(g.primary_conversion_types), ' -_', ''), '|'), 's|', '|') end as primary_types
from campaigns g
left join advertisers a on a.advertiser_id = g.advertiser_id
