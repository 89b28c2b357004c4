-- What clocks show where a campaign's days are counted: spans of instants with one offset from UTC. Campaigns that nobody described
-- have none and are counted in UTC.
--
-- grain: campaign_id, from_micros
-- input: campaign_zones
-- input: zone_offsets

select z.campaign_id, o.from_micros, o.to_micros, o.offset_micros
from campaign_zones z
join zone_offsets o on o.time_zone = z.time_zone
where z.time_zone <> 'UTC'
