-- What became of bid requests, by the campaign that bid and the local day of the request (docs/terms.md, Auctions): bids, wins, wins that
-- were shown, shown ones that were clicked or earned a last-touch conversion, and what got lost between. Impressions without a
-- request stand on their own campaign and day. net_… is valid requests, shown to valid traffic. Prices are CPM, in micros, with
-- the number of requests that have one. Ratios belong to reports: sum ÷ sum.
--
-- grain: campaign_id, local_date, currency
-- refresh: replace
-- input: bid_rollup
-- input: auction_links
-- input: click_attribution; columns click_id, impression_id, ivt_reason
-- input: conversion_attribution; columns touch_id, touch_kind, last_touch_millionths, last_touch_net_millionths
-- input: campaign_terms
-- input: campaign_currencies
-- input: campaign_clocks
--
-- column: campaign_id string
-- column: local_date date
-- column: currency string
-- column: requests long
-- column: bids long
-- column: known_bids long
-- column: wins long
-- column: shown long
-- column: clicked long
-- column: converted long
-- column: won_without_impression long
-- column: impressions_without_request long
-- column: floor_prices long
-- column: floor_cpm_micros long
-- column: bid_prices long
-- column: bid_cpm_micros long
-- column: clearing_prices long
-- column: clearing_cpm_micros long
-- column: compared_wins long
-- column: compared_bid_cpm_micros long
-- column: compared_clearing_cpm_micros long
-- column: net_requests long
-- column: net_bids long
-- column: net_known_bids long
-- column: net_wins long
-- column: net_shown long
-- column: net_clicked long
-- column: net_converted long
-- column: net_won_without_impression long
-- column: net_impressions_without_request long
-- column: net_floor_prices long
-- column: net_floor_cpm_micros long
-- column: net_bid_prices long
-- column: net_bid_cpm_micros long
-- column: net_clearing_prices long
-- column: net_clearing_cpm_micros long
-- column: net_compared_wins long
-- column: net_compared_bid_cpm_micros long
-- column: net_compared_clearing_cpm_micros long
--
-- check: not_null(campaign_id, local_date, requests, shown)
-- check: unique(campaign_id, local_date, currency)
-- check: none(shown < 0 or net_shown < 0 or net_shown > shown or clicked > shown or net_clicked > net_shown or net_clicked > clicked)

with
-- A condition on the left side of a left join beside the equality would make DuckDB try every pair: it stands in the value looked up.
clicks as (
  select impression_id, max(case when ivt_reason is null then 1 else 0 end) as is_net
  from click_attribution
  where impression_id is not null
  group by impression_id
),
conversions as (
  select
    case when a.touch_kind = 'view' then a.touch_id else k.impression_id end as impression_id,
    max(case when a.last_touch_net_millionths > 0 then 1 else 0 end) as is_net
  from conversion_attribution a
  left join click_attribution k on k.click_id = case when a.touch_kind = 'click' then a.touch_id end
  where a.last_touch_millionths > 0
  group by 1
),
links as (
  select
    unix_micros(l.event_time) - unix_micros(l.event_time) % 900000000 as bucket_micros,
    coalesce(l.campaign_id, '(unknown)') as campaign_id,
    l.currency,
    case when l.link = 'no impression' then 1 else 0 end as won_without_impression,
    case when l.link = 'no impression' and l.is_valid then 1 else 0 end as net_won_without_impression,
    case when l.link = 'no request' then 1 else 0 end as impressions_without_request,
    case when l.link = 'no request' and l.is_impression_valid then 1 else 0 end as net_impressions_without_request,
    case when l.link = 'pair' and l.is_valid and not l.is_impression_valid then 1 else 0 end as shown_to_invalid,
    case when k.impression_id is not null then 1 else 0 end as clicked,
    case when l.is_valid and l.is_impression_valid then coalesce(k.is_net, 0) else 0 end as net_clicked,
    case when v.impression_id is not null then 1 else 0 end as converted,
    case when l.is_valid and l.is_impression_valid then coalesce(v.is_net, 0) else 0 end as net_converted
  from auction_links l
  left join clicks k on k.impression_id = case when l.link = 'pair' then l.impression_id end
  left join conversions v on v.impression_id = case when l.link = 'pair' then l.impression_id end
),
linked as (
  select
    bucket_micros,
    campaign_id,
    currency,
    sum(won_without_impression) as won_without_impression,
    sum(net_won_without_impression) as net_won_without_impression,
    sum(impressions_without_request) as impressions_without_request,
    sum(net_impressions_without_request) as net_impressions_without_request,
    sum(shown_to_invalid) as shown_to_invalid,
    sum(clicked) as clicked,
    sum(net_clicked) as net_clicked,
    sum(converted) as converted,
    sum(net_converted) as net_converted
  from links
  group by bucket_micros, campaign_id, currency
),
buckets as (
  select
    unix_micros(bucket_start) as bucket_micros,
    coalesce(campaign_id, '(unknown)') as campaign_id,
    currency,
    requests,
    bids,
    known_bids,
    wins,
    floor_prices,
    floor_cpm_micros,
    bid_prices,
    bid_cpm_micros,
    clearing_prices,
    clearing_cpm_micros,
    compared_wins,
    compared_bid_cpm_micros,
    compared_clearing_cpm_micros,
    valid_requests,
    valid_bids,
    valid_known_bids,
    valid_wins,
    valid_floor_prices,
    valid_floor_cpm_micros,
    valid_bid_prices,
    valid_bid_cpm_micros,
    valid_clearing_prices,
    valid_clearing_cpm_micros,
    valid_compared_wins,
    valid_compared_bid_cpm_micros,
    valid_compared_clearing_cpm_micros,
    0 as won_without_impression,
    0 as net_won_without_impression,
    0 as impressions_without_request,
    0 as net_impressions_without_request,
    0 as shown_to_invalid,
    0 as clicked,
    0 as net_clicked,
    0 as converted,
    0 as net_converted
  from bid_rollup
  union all
  select
    bucket_micros,
    campaign_id,
    currency,
    0, 0, 0, 0, 0, null, 0, null, 0, null, 0, null, null,
    0, 0, 0, 0, 0, null, 0, null, 0, null, 0, null, null,
    won_without_impression,
    net_won_without_impression,
    impressions_without_request,
    net_impressions_without_request,
    shown_to_invalid,
    clicked,
    net_clicked,
    converted,
    net_converted
  from linked
),
placed as (
  select
    b.*,
    cast(timestamp_micros(b.bucket_micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    coalesce(b.currency, t.currency, u.currency) as money_currency
  from buckets b
  left join campaign_terms t on t.campaign_id = b.campaign_id
  left join campaign_currencies u on u.campaign_id = b.campaign_id
  left join campaign_clocks c on c.campaign_id = b.campaign_id and b.bucket_micros >= c.from_micros and b.bucket_micros < c.to_micros
)
select
  campaign_id,
  local_date,
  money_currency as currency,
  sum(requests) as requests,
  sum(bids) as bids,
  sum(known_bids) as known_bids,
  sum(wins) as wins,
  sum(wins) - sum(won_without_impression) as shown,
  sum(clicked) as clicked,
  sum(converted) as converted,
  sum(won_without_impression) as won_without_impression,
  sum(impressions_without_request) as impressions_without_request,
  sum(floor_prices) as floor_prices,
  sum(floor_cpm_micros) as floor_cpm_micros,
  sum(bid_prices) as bid_prices,
  sum(bid_cpm_micros) as bid_cpm_micros,
  sum(clearing_prices) as clearing_prices,
  sum(clearing_cpm_micros) as clearing_cpm_micros,
  sum(compared_wins) as compared_wins,
  sum(compared_bid_cpm_micros) as compared_bid_cpm_micros,
  sum(compared_clearing_cpm_micros) as compared_clearing_cpm_micros,
  sum(valid_requests) as net_requests,
  sum(valid_bids) as net_bids,
  sum(valid_known_bids) as net_known_bids,
  sum(valid_wins) as net_wins,
  sum(valid_wins) - sum(net_won_without_impression) - sum(shown_to_invalid) as net_shown,
  sum(net_clicked) as net_clicked,
  sum(net_converted) as net_converted,
  sum(net_won_without_impression) as net_won_without_impression,
  sum(net_impressions_without_request) as net_impressions_without_request,
  sum(valid_floor_prices) as net_floor_prices,
  sum(valid_floor_cpm_micros) as net_floor_cpm_micros,
  sum(valid_bid_prices) as net_bid_prices,
  sum(valid_bid_cpm_micros) as net_bid_cpm_micros,
  sum(valid_clearing_prices) as net_clearing_prices,
  sum(valid_clearing_cpm_micros) as net_clearing_cpm_micros,
  sum(valid_compared_wins) as net_compared_wins,
  sum(valid_compared_bid_cpm_micros) as net_compared_bid_cpm_micros,
  sum(valid_compared_clearing_cpm_micros) as net_compared_clearing_cpm_micros
from placed
group by campaign_id, local_date, money_currency
