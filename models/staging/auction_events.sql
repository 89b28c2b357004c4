-- Won requests and impressions of the auctions that are due and out of the ordinary: anything but one won request and one impression
-- that are a pair of which auction_links has nothing to say. After late data most auctions that are due are such pairs.
--
-- grain: is_request, event_id, micros
-- refresh: temporary
-- input: bid_requests
-- input: impressions
-- input: creatives; columns creative_id, campaign_id
-- input: flagged_impressions
-- input: earning_impressions
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

with
events as (
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
    ivt_reason is null as is_valid,
    false as is_earning
  from bid_requests
  where won and auction_key is not null
  union all
  select
    i.auction_key,
    i.auction_id,
    false,
    i.event_key,
    i.event_id,
    unix_micros(i.event_time),
    i.placement_id,
    coalesce(i.campaign_id, r.campaign_id),
    i.creative_id,
    i.currency,
    i.ivt_reason is null and not exists (select 1 from flagged_impressions f where f.impression_id = i.event_id),
    i.event_id in (select impression_id from earning_impressions)
  from impressions i
  left join creatives r on r.creative_id = case when i.campaign_id is null then i.creative_id end
  where i.auction_key is not null
),
-- Odd numbers for places and campaigns: of two the exclusive or is 0 when they are equal, odd when one is not known, else even.
marked as (
  select
    auction_key,
    is_request,
    micros,
    is_valid,
    is_earning,
    key_hash(auction_id) as auction,
    case when placement_id is not null then key_hash(placement_id) | 1 end as placement,
    case when campaign_id is not null then key_hash(campaign_id) | 1 end as campaign
  from events
),
-- A valid request and an invalid impression are the two of which is_valid says what is_request does.
ordinary as (
  select auction_key
  from marked
  group by auction_key
  having count(*) = 2
    and sum(case when is_request then 1 else 0 end) = 1
    and max(micros) - min(micros) <= 3600000000
    and bit_xor(auction) = 0
    and not coalesce(bit_xor(placement) <> 0 and bit_xor(placement) % 2 = 0, false)
    and not coalesce(bit_xor(campaign) <> 0 and bit_xor(campaign) % 2 = 0, false)
    and sum(case when is_request = is_valid then 1 else 0 end) < 2
    and sum(case when is_earning then 1 else 0 end) = 0
)
select
  e.auction_key,
  e.auction_id,
  e.is_request,
  e.event_key,
  e.event_id,
  e.micros,
  e.placement_id,
  e.campaign_id,
  e.creative_id,
  e.currency,
  e.is_valid
from events e
left join ordinary o on o.auction_key = e.auction_key
where o.auction_key is null
