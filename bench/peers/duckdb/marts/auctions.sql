-- Won requests meet impressions by auction. Where an auction has at most one of each, one join tells all; only the others need an order.
CREATE TEMP TABLE odd AS
SELECT auction_key FROM won GROUP BY auction_key HAVING count(*) > 1
UNION
SELECT auction_key FROM auction_impressions GROUP BY auction_key HAVING count(*) > 1;

CREATE TEMP TABLE odd_pairs AS
WITH RECURSIVE rounds AS (
  SELECT w.event_key AS request_key, i.event_key AS impression_key, abs(i.micros - w.micros) AS distance, false AS is_pair
  FROM won w JOIN odd USING (auction_key) JOIN auction_impressions i USING (auction_key)
  WHERE abs(i.micros - w.micros) <= 3600000000 AND coalesce(w.placement_id = i.placement_id, true) AND coalesce(w.campaign_id = i.campaign_id, true)
  UNION ALL
  SELECT request_key, impression_key, distance, is_pair
  FROM (
    SELECT *, bool_or(is_pair) OVER (PARTITION BY request_key) AS request_settled, bool_or(is_pair) OVER (PARTITION BY impression_key) AS impression_settled
    FROM (
      SELECT request_key, impression_key, distance,
        row_number() OVER (PARTITION BY request_key ORDER BY distance, impression_key) = 1
        AND row_number() OVER (PARTITION BY impression_key ORDER BY distance, request_key) = 1 AS is_pair
      FROM rounds WHERE NOT is_pair
    )
  )
  WHERE is_pair OR NOT (request_settled OR impression_settled)
)
SELECT request_key, impression_key FROM rounds WHERE is_pair;

CREATE TEMP TABLE met AS
WITH requests AS (SELECT * FROM won ANTI JOIN odd USING (auction_key)), views AS (SELECT * FROM auction_impressions ANTI JOIN odd USING (auction_key))
SELECT w.event_key AS request_key, w.micros, w.campaign_id, w.currency, w.is_valid, i.event_key AS impression_key, i.micros AS impression_micros,
  coalesce(i.campaign_id, i.described_campaign) AS impression_campaign, i.currency AS impression_currency, i.is_valid AS is_impression_valid,
  coalesce(abs(i.micros - w.micros) <= 3600000000 AND coalesce(w.placement_id = i.placement_id, true)
    AND coalesce(w.campaign_id = i.campaign_id, true), false) AS is_pair
FROM requests w FULL JOIN views i ON i.auction_key = w.auction_key
UNION ALL
SELECT w.event_key, w.micros, w.campaign_id, w.currency, w.is_valid, i.event_key, i.micros, coalesce(i.campaign_id, i.described_campaign), i.currency, i.is_valid,
  w.event_key IS NOT NULL AND i.event_key IS NOT NULL
FROM (SELECT won.*, p.impression_key FROM won SEMI JOIN odd USING (auction_key) LEFT JOIN odd_pairs p ON p.request_key = won.event_key) w
FULL JOIN (SELECT * FROM auction_impressions SEMI JOIN odd USING (auction_key)) i ON i.event_key = w.impression_key;

CREATE TEMP TABLE earned AS
SELECT key_of(impression_id) AS impression_key, bool_or(is_click) AS is_clicked, bool_or(is_click AND is_net) AS is_net_clicked,
  bool_or(NOT is_click) AS is_converted, bool_or(NOT is_click AND is_net) AS is_net_converted
FROM (
  SELECT impression_id, true AS is_click, ivt_reason IS NULL AS is_net FROM click_attribution WHERE impression_id IS NOT NULL
  UNION ALL
  SELECT CASE WHEN a.touch_kind = 'view' THEN a.touch_id ELSE k.impression_id END, false, a.last_touch_net_millionths > 0
  FROM conversion_attribution a LEFT JOIN click_attribution k ON k.click_id = a.touch_id AND a.touch_kind = 'click'
  WHERE a.last_touch_millionths > 0
)
WHERE impression_id IS NOT NULL
GROUP BY ALL;

CREATE TABLE auctions AS
WITH won_sums AS (
  SELECT coalesce(m.campaign_id, '(unknown)') AS campaign_id, day_of(m.micros + coalesce(s.offset_micros, 0)) AS local_date, m.currency,
    count(*) FILTER (is_pair) AS shown, count(*) FILTER (is_pair AND is_clicked) AS clicked, count(*) FILTER (is_pair AND is_converted) AS converted,
    count(*) FILTER (NOT is_pair) AS won_without_impression, count(*) FILTER (is_pair AND is_valid AND is_impression_valid) AS net_shown,
    count(*) FILTER (is_pair AND is_valid AND is_impression_valid AND is_net_clicked) AS net_clicked,
    count(*) FILTER (is_pair AND is_valid AND is_impression_valid AND is_net_converted) AS net_converted,
    count(*) FILTER (NOT is_pair AND is_valid) AS net_won_without_impression
  FROM met m
  LEFT JOIN earned e USING (impression_key)
  LEFT JOIN spans s ON s.campaign_id = m.campaign_id AND m.micros >= s.from_micros AND m.micros < s.to_micros
  WHERE request_key IS NOT NULL
  GROUP BY ALL
), unasked AS (
  SELECT coalesce(m.impression_campaign, '(unknown)') AS campaign_id, day_of(m.impression_micros + coalesce(s.offset_micros, 0)) AS local_date,
    m.impression_currency AS currency, count(*) AS impressions_without_request, count(*) FILTER (is_impression_valid) AS net_impressions_without_request
  FROM met m
  LEFT JOIN spans s ON s.campaign_id = m.impression_campaign AND m.impression_micros >= s.from_micros AND m.impression_micros < s.to_micros
  WHERE impression_key IS NOT NULL AND NOT is_pair
  GROUP BY ALL
), parts AS (
  SELECT * FROM request_sums UNION ALL BY NAME SELECT * FROM won_sums UNION ALL BY NAME SELECT * FROM unasked
)
SELECT p.campaign_id, local_date, coalesce(p.currency, g.currency) AS currency,
  coalesce(sum(requests), 0)::BIGINT AS requests, coalesce(sum(bids), 0)::BIGINT AS bids, coalesce(sum(known_bids), 0)::BIGINT AS known_bids,
  coalesce(sum(wins), 0)::BIGINT AS wins, coalesce(sum(shown), 0)::BIGINT AS shown, coalesce(sum(clicked), 0)::BIGINT AS clicked,
  coalesce(sum(converted), 0)::BIGINT AS converted, coalesce(sum(won_without_impression), 0)::BIGINT AS won_without_impression,
  coalesce(sum(impressions_without_request), 0)::BIGINT AS impressions_without_request,
  coalesce(sum(floor_prices), 0)::BIGINT AS floor_prices, sum(floor_cpm_micros)::BIGINT AS floor_cpm_micros,
  coalesce(sum(bid_prices), 0)::BIGINT AS bid_prices, sum(bid_cpm_micros)::BIGINT AS bid_cpm_micros,
  coalesce(sum(clearing_prices), 0)::BIGINT AS clearing_prices, sum(clearing_cpm_micros)::BIGINT AS clearing_cpm_micros,
  coalesce(sum(compared_wins), 0)::BIGINT AS compared_wins, sum(compared_bid_cpm_micros)::BIGINT AS compared_bid_cpm_micros,
  sum(compared_clearing_cpm_micros)::BIGINT AS compared_clearing_cpm_micros,
  coalesce(sum(requests) FILTER (is_valid), 0)::BIGINT AS net_requests, coalesce(sum(bids) FILTER (is_valid), 0)::BIGINT AS net_bids,
  coalesce(sum(known_bids) FILTER (is_valid), 0)::BIGINT AS net_known_bids, coalesce(sum(wins) FILTER (is_valid), 0)::BIGINT AS net_wins,
  coalesce(sum(net_shown), 0)::BIGINT AS net_shown, coalesce(sum(net_clicked), 0)::BIGINT AS net_clicked,
  coalesce(sum(net_converted), 0)::BIGINT AS net_converted, coalesce(sum(net_won_without_impression), 0)::BIGINT AS net_won_without_impression,
  coalesce(sum(net_impressions_without_request), 0)::BIGINT AS net_impressions_without_request,
  coalesce(sum(floor_prices) FILTER (is_valid), 0)::BIGINT AS net_floor_prices, (sum(floor_cpm_micros) FILTER (is_valid))::BIGINT AS net_floor_cpm_micros,
  coalesce(sum(bid_prices) FILTER (is_valid), 0)::BIGINT AS net_bid_prices, (sum(bid_cpm_micros) FILTER (is_valid))::BIGINT AS net_bid_cpm_micros,
  coalesce(sum(clearing_prices) FILTER (is_valid), 0)::BIGINT AS net_clearing_prices,
  (sum(clearing_cpm_micros) FILTER (is_valid))::BIGINT AS net_clearing_cpm_micros,
  coalesce(sum(compared_wins) FILTER (is_valid), 0)::BIGINT AS net_compared_wins,
  (sum(compared_bid_cpm_micros) FILTER (is_valid))::BIGINT AS net_compared_bid_cpm_micros,
  (sum(compared_clearing_cpm_micros) FILTER (is_valid))::BIGINT AS net_compared_clearing_cpm_micros
FROM parts p LEFT JOIN campaigns g USING (campaign_id)
GROUP BY ALL;
