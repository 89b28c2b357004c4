-- Won requests and impressions of the auctions that are due. An id that is on more than 250 of them in an hour of UTC at one placement
-- is no id of an auction: those pair with nothing.
--
-- grain: is_request, event_id, micros
-- refresh: temporary
-- input: bid_requests
-- input: impressions
-- input: flagged_impressions
--
-- column: auction_id string
-- column: is_request boolean
-- column: event_id string
-- column: micros long
-- column: placement_id string
-- column: campaign_id string
-- column: creative_id string
-- column: currency string
-- column: is_valid boolean
-- column: is_pairable boolean

with
events as (
  select
    auction_id,
    true as is_request,
    event_id,
    unix_micros(event_time) as micros,
    placement_id,
    campaign_id,
    creative_id,
    currency,
    ivt_reason is null as is_valid
  from bid_requests
  where won and auction_id is not null
  union all
  select
    auction_id,
    false,
    event_id,
    unix_micros(event_time),
    placement_id,
    campaign_id,
    creative_id,
    currency,
    ivt_reason is null and event_id not in (select impression_id from flagged_impressions)
  from impressions
  where auction_id is not null
)
select
  *,
  count(*) over (partition by auction_id, placement_id, micros - micros % 3600000000) <= 250 as is_pairable
from events
