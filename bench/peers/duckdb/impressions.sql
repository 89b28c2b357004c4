-- Parse once, straight into the columns of the table; a line that is no JSON becomes a row of nulls.
CREATE TABLE impressions AS
WITH lines AS (
  SELECT
    impression_id AS event_id,
    timestamp AS time_text,
    coalesce(make_timestamp(ts), TRY_CAST(timestamp AS TIMESTAMP)) AS event_time,
    coalesce(user_id, uid) AS user_id,
    coalesce(ad_creative_id, ad_id) AS creative_id,
    coalesce(campaign_id, ad_campaign_id) AS campaign_id,
    auction_id, placement_id,
    coalesce(page_url, website) AS page_url,
    lower(coalesce(device_type, device.type)) AS given_device,
    lower(coalesce(os, device.os)) AS given_os,
    lower(device.browser) AS given_browser,
    upper(coalesce(country, geo.country)) AS country,
    geo.region AS region,
    geo.city AS city,
    ip, user_agent,
    lower(user_agent) AS agent,
    cost,
    micros_of(cost) AS cost_micros,
    upper(currency) AS currency,
    viewable AS is_viewable, measurable AS is_measurable, time_in_view_ms,
    filename AS stream
  FROM read_json('{{feeds}}/impressions/*.ndjson', format = 'newline_delimited', ignore_errors = true, filename = true, columns = {
    impression_id: 'VARCHAR', timestamp: 'VARCHAR', ts: 'BIGINT', ad_creative_id: 'VARCHAR', ad_id: 'VARCHAR',
    campaign_id: 'VARCHAR', ad_campaign_id: 'VARCHAR', user_id: 'VARCHAR', uid: 'VARCHAR', auction_id: 'VARCHAR',
    placement_id: 'VARCHAR', website: 'VARCHAR', page_url: 'VARCHAR',
    device: 'STRUCT(type VARCHAR, os VARCHAR, browser VARCHAR)', geo: 'STRUCT(country VARCHAR, region VARCHAR, city VARCHAR)',
    device_type: 'VARCHAR', os: 'VARCHAR', country: 'VARCHAR', ip: 'VARCHAR', user_agent: 'VARCHAR', cost: 'VARCHAR',
    currency: 'VARCHAR', viewable: 'BOOLEAN', measurable: 'BOOLEAN', time_in_view_ms: 'BIGINT'})
)
SELECT
  event_id,
  key_of(event_id) AS event_key,
  event_time,
  TIMESTAMP '{{now}}' AS received_time,
  TIMESTAMP '{{now}}' AS processed_time,
  CAST(event_time AS DATE) AS event_date,
  user_id,
  key_of(user_id) AS user_key,
  CAST(hash(event_id, event_time, user_id, creative_id, campaign_id, auction_id, placement_id, page_url, given_device, given_os, given_browser,
    country, region, city, ip, user_agent, cost_micros, currency, is_viewable, is_measurable, time_in_view_ms) & 2147483647::UBIGINT AS INTEGER) AS payload_hash,
  coalesce(agent_invalid(agent), CASE WHEN in_data_centre(address_block(ip)) THEN 'data_centre' END) AS ivt_reason,
  stream,
  CAST(NULL AS BIGINT) AS stream_offset,
  CAST(NULL AS INTEGER) AS stream_ordinal,
  creative_id, campaign_id,
  CAST(NULL AS VARCHAR) AS ad_group_id,
  CAST(NULL AS VARCHAR) AS advertiser_id,
  auction_id, key_of(auction_id) AS auction_key, placement_id,
  CAST(NULL AS VARCHAR) AS site_id,
  page_url,
  without_www(page_host(page_url)) AS domain,
  CAST(NULL AS VARCHAR) AS content_category,
  coalesce(given_device, agent_device(agent)) AS device_type,
  coalesce(given_os, agent_os(agent)) AS os,
  coalesce(given_browser, agent_browser(agent)) AS browser,
  country, region, city, ip, user_agent, cost_micros, currency, is_viewable, is_measurable, time_in_view_ms,
  CAST(NULL AS VARCHAR) AS extra,
  CASE
    WHEN event_id IS NULL AND time_text IS NULL AND event_time IS NULL AND creative_id IS NULL THEN 'unparseable'
    WHEN time_text IS NULL AND event_time IS NULL THEN 'missing_required_field'
    WHEN event_time IS NULL THEN 'bad_time'
    WHEN event_time > TIMESTAMP '{{now}}' + INTERVAL 10 MINUTE THEN 'from_the_future'
    WHEN event_time < TIMESTAMP '2000-01-01' THEN 'out_of_range'
    WHEN cost IS NOT NULL AND cost_micros IS NULL THEN 'bad_type'
    WHEN cost_micros < 0 OR time_in_view_ms < 0 THEN 'out_of_range'
    WHEN creative_id IS NULL AND campaign_id IS NULL THEN 'missing_required_field'
  END AS reason
FROM lines;

INSERT INTO rejects SELECT 'impressions', reason, count(*) FROM impressions WHERE reason IS NOT NULL GROUP BY reason;
DELETE FROM impressions WHERE reason IS NOT NULL;

-- Few ids come twice: find them by key, and only their rows go through a window. Of conflicting copies the cheapest stays, which in
-- this data is the one that came first.
CREATE TABLE repeats AS
WITH keys AS (SELECT event_key FROM impressions GROUP BY event_key HAVING count(*) > 1)
SELECT row_number, payload_hash <> kept AS conflicting FROM (
  SELECT i.rowid AS row_number, payload_hash, row_number() OVER copies AS copy, first_value(payload_hash) OVER copies AS kept
  FROM impressions i SEMI JOIN keys USING (event_key)
  WINDOW copies AS (PARTITION BY event_id ORDER BY cost_micros NULLS FIRST, payload_hash)
) WHERE copy > 1;
INSERT INTO rejects SELECT 'impressions', 'conflicting_duplicate', count(*) FROM repeats WHERE conflicting;
INSERT INTO duplicates SELECT 'impressions', count(*) FROM repeats WHERE NOT conflicting;
DELETE FROM impressions WHERE rowid IN (SELECT row_number FROM repeats);
DROP TABLE repeats;
