-- The zone in which a campaign's days are counted: its own, else its advertiser's, else UTC.
--
-- grain: campaign_id
-- input: campaigns; columns campaign_id, advertiser_id, time_zone
-- input: advertisers; columns advertiser_id, time_zone

select g.campaign_id, coalesce(g.time_zone, a.time_zone, 'UTC') as time_zone
from campaigns g
left join advertisers a on a.advertiser_id = g.advertiser_id
