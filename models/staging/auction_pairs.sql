-- Won requests and the impressions that they led to: one to one, nearest first (docs/terms.md, Auction → impression). Pairs that are
-- the nearest to both of their ends are settled together, then those that are the nearest among what is left, until nothing is. An id
-- that is on more than 250 events in an hour of UTC at one placement is no id of an auction: those pair with nothing.
--
-- grain: request_id, request_micros
-- refresh: temporary
-- input: auction_events
--
-- column: request_key long
-- column: request_id string
-- column: request_micros long
-- column: impression_key long
-- column: impression_id string
-- column: impression_micros long
-- column: is_impression_valid boolean

with recursive
hours as (
  select 0 as step
  union all
  select 1
  union all
  select -1
),
sizes as (
  select auction_key, count(*) as events
  from auction_events
  group by auction_key
  having min(case when is_request then 0 else 1 end) = 0 and max(case when is_request then 0 else 1 end) = 1
),
-- Where there is one of each, nobody else can be nearer.
lone as (
  select
    r.event_key as request_key,
    r.event_id as request_id,
    r.micros as request_micros,
    i.event_key as impression_key,
    i.event_id as impression_id,
    i.micros as impression_micros,
    i.is_valid as is_impression_valid
  from sizes s
  join auction_events r on r.auction_key = s.auction_key
  join auction_events i on i.auction_key = s.auction_key
  where s.events = 2
    and r.is_request
    and not i.is_request
    and i.auction_id = r.auction_id
    and abs(i.micros - r.micros) <= 3600000000
    and coalesce(r.placement_id = i.placement_id, true)
    and coalesce(r.campaign_id = i.campaign_id, true)
),
several as (
  select
    e.auction_id,
    e.is_request,
    e.event_key,
    e.event_id,
    e.micros,
    e.placement_id,
    e.campaign_id,
    e.is_valid,
    count(*) over (partition by e.auction_id, e.placement_id, e.micros - e.micros % 3600000000) as crowd
  from auction_events e
  join sizes s on s.auction_key = e.auction_key
  where s.events > 2
),
-- Candidates meet in the hour of the impression or one beside it: an id used all day does not meet itself.
requests as (
  select e.auction_id, e.event_key, e.event_id, e.micros, e.placement_id, e.campaign_id, (e.micros - e.micros % 3600000000) + 3600000000 * h.step as hour
  from several e
  cross join hours h
  where e.is_request and e.crowd <= 250
),
impressions as (
  select auction_id, event_key, event_id, micros, placement_id, campaign_id, is_valid, micros - micros % 3600000000 as hour
  from several
  where not is_request and crowd <= 250
),
candidates as (
  select
    r.event_key as request_key,
    r.event_id as request_id,
    r.micros as request_micros,
    i.event_key as impression_key,
    i.event_id as impression_id,
    i.micros as impression_micros,
    i.is_valid as is_impression_valid,
    abs(i.micros - r.micros) as distance
  from requests r
  join impressions i on i.auction_id = r.auction_id and i.hour = r.hour
  where abs(i.micros - r.micros) <= 3600000000
    and coalesce(r.placement_id = i.placement_id, true)
    and coalesce(r.campaign_id = i.campaign_id, true)
),
rounds as (
  select
    request_key, request_id, request_micros, impression_key, impression_id, impression_micros, is_impression_valid, distance,
    false as is_pair
  from candidates
  union all
  select request_key, request_id, request_micros, impression_key, impression_id, impression_micros, is_impression_valid, distance, is_pair
  from (
    select
      *,
      max(case when is_pair then 1 else 0 end) over (partition by request_id, request_micros) as request_settled,
      max(case when is_pair then 1 else 0 end) over (partition by impression_id, impression_micros) as impression_settled
    from (
      select
        request_key,
        request_id,
        request_micros,
        impression_key,
        impression_id,
        impression_micros,
        is_impression_valid,
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
select request_key, request_id, request_micros, impression_key, impression_id, impression_micros, is_impression_valid
from lone
union all
select request_key, request_id, request_micros, impression_key, impression_id, impression_micros, is_impression_valid
from rounds
where is_pair
