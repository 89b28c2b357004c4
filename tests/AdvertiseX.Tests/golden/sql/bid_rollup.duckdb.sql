with
-- Summed once by validity too, then laid side by side: a conditional sum costs more than a row of another group.
bucketed as (
  select
    epoch_us(event_time) - epoch_us(event_time) % 900000000 as bucket_micros,
    campaign_id,
    currency,
    ivt_reason is null as is_valid,
    count(*) as requests,
    count(case when bid_cpm_micros is not null or won then 1 end) as bids,
    count(case when won is not null and (bid_cpm_micros is not null or won) then 1 end) as known_bids,
    count(case when won then 1 end) as wins,
    count(floor_cpm_micros) as floor_prices,
    sum(floor_cpm_micros) as floor_cpm_micros,
    count(bid_cpm_micros) as bid_prices,
    sum(bid_cpm_micros) as bid_cpm_micros,
    count(case when won then clearing_cpm_micros end) as clearing_prices,
    sum(case when won then clearing_cpm_micros end) as clearing_cpm_micros,
    count(case when won then bid_cpm_micros + clearing_cpm_micros end) as compared_wins,
    sum(case when won and clearing_cpm_micros is not null then bid_cpm_micros end) as compared_bid_cpm_micros,
    sum(case when won and bid_cpm_micros is not null then clearing_cpm_micros end) as compared_clearing_cpm_micros
  from bid_requests
  group by 1, 2, 3, 4
)
select
  cast(make_timestamptz(bucket_micros) as date) as event_date,
  make_timestamptz(bucket_micros) as bucket_start,
  campaign_id,
  currency,
  sum(requests) as requests,
  sum(bids) as bids,
  sum(known_bids) as known_bids,
  sum(wins) as wins,
  sum(floor_prices) as floor_prices,
  sum(floor_cpm_micros) as floor_cpm_micros,
  sum(bid_prices) as bid_prices,
  sum(bid_cpm_micros) as bid_cpm_micros,
  sum(clearing_prices) as clearing_prices,
  sum(clearing_cpm_micros) as clearing_cpm_micros,
  sum(compared_wins) as compared_wins,
  sum(compared_bid_cpm_micros) as compared_bid_cpm_micros,
  sum(compared_clearing_cpm_micros) as compared_clearing_cpm_micros,
  sum(case when is_valid then requests else 0 end) as valid_requests,
  sum(case when is_valid then bids else 0 end) as valid_bids,
  sum(case when is_valid then known_bids else 0 end) as valid_known_bids,
  sum(case when is_valid then wins else 0 end) as valid_wins,
  sum(case when is_valid then floor_prices else 0 end) as valid_floor_prices,
  sum(case when is_valid then floor_cpm_micros end) as valid_floor_cpm_micros,
  sum(case when is_valid then bid_prices else 0 end) as valid_bid_prices,
  sum(case when is_valid then bid_cpm_micros end) as valid_bid_cpm_micros,
  sum(case when is_valid then clearing_prices else 0 end) as valid_clearing_prices,
  sum(case when is_valid then clearing_cpm_micros end) as valid_clearing_cpm_micros,
  sum(case when is_valid then compared_wins else 0 end) as valid_compared_wins,
  sum(case when is_valid then compared_bid_cpm_micros end) as valid_compared_bid_cpm_micros,
  sum(case when is_valid then compared_clearing_cpm_micros end) as valid_compared_clearing_cpm_micros
from bucketed
group by bucket_micros, campaign_id, currency
