-- Auctions that are out of the ordinary: anything but one won request and one valid impression that can only be a pair and earned
-- nothing. One pass over both, in small numbers; what becomes of the others is worked out for few. Ids become hashes: a shared hash
-- only makes two auctions look like one, and so out of the ordinary.
--
-- grain: key_hash
-- refresh: temporary
-- input: bid_requests
-- input: impressions
-- input: earning_impressions
-- input: flagged_impressions
--
-- column: key_hash long

with
noted as (
  select impression_id from earning_impressions
  union
  select impression_id from flagged_impressions
),
-- Odd numbers for places and campaigns: of two the exclusive or is 0 when they are equal, odd when one is not known, else even.
-- The signs add up to 1 + 2 for a pair; 4 is an invalid request, 8 an invalid impression, 16 one that is looked at anyway.
events as (
  select
    key_hash(auction_id) as key_hash,
    unix_micros(event_time) as micros,
    case when ivt_reason is null then 1 else 5 end as sign,
    case when placement_id is not null then key_hash(placement_id) | 1 end as placement,
    case when campaign_id is not null then key_hash(campaign_id) | 1 end as campaign
  from bid_requests
  where won and auction_id is not null
  union all
  select
    key_hash(auction_id),
    unix_micros(event_time),
    case when event_id in (select impression_id from noted) then 18 when ivt_reason is null then 2 else 10 end,
    case when placement_id is not null then key_hash(placement_id) | 1 end,
    case when campaign_id is not null then key_hash(campaign_id) | 1 end
  from impressions
  where auction_id is not null
),
auctions as (
  select
    key_hash,
    count(*) as events,
    bit_or(sign) as signs,
    max(micros) - min(micros) as micros_between,
    bit_xor(placement) as placements,
    bit_xor(campaign) as campaigns
  from events
  group by key_hash
)
select key_hash
from auctions
where events <> 2
  -- Pairs of valid ends, of an invalid request, and of two invalid ends.
  or signs not in (3, 7, 15)
  or micros_between > 3600000000
  or (placements <> 0 and placements % 2 = 0)
  or (campaigns <> 0 and campaigns % 2 = 0)
