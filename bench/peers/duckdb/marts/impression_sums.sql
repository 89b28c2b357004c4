-- All sums over impressions, straight from the rows: what they need of their campaign is joined on the way, and one scan serves all
-- dimensions of performance.
CREATE VIEW placed AS
SELECT i.event_id, i.user_key, g.campaign_id, coalesce(r.ad_group_id, '(unknown)') AS ad_group_id, coalesce(i.creative_id, '(unknown)') AS creative_id,
  coalesce(i.site_id, i.domain, '(unknown)') AS site_id, coalesce(i.device_type, '(unknown)') AS device_type,
  coalesce(i.country, '(unknown)') AS country, coalesce(i.region, '(unknown)') AS region,
  coalesce(i.content_category, '(unknown)') AS content_category, i.currency, i.cost_micros, i.time_in_view_ms,
  epoch_us(i.event_time) + coalesce(s.offset_micros, 0) AS local_micros, s.rate_from_micros,
  CASE WHEN s.pricing_model = 'cpm' THEN s.rate_micros WHEN s.pricing_model IS NOT NULL THEN 0 END AS spend_micros,
  i.ivt_reason IS NULL AS is_valid, i.ivt_reason IS NULL AND f.event_key IS NULL AS is_net,
  i.is_viewable IS NOT NULL AND coalesce(i.is_measurable, true) AS is_measured, i.is_viewable
FROM impressions i
LEFT JOIN creatives r ON r.creative_id = i.creative_id
CROSS JOIN LATERAL (SELECT coalesce(i.campaign_id, r.campaign_id, '(unknown)') AS campaign_id) g
LEFT JOIN spans s ON s.campaign_id = g.campaign_id AND epoch_us(i.event_time) >= s.from_micros AND epoch_us(i.event_time) < s.to_micros
LEFT JOIN invalid_rates f ON f.event_kind = 'impression' AND f.event_key = i.event_key;

CREATE TABLE impression_sums AS
SELECT
  CASE GROUPING(local_hour, creative_id, site_id, device_type, country)
    WHEN 15 THEN 'campaign' WHEN 23 THEN 'creative' WHEN 27 THEN 'site' WHEN 29 THEN 'device' ELSE 'geo' END AS dimension,
  campaign_id, CAST(local_day AS INTEGER) AS local_day, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency,
  count(*) AS impressions, count(*) FILTER (is_net) AS net_impressions, count(*) FILTER (is_measured) AS measured,
  count(*) FILTER (is_measured AND is_viewable) AS viewable, count(*) FILTER (is_measured AND is_net) AS net_measured,
  count(*) FILTER (is_measured AND is_viewable AND is_net) AS net_viewable, sum(cost_micros)::BIGINT AS cost_micros, count(cost_micros) AS amounts,
  sum(spend_micros)::BIGINT AS gross_spend_micros, (sum(spend_micros) FILTER (is_net))::BIGINT AS spend_micros, count(spend_micros) AS priced_events
FROM (SELECT *, local_micros // 86400000000 AS local_day, local_micros // 3600000000 % 24 AS local_hour FROM placed)
GROUP BY GROUPING SETS (
  (campaign_id, local_day, local_hour, currency),
  (campaign_id, local_day, ad_group_id, creative_id, currency),
  (campaign_id, local_day, site_id, currency),
  (campaign_id, local_day, device_type, currency),
  (campaign_id, local_day, country, region, currency));

-- With the users, and in one row of null those without one.
CREATE TABLE user_sums AS
SELECT campaign_id, CAST(local_micros // 86400000000 AS INTEGER) AS local_day, user_key, rate_from_micros, currency,
  count(*) AS impressions, count(*) FILTER (is_valid) AS valid_impressions, count(*) FILTER (is_net) AS net_impressions,
  sum(time_in_view_ms)::BIGINT AS time_in_view_ms, sum(cost_micros)::BIGINT AS cost_micros, count(cost_micros) AS amounts, sum(spend_micros)::BIGINT AS gross_spend_micros,
  (sum(spend_micros) FILTER (is_net))::BIGINT AS spend_micros, count(spend_micros) AS priced_events
FROM placed
GROUP BY ALL;

CREATE TABLE context_sums AS
SELECT CAST(local_micros // 86400000000 AS INTEGER) AS local_day, local_micros // 21600000000 % 4 AS quarter, device_type, country, region, content_category,
  count(*) AS impressions, count(*) FILTER (is_net) AS net_impressions
FROM placed
GROUP BY ALL;
