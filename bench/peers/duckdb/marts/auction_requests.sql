-- What is asked of bid requests while they are in memory: the won ones, in few columns, and all sums.
CREATE TEMP TABLE won AS
SELECT auction_key, event_key, epoch_us(event_time) AS micros, placement_id, campaign_id, currency, ivt_reason IS NULL AS is_valid
FROM bid_requests WHERE won AND auction_key IS NOT NULL;

CREATE TABLE request_sums AS
SELECT coalesce(b.campaign_id, '(unknown)') AS campaign_id, day_of(epoch_us(b.event_time) + coalesce(s.offset_micros, 0)) AS local_date, b.currency,
  count(*) AS requests, count(*) FILTER (bid_cpm_micros IS NOT NULL OR won) AS bids,
  count(won) FILTER (bid_cpm_micros IS NOT NULL OR won) AS known_bids, count(*) FILTER (won) AS wins,
  count(floor_cpm_micros) AS floor_prices, sum(floor_cpm_micros) AS floor_cpm_micros, count(bid_cpm_micros) AS bid_prices,
  sum(bid_cpm_micros) AS bid_cpm_micros, count(clearing_cpm_micros) FILTER (won) AS clearing_prices,
  sum(clearing_cpm_micros) FILTER (won) AS clearing_cpm_micros,
  count(bid_cpm_micros + clearing_cpm_micros) FILTER (won) AS compared_wins,
  sum(bid_cpm_micros) FILTER (won AND clearing_cpm_micros IS NOT NULL) AS compared_bid_cpm_micros,
  sum(clearing_cpm_micros) FILTER (won AND bid_cpm_micros IS NOT NULL) AS compared_clearing_cpm_micros,
  ivt_reason IS NULL AS is_valid
FROM bid_requests b
LEFT JOIN spans s ON s.campaign_id = b.campaign_id AND epoch_us(b.event_time) >= s.from_micros AND epoch_us(b.event_time) < s.to_micros
GROUP BY ALL;

CREATE TABLE bid_landscape AS
SELECT day_of(epoch_us(b.event_time) + coalesce(s.offset_micros, 0)) AS local_date, coalesce(b.campaign_id, '(unknown)') AS campaign_id, b.currency,
  CASE WHEN bid_cpm_micros >= 100000000 THEN 100000000 ELSE bid_cpm_micros - bid_cpm_micros % CASE
    WHEN bid_cpm_micros < 100000 THEN 10000 WHEN bid_cpm_micros < 1000000 THEN 50000 WHEN bid_cpm_micros < 5000000 THEN 250000
    WHEN bid_cpm_micros < 10000000 THEN 500000 WHEN bid_cpm_micros < 50000000 THEN 2500000 ELSE 5000000 END END AS band_cpm_micros,
  count(*) AS bids, count(won) AS known_bids, count(*) FILTER (won) AS wins, count(clearing_cpm_micros) FILTER (won) AS clearing_prices,
  (sum(clearing_cpm_micros) FILTER (won))::BIGINT AS clearing_cpm_micros, count(*) FILTER (ivt_reason IS NULL) AS valid_bids,
  count(won) FILTER (ivt_reason IS NULL) AS valid_known_bids, count(*) FILTER (won AND ivt_reason IS NULL) AS valid_wins,
  count(clearing_cpm_micros) FILTER (won AND ivt_reason IS NULL) AS valid_clearing_prices,
  (sum(clearing_cpm_micros) FILTER (won AND ivt_reason IS NULL))::BIGINT AS valid_clearing_cpm_micros
FROM bid_requests b
LEFT JOIN spans s ON s.campaign_id = b.campaign_id AND epoch_us(b.event_time) >= s.from_micros AND epoch_us(b.event_time) < s.to_micros
WHERE bid_cpm_micros IS NOT NULL
GROUP BY ALL;
