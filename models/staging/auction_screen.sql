-- Auctions that are out of the ordinary: anything but one won request and one valid impression that can only be a pair and earned
-- nothing. One pass over both, in small numbers; what becomes of the others is worked out for few.
--
-- grain: auction_id
-- refresh: temporary
-- input: bid_requests
-- input: impressions
-- input: earning_impressions
-- input: flagged_impressions
--
-- column: auction_id string

with
events as (
  select
    auction_id,
    unix_micros(event_time) as micros,
    1 as is_request,
    placement_id,
    campaign_id,
    case when ivt_reason is null then 0 else 1 end as is_invalid
  from bid_requests
  where won and auction_id is not null
  union all
  select
    auction_id,
    unix_micros(event_time),
    0,
    placement_id,
    campaign_id,
    case when ivt_reason is null then 0 else 2 end
  from impressions
  where auction_id is not null
),
auctions as (
  select
    auction_id,
    count(*) as events,
    sum(is_request) as requests,
    max(micros) - min(micros) as micros_between,
    min(placement_id) = max(placement_id) as has_one_placement,
    min(campaign_id) = max(campaign_id) as has_one_campaign,
    sum(is_invalid) as invalid
  from events
  group by auction_id
)
select auction_id
from auctions
where events <> 2
  or requests <> 1
  or micros_between > 3600000000
  or not coalesce(has_one_placement, true)
  or not coalesce(has_one_campaign, true)
  -- A valid request whose impression is not: net figures differ.
  or invalid = 2
union all
select auction_id
from impressions
where auction_id is not null
  and (event_id in (select impression_id from earning_impressions) or event_id in (select impression_id from flagged_impressions))
