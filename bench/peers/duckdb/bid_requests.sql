-- Bid requests have no id of their own: 128 bits over the natural key (auction, user, placement, time), or over all of a request that
-- has no user.
CREATE TABLE bid_requests AS
WITH lines AS (
  SELECT
    nullif(auction_id, '') AS auction_id,
    timestamp AS time_text,
    TRY_CAST(timestamp AS TIMESTAMP) AS event_time,
    user_id, placement_id,
    without_www(lower(site_domain)) AS domain,
    campaign_id, creative_id,
    bid_floor, micros_of(bid_floor) AS floor_cpm_micros,
    bid_price, micros_of(bid_price) AS bid_cpm_micros,
    clearing_price, micros_of(clearing_price) AS clearing_cpm_micros,
    upper(currency) AS currency, won,
    nullif(lower(device.type), 'unknown') AS device_type, lower(device.os) AS os, device.ip AS ip,
    upper(geo.country) AS country, geo.region AS region,
    '{"categories":' || categories || ',"geo.lat":' || geo.lat || ',"geo.lon":' || geo.lon || '}' AS extra,
    targeting,
    filename AS stream
  FROM read_json('{{bids}}/*.ndjson', format = 'newline_delimited', ignore_errors = true, filename = true, columns = {
    auction_id: 'VARCHAR', timestamp: 'VARCHAR', user_id: 'VARCHAR', placement_id: 'VARCHAR', site_domain: 'VARCHAR', campaign_id: 'VARCHAR',
    creative_id: 'VARCHAR', bid_floor: 'VARCHAR', bid_price: 'VARCHAR', clearing_price: 'VARCHAR', currency: 'VARCHAR', won: 'BOOLEAN',
    device: 'STRUCT(type VARCHAR, os VARCHAR, ip VARCHAR)', geo: 'STRUCT(country VARCHAR, region VARCHAR, lat VARCHAR, lon VARCHAR)',
    categories: 'VARCHAR', targeting: 'VARCHAR'})
), hashed AS (
  SELECT *, hash(auction_id, event_time, user_id, placement_id, domain, campaign_id, creative_id, floor_cpm_micros, bid_cpm_micros,
    clearing_cpm_micros, currency, won, device_type, os, ip, country, region, extra, targeting) AS payload
  FROM lines
), identified AS (
  SELECT *, to_hex(hash(auction_id, user_id, placement_id, event_time, CASE WHEN user_id IS NULL THEN payload END))
    || to_hex(hash(event_time, CASE WHEN user_id IS NULL THEN payload END, placement_id, auction_id, user_id)) AS event_id
  FROM hashed
)
SELECT
  event_id, key_of(event_id) AS event_key, event_time,
  TIMESTAMP '{{now}}' AS received_time, TIMESTAMP '{{now}}' AS processed_time, CAST(event_time AS DATE) AS event_date,
  user_id, key_of(user_id) AS user_key, CAST(payload & 2147483647::UBIGINT AS INTEGER) AS payload_hash,
  CASE WHEN in_data_centre(address_block(ip)) THEN 'data_centre' END AS ivt_reason,
  stream, CAST(NULL AS BIGINT) AS stream_offset, CAST(NULL AS INTEGER) AS stream_ordinal,
  auction_id, key_of(auction_id) AS auction_key, placement_id, CAST(NULL AS VARCHAR) AS site_id, domain, device_type, os, country, region,
  CAST(NULL AS VARCHAR) AS city, ip, CAST(NULL AS VARCHAR) AS user_agent, campaign_id, creative_id, floor_cpm_micros, bid_cpm_micros, won, clearing_cpm_micros, currency,
  targeting, extra,
  CASE
    WHEN time_text IS NULL AND auction_id IS NULL THEN 'unparseable'
    WHEN event_time IS NULL THEN 'bad_time'
    WHEN event_time > TIMESTAMP '{{now}}' + INTERVAL 10 MINUTE THEN 'from_the_future'
    WHEN event_time < TIMESTAMP '2000-01-01' THEN 'out_of_range'
    WHEN floor_cpm_micros < 0 OR bid_cpm_micros < 0 OR clearing_cpm_micros < 0 THEN 'out_of_range'
    WHEN auction_id IS NULL THEN 'missing_required_field'
  END AS reason
FROM identified;

INSERT INTO rejects SELECT 'bid_requests', reason, count(*) FROM bid_requests WHERE reason IS NOT NULL GROUP BY reason;
DELETE FROM bid_requests WHERE reason IS NOT NULL;

CREATE TABLE repeats AS
WITH keys AS (SELECT event_key FROM bid_requests GROUP BY event_key HAVING count(*) > 1)
SELECT row_number, payload_hash <> kept AS conflicting FROM (
  SELECT b.rowid AS row_number, payload_hash, row_number() OVER copies AS copy, first_value(payload_hash) OVER copies AS kept
  FROM bid_requests b SEMI JOIN keys USING (event_key)
  WINDOW copies AS (PARTITION BY event_id ORDER BY bid_cpm_micros NULLS FIRST, clearing_cpm_micros NULLS FIRST, payload_hash)
) WHERE copy > 1;
INSERT INTO rejects SELECT 'bid_requests', 'conflicting_duplicate', count(*) FROM repeats WHERE conflicting;
INSERT INTO duplicates SELECT 'bid_requests', count(*) FROM repeats WHERE NOT conflicting;
DELETE FROM bid_requests WHERE rowid IN (SELECT row_number FROM repeats);
DROP TABLE repeats;
