-- Won requests and the impressions that they led to: one to one, nearest first (docs/terms.md, Auction → impression). Pairs that are
-- the nearest to both of their ends are settled together, then those that are the nearest among what is left, until nothing is.
--
-- grain: request_id, request_micros
-- refresh: temporary
-- input: auction_events
--
-- column: auction_id string
-- column: request_id string
-- column: request_micros long
-- column: impression_id string
-- column: impression_micros long

with recursive
hours as (
  select 0 as step
  union all
  select 1
  union all
  select -1
),
-- Candidates meet in the hour of the impression or one beside it: an id used all day does not meet itself.
requests as (
  select e.auction_id, e.event_id, e.micros, e.placement_id, e.campaign_id, (e.micros - e.micros % 3600000000) + 3600000000 * h.step as hour
  from auction_events e
  cross join hours h
  where e.is_request and e.is_pairable
),
impressions as (
  select auction_id, event_id, micros, placement_id, campaign_id, micros - micros % 3600000000 as hour
  from auction_events
  where not is_request and is_pairable
),
candidates as (
  select
    r.auction_id,
    r.event_id as request_id,
    r.micros as request_micros,
    i.event_id as impression_id,
    i.micros as impression_micros,
    abs(i.micros - r.micros) as distance
  from requests r
  join impressions i on i.auction_id = r.auction_id and i.hour = r.hour
  where abs(i.micros - r.micros) <= 3600000000
    and coalesce(r.placement_id = i.placement_id, true)
    and coalesce(r.campaign_id = i.campaign_id, true)
),
rounds as (
  select auction_id, request_id, request_micros, impression_id, impression_micros, distance, false as is_pair
  from candidates
  union all
  select auction_id, request_id, request_micros, impression_id, impression_micros, distance, is_pair
  from (
    select
      *,
      max(case when is_pair then 1 else 0 end) over (partition by request_id, request_micros) as request_settled,
      max(case when is_pair then 1 else 0 end) over (partition by impression_id, impression_micros) as impression_settled
    from (
      select
        auction_id,
        request_id,
        request_micros,
        impression_id,
        impression_micros,
        distance,
        row_number() over (
          partition by request_id, request_micros
          order by distance, impression_id, impression_micros) = 1
        and row_number() over (
          partition by impression_id, impression_micros
          order by distance, request_micros, request_id) = 1 as is_pair
      from rounds
      where not is_pair
    ) as ranked
  ) as settled
  where is_pair or (request_settled = 0 and impression_settled = 0)
)
select auction_id, request_id, request_micros, impression_id, impression_micros
from rounds
where is_pair
