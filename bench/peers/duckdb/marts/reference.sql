-- What people describe, and the small tables that every mart needs of it.
CREATE MACRO window_of(text) AS CAST(CASE
  WHEN text LIKE 'PT%H' THEN CAST(text[3:-2] AS BIGINT) * 3600000000
  WHEN text LIKE 'P%D' THEN CAST(text[2:-2] AS BIGINT) * 86400000000
  WHEN text LIKE '%d' THEN CAST(text[:-2] AS BIGINT) * 86400000000
  WHEN text LIKE '%h' THEN CAST(text[:-2] AS BIGINT) * 3600000000 END AS BIGINT);

CREATE TABLE campaigns AS
SELECT campaign_id, advertiser_id, time_zone, currency,
  coalesce(window_of(click_window), 86400000000) AS click_window,
  coalesce(window_of(conversion_click_window), 2592000000000) AS conversion_click_window,
  coalesce(window_of(view_window), 86400000000) AS view_window,
  list_transform(string_split(primary_conversion_types, '|'), lambda t: plain_of(t)) AS primary_types
FROM read_csv('{{feeds}}/reference/campaigns.csv', header = true, all_varchar = true);

CREATE TABLE rates AS
SELECT campaign_id, pricing_model,
  CAST(CAST(rate AS DECIMAL(18, 6)) * 1000000 AS BIGINT) // CASE WHEN pricing_model = 'cpm' THEN 1000 ELSE 1 END AS rate_micros,
  coalesce(epoch_us(CAST(valid_from AS TIMESTAMP)), -9223372036854775807) AS from_micros,
  coalesce(epoch_us(CAST(valid_to AS TIMESTAMP)), 9223372036854775807) AS to_micros
FROM read_csv('{{feeds}}/reference/campaign_rates.csv', header = true, all_varchar = true);

CREATE TABLE creatives AS
SELECT * FROM read_csv('{{feeds}}/reference/creatives.csv', header = true, all_varchar = true);
CREATE TABLE sites AS
SELECT site_id, domain, category AS content_category FROM read_csv('{{feeds}}/reference/sites.csv', header = true, all_varchar = true);
CREATE TABLE users AS
SELECT *, key_of(user_id) AS user_key FROM read_csv('{{feeds}}/reference/users.csv', header = true, all_varchar = true);

-- Offsets of each zone, made outside the timing, so that no time zone library is needed.
CREATE TABLE zone_offsets AS
SELECT * FROM read_csv('{{zones}}', header = true,
  columns = {time_zone: 'VARCHAR', from_micros: 'BIGINT', to_micros: 'BIGINT', offset_micros: 'BIGINT'});

-- For each campaign spans of instants with one offset and one rate: one join for both.
CREATE TABLE spans AS
WITH clocks AS (
  SELECT campaign_id, from_micros, to_micros, offset_micros FROM campaigns JOIN zone_offsets USING (time_zone)
), moments AS (
  SELECT campaign_id, from_micros AS micros FROM clocks
  UNION SELECT campaign_id, from_micros FROM rates
  UNION SELECT campaign_id, to_micros FROM rates
  UNION SELECT campaign_id, -9223372036854775807 FROM rates
), pieces AS (
  SELECT campaign_id, micros AS from_micros, lead(micros, 1, 9223372036854775807) OVER (PARTITION BY campaign_id ORDER BY micros) AS to_micros
  FROM moments
)
SELECT p.campaign_id, p.from_micros, p.to_micros, coalesce(c.offset_micros, 0) AS offset_micros, r.pricing_model, r.rate_micros,
  r.from_micros AS rate_from_micros
FROM pieces p
LEFT JOIN clocks c ON c.campaign_id = p.campaign_id AND p.from_micros >= c.from_micros AND p.from_micros < c.to_micros
LEFT JOIN rates r ON r.campaign_id = p.campaign_id AND p.from_micros >= r.from_micros AND p.from_micros < r.to_micros
WHERE p.from_micros < p.to_micros;
CREATE TABLE priced AS SELECT DISTINCT campaign_id FROM rates;
