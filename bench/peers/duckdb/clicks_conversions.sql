CREATE TABLE events AS
WITH lines AS (
  SELECT
    *, kind IN ('click', 'clickad', 'adclick', 'clicked', 'clickthrough') AS is_click, lower(user_agent) AS agent
  FROM (SELECT *, plain_of(kind_text) AS kind FROM (
    SELECT
      nullif(event_id, '') AS event_id,
      nullif(event_timestamp, '') AS time_text,
      TRY_CAST(event_timestamp AS TIMESTAMP) AS event_time,
      nullif(user_id, '') AS user_id,
      nullif(ad_campaign_id, '') AS campaign_id,
      coalesce(conversion_type, '') AS kind_text,
      nullif(creative_id, '') AS creative_id,
      nullif(impression_id, '') AS impression_id,
      nullif(click_id, '') AS click_id,
      nullif(order_id, '') AS order_id,
      nullif(revenue, '') AS revenue,
      micros_of(nullif(revenue, '')) AS revenue_micros,
      nullif(cost, '') AS cost,
      micros_of(nullif(cost, '')) AS cost_micros,
      upper(nullif(currency, '')) AS currency,
      nullif(page_url, '') AS page_url,
      nullif(ip, '') AS ip,
      nullif(user_agent, '') AS user_agent,
      nullif(product, '') AS product,
      filename AS stream
    FROM read_csv('{{feeds}}/clicks_conversions/*.csv', header = true, delim = ',', quote = '"', escape = '"', auto_detect = false,
      strict_mode = true, ignore_errors = true, store_rejects = true, rejects_limit = 0, filename = true, columns = {
      event_timestamp: 'VARCHAR', event_id: 'VARCHAR', user_id: 'VARCHAR', ad_campaign_id: 'VARCHAR', conversion_type: 'VARCHAR',
      creative_id: 'VARCHAR', impression_id: 'VARCHAR', click_id: 'VARCHAR', order_id: 'VARCHAR', revenue: 'VARCHAR', cost: 'VARCHAR',
      currency: 'VARCHAR', page_url: 'VARCHAR', ip: 'VARCHAR', user_agent: 'VARCHAR', product: 'VARCHAR'})
  ))
)
SELECT
  is_click, coalesce(NOT is_click AND (kind = 'refund' OR revenue_micros < 0), false) AS is_adjustment,
  event_id, key_of(event_id) AS event_key, event_time,
  TIMESTAMP '{{now}}' AS received_time, TIMESTAMP '{{now}}' AS processed_time, CAST(event_time AS DATE) AS event_date,
  user_id, key_of(user_id) AS user_key,
  CAST(hash(event_id, event_time, user_id, campaign_id, kind_text, creative_id, impression_id, click_id, order_id, revenue_micros, cost_micros,
    currency, page_url, ip, user_agent, product) & 2147483647::UBIGINT AS INTEGER) AS payload_hash,
  CASE WHEN NOT is_adjustment THEN coalesce(agent_invalid(agent), CASE WHEN in_data_centre(address_block(ip)) THEN 'data_centre' END) END AS ivt_reason,
  stream, CAST(NULL AS BIGINT) AS stream_offset, CAST(NULL AS INTEGER) AS stream_ordinal,
  impression_id, key_of(impression_id) AS impression_key, creative_id, campaign_id, CAST(NULL AS VARCHAR) AS advertiser_id,
  CAST(NULL AS VARCHAR) AS site_id,
  page_url, without_www(page_host(page_url)) AS domain, agent_device(agent) AS device_type, CAST(NULL AS VARCHAR) AS country,
  ip, user_agent, cost_micros, click_id, key_of(click_id) AS click_key, kind_text AS conversion_type, order_id,
  CASE WHEN is_adjustment THEN -abs(lines.revenue_micros) ELSE lines.revenue_micros END AS revenue_micros, currency,
  CASE WHEN product IS NOT NULL THEN CAST(to_json({product: product}) AS VARCHAR) END AS extra,
  CASE
    WHEN kind IN ('', 'none', 'null', '0', 'false', 'impression', 'view', 'pageview') THEN 'unknown_kind'
    WHEN time_text IS NULL THEN 'missing_required_field'
    WHEN event_time IS NULL THEN 'bad_time'
    WHEN event_time > TIMESTAMP '{{now}}' + INTERVAL 10 MINUTE THEN 'from_the_future'
    WHEN event_time < TIMESTAMP '2000-01-01' THEN 'out_of_range'
    WHEN cost IS NOT NULL AND cost_micros IS NULL THEN 'bad_type'
    WHEN cost_micros < 0 THEN 'out_of_range'
    WHEN NOT is_click AND revenue IS NOT NULL AND revenue_micros IS NULL THEN 'bad_type'
    WHEN is_click AND coalesce(user_id, campaign_id, impression_id) IS NULL THEN 'missing_required_field'
    WHEN NOT is_click AND NOT is_adjustment AND coalesce(user_id, campaign_id, click_id, impression_id, order_id) IS NULL THEN 'missing_required_field'
  END AS reason
FROM lines;

INSERT INTO rejects SELECT 'clicks_conversions', 'unparseable', count(DISTINCT (file_id, line)) FROM reject_errors;
INSERT INTO rejects SELECT 'clicks_conversions', reason, count(*) FROM events WHERE reason IS NOT NULL GROUP BY reason;
DELETE FROM events WHERE reason IS NOT NULL;

CREATE TABLE repeats AS
WITH keys AS (SELECT event_key FROM events GROUP BY event_key HAVING count(*) > 1)
SELECT row_number, payload_hash <> kept AS conflicting FROM (
  SELECT e.rowid AS row_number, payload_hash, row_number() OVER copies AS copy, first_value(payload_hash) OVER copies AS kept
  FROM events e SEMI JOIN keys USING (event_key)
  WINDOW copies AS (PARTITION BY event_id ORDER BY cost_micros NULLS FIRST, revenue_micros NULLS FIRST, payload_hash)
) WHERE copy > 1;
INSERT INTO rejects SELECT 'clicks_conversions', 'conflicting_duplicate', count(*) FROM repeats WHERE conflicting;
INSERT INTO duplicates SELECT 'clicks_conversions', count(*) FROM repeats WHERE NOT conflicting;
DELETE FROM events WHERE rowid IN (SELECT row_number FROM repeats);
DROP TABLE repeats;

CREATE VIEW clicks AS
SELECT event_id, event_key, event_time, received_time, processed_time, event_date, user_id, user_key, payload_hash, ivt_reason, stream,
  stream_offset, stream_ordinal, impression_id, impression_key, creative_id, campaign_id, advertiser_id, site_id, page_url, domain, device_type, country, ip,
  user_agent, cost_micros, currency, extra
FROM events WHERE is_click;
CREATE VIEW conversions AS
SELECT event_id, event_key, event_time, received_time, processed_time, event_date, user_id, user_key, payload_hash, ivt_reason,
  stream, stream_offset, stream_ordinal, campaign_id, advertiser_id, click_id, click_key, impression_id, impression_key, conversion_type, order_id,
  revenue_micros, currency, is_adjustment, creative_id, site_id, page_url, domain, device_type, country, ip, user_agent, cost_micros, extra
FROM events WHERE NOT is_click;
