-- Won requests and impressions of the auctions that are due.
--
-- grain: is_request, event_id, micros
-- refresh: temporary
-- input: bid_requests
-- input: impressions
-- input: flagged_impressions
--
-- column: auction_key long
-- column: auction_id string
-- column: is_request boolean
-- column: event_key long
-- column: event_id string
-- column: micros long
-- column: placement_id string
-- column: campaign_id string
-- column: creative_id string
-- column: currency string
-- column: is_valid boolean

select
  auction_key,
  auction_id,
  true as is_request,
  event_key,
  event_id,
  unix_micros(event_time) as micros,
  placement_id,
  campaign_id,
  creative_id,
  currency,
  ivt_reason is null as is_valid
from bid_requests
where won and auction_key is not null
union all
select
  auction_key,
  auction_id,
  false,
  event_key,
  event_id,
  unix_micros(event_time),
  placement_id,
  campaign_id,
  creative_id,
  currency,
  ivt_reason is null and event_id not in (select impression_id from flagged_impressions)
from impressions
where auction_key is not null
