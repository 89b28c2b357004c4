with
-- A row is one number: its micros, and steps of 2^58 that tell a valid request (0), an invalid one (1), a valid impression (5) and an
-- invalid one (7) apart, so that the distance of two rows tells which two they are, and how far apart.
-- Odd numbers for places and campaigns: of two the exclusive or is 0 when they are equal, odd when one is not known, else even.
events as (
  select
    auction_key,
    unix_micros(event_time) + case when ivt_reason is null then 0 else 288230376151711744 end as mark,
    case when placement_id is not null then shiftrightunsigned(xxhash64(placement_id), 1) | 1 end as placement,
    case when campaign_id is not null then shiftrightunsigned(xxhash64(campaign_id), 1) | 1 end as campaign
  from bid_requests
  where won and auction_key is not null
  union all
  select
    i.auction_key,
    unix_micros(i.event_time) + case when i.ivt_reason is null then 1441151880758558720 else 2017612633061982208 end,
    case when i.placement_id is not null then shiftrightunsigned(xxhash64(i.placement_id), 1) | 1 end,
    case when coalesce(i.campaign_id, r.campaign_id) is not null then shiftrightunsigned(xxhash64(coalesce(i.campaign_id, r.campaign_id)), 1) | 1 end
  from impressions i
  left join creatives r on r.creative_id = case when i.campaign_id is null then i.creative_id end
  where i.auction_key is not null
),
auctions as (
  select
    auction_key,
    count(*) as events,
    max(mark) - min(mark) as distance,
    bit_xor(placement) as placements,
    bit_xor(campaign) as campaigns
  from events
  group by auction_key
)
select auction_key
from auctions
-- Not a pair of valid ends, of an invalid request, or of two invalid ends, within an hour.
where events <> 2
  or not (
    distance between 1441151880758558720 - 3600000000 and 1441151880758558720 + 3600000000
    or distance between 1152921504606846976 - 3600000000 and 1152921504606846976 + 3600000000
    or distance between 1729382256910270464 - 3600000000 and 1729382256910270464 + 3600000000)
  or (placements <> 0 and placements % 2 = 0)
  or (campaigns <> 0 and campaigns % 2 = 0)
