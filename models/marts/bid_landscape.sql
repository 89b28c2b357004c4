-- The bid landscape: by campaign and local day how many bids there were in each band of bid prices, and how many of them won. Rows are
-- partial sums: readers sum them again. A band begins at band_cpm_micros: steps of 0.01 below 0.10, of 0.05 below 1, of 0.25 below 5,
-- of 0.50 below 10, of 2.50 below 50, of 5 below 100, then one for all above. Bids without a price are in none.
--
-- grain: event_date, local_date, campaign_id, currency, band_cpm_micros
-- refresh: additive
-- input: bid_requests
-- input: campaign_clocks
--
-- column: event_date date
-- column: local_date date
-- column: campaign_id string
-- column: currency string
-- column: band_cpm_micros long
-- column: bids long
-- column: known_bids long
-- column: wins long
-- column: clearing_prices long
-- column: clearing_cpm_micros long
-- column: valid_bids long
-- column: valid_known_bids long
-- column: valid_wins long
-- column: valid_clearing_prices long
-- column: valid_clearing_cpm_micros long
--
-- check: not_null(event_date, local_date, campaign_id, band_cpm_micros)
-- check: none(known_bids > bids or wins > known_bids)

with
-- By quarter hours of UTC first: the clocks are then asked for few rows.
banded as (
  select
    event_date,
    unix_micros(event_time) - unix_micros(event_time) % 900000000 as bucket_micros,
    coalesce(campaign_id, '(unknown)') as campaign_id,
    currency,
    case
      when bid_cpm_micros >= 100000000 then 100000000
      else bid_cpm_micros - bid_cpm_micros % case
        when bid_cpm_micros < 100000 then 10000
        when bid_cpm_micros < 1000000 then 50000
        when bid_cpm_micros < 5000000 then 250000
        when bid_cpm_micros < 10000000 then 500000
        when bid_cpm_micros < 50000000 then 2500000
        else 5000000
      end
    end as band_cpm_micros,
    won,
    clearing_cpm_micros,
    ivt_reason is null as is_valid
  from bid_requests
  where bid_cpm_micros is not null
),
counted as (
  select
    event_date,
    bucket_micros,
    campaign_id,
    currency,
    band_cpm_micros,
    count(*) as bids,
    count(won) as known_bids,
    count(case when won then 1 end) as wins,
    count(case when won then clearing_cpm_micros end) as clearing_prices,
    sum(case when won then clearing_cpm_micros end) as clearing_cpm_micros,
    count(case when is_valid then 1 end) as valid_bids,
    count(case when is_valid then won end) as valid_known_bids,
    count(case when is_valid and won then 1 end) as valid_wins,
    count(case when is_valid and won then clearing_cpm_micros end) as valid_clearing_prices,
    sum(case when is_valid and won then clearing_cpm_micros end) as valid_clearing_cpm_micros
  from banded
  group by 1, 2, 3, 4, 5
)
select
  b.event_date,
  cast(timestamp_micros(b.bucket_micros + coalesce(c.offset_micros, 0)) as date) as local_date,
  b.campaign_id,
  b.currency,
  b.band_cpm_micros,
  sum(b.bids) as bids,
  sum(b.known_bids) as known_bids,
  sum(b.wins) as wins,
  sum(b.clearing_prices) as clearing_prices,
  sum(b.clearing_cpm_micros) as clearing_cpm_micros,
  sum(b.valid_bids) as valid_bids,
  sum(b.valid_known_bids) as valid_known_bids,
  sum(b.valid_wins) as valid_wins,
  sum(b.valid_clearing_prices) as valid_clearing_prices,
  sum(b.valid_clearing_cpm_micros) as valid_clearing_cpm_micros
from counted b
left join campaign_clocks c on c.campaign_id = b.campaign_id and b.bucket_micros >= c.from_micros and b.bucket_micros < c.to_micros
group by 1, 2, 3, 4, 5
