-- Auctions of which more is to be said than that they were won and shown (docs/decisions/027-chains.md): won requests without an
-- impression, impressions whose auction has no won request for them, pairs whose impression earned a click or a conversion, and
-- pairs of a valid request and an invalid impression. Wins that are not here were shown to valid traffic, or were invalid from the start.
--
-- grain: request_id, impression_id, event_time
-- refresh: keyed
-- chains: auction_key; within 1 hour; screened by auction_screen
-- input: bid_requests; tied by auction_key
-- input: impressions; tied by auction_key
-- input: click_attribution; look-back 91 days; tied by impression_key = impressions.event_key; columns impression_id, impression_key
-- input: conversion_attribution; look-back 91 days; tied by touch_key = impressions.event_key; columns touch_id, touch_key, touch_kind, last_touch_millionths
-- input: invalid_rates; look-back 0 days; tied by event_key = impressions.event_key; columns event_kind, event_id, event_key
-- input: auction_pairs
-- input: auction_events
-- input: earning_impressions
--
-- column: event_date date
-- column: event_time timestamp
-- column: link string
-- column: auction_key long
-- column: auction_id string
-- column: request_id string
-- column: impression_id string
-- column: impression_time timestamp
-- column: campaign_id string
-- column: creative_id string
-- column: currency string
-- column: is_valid boolean
-- column: is_impression_valid boolean
--
-- check: not_null(event_date, event_time, link, auction_key, auction_id)
-- check: none((link = 'pair') <> (request_id is not null and impression_id is not null))
-- check: unique(request_id, impression_id, event_time)

with
requests as (
  select
    r.auction_key,
    r.auction_id,
    r.event_id as request_id,
    r.micros,
    r.campaign_id,
    r.creative_id,
    r.currency,
    r.is_valid,
    p.impression_id,
    p.impression_micros,
    p.is_impression_valid
  from auction_events r
  left join auction_pairs p on p.request_key = r.event_key and p.request_micros = r.micros and p.request_id = r.event_id
  where r.is_request
),
links as (
  select
    micros,
    case when impression_id is null then 'no impression' else 'pair' end as link,
    auction_key,
    auction_id,
    request_id,
    impression_id,
    impression_micros,
    campaign_id,
    creative_id,
    currency,
    is_valid,
    is_impression_valid
  from requests
  where impression_id is null
    or (is_valid and not is_impression_valid)
    or impression_id in (select impression_id from earning_impressions)
  union all
  select
    i.micros,
    'no request',
    i.auction_key,
    i.auction_id,
    null,
    i.event_id,
    i.micros,
    i.campaign_id,
    i.creative_id,
    i.currency,
    null,
    i.is_valid
  from auction_events i
  left join auction_pairs p on p.impression_key = i.event_key and p.impression_micros = i.micros and p.impression_id = i.event_id
  where not i.is_request and p.impression_id is null
)
select
  cast(timestamp_micros(micros) as date) as event_date,
  timestamp_micros(micros) as event_time,
  link,
  auction_key,
  auction_id,
  request_id,
  impression_id,
  timestamp_micros(impression_micros) as impression_time,
  campaign_id,
  creative_id,
  currency,
  is_valid,
  is_impression_valid
from links
