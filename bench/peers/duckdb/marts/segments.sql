CREATE VIEW campaign_user_daily AS
SELECT campaign_id, DATE '1970-01-01' + local_day AS local_date, user_key, rate_from_micros, currency, impressions, valid_impressions, time_in_view_ms,
  cost_micros
FROM user_sums WHERE user_key IS NOT NULL;

CREATE TEMP TABLE user_days AS
SELECT user_key, local_day, sum(impressions) AS impressions, sum(net_impressions) AS net_impressions, sum(time_in_view_ms) AS time_in_view_ms,
  sum(clicks) AS clicks, sum(net_clicks) AS net_clicks, sum(conversions) AS conversions, sum(net_conversions) AS net_conversions
FROM (
  SELECT user_key, local_day, impressions, net_impressions, time_in_view_ms, 0 AS clicks, 0 AS net_clicks, 0 AS conversions, 0 AS net_conversions
  FROM user_sums WHERE user_key IS NOT NULL
  UNION ALL
  SELECT user_key, CAST(local_micros // 86400000000 AS INTEGER), 0, 0, NULL, 1, net_events, 0, 0
  FROM small_events WHERE kind = 'click' AND user_key IS NOT NULL
  UNION ALL
  SELECT c.user_key, CAST((c.micros + coalesce(s.offset_micros, 0)) // 86400000000 AS INTEGER), 0, 0, NULL, 0, 0, 1,
    CASE WHEN c.ivt_reason IS NULL THEN 1 ELSE 0 END
  FROM judged_conversions c
  LEFT JOIN spans s ON s.campaign_id = c.campaign_id AND c.micros >= s.from_micros AND c.micros < s.to_micros
  WHERE c.user_key IS NOT NULL
)
GROUP BY ALL;

-- Most users are exposed and nothing else, without a gap: they need no order of days.
CREATE TABLE segments AS
WITH days AS (
  SELECT user_key, local_day, net_impressions AS impressions, net_clicks AS clicks, net_conversions AS conversions
  FROM user_days WHERE net_impressions + net_clicks + net_conversions > 0
), people AS (
  SELECT user_key, min(local_day) AS first_day, max(local_day) AS last_day,
    sum(impressions) < 10 AND sum(clicks + conversions) = 0 AND max(local_day) <= min(local_day) + 30 AS is_plain
  FROM days GROUP BY user_key
), others AS (
  SELECT d.* FROM days d SEMI JOIN (SELECT user_key FROM people WHERE NOT is_plain) USING (user_key)
), points AS (
  SELECT user_key, day, sum(impressions) AS impressions, sum(clicks) AS clicks, sum(conversions) AS conversions
  FROM (
    SELECT user_key, local_day + 1 AS day, impressions, clicks, conversions FROM others
    UNION ALL
    SELECT user_key, local_day + 31, -impressions, -clicks, -conversions FROM others
  )
  GROUP BY user_key, day
), named AS (
  SELECT user_key, day, CASE
    WHEN sum(conversions) OVER past > 0 THEN 'converter'
    WHEN sum(clicks) OVER past > 0 THEN 'clicker'
    WHEN sum(impressions) OVER past >= 10 THEN 'engaged'
    WHEN sum(impressions) OVER past > 0 THEN 'exposed' ELSE 'new' END AS segment
  FROM points
  WINDOW past AS (PARTITION BY user_key ORDER BY day)
), starts AS (
  SELECT * FROM named QUALIFY segment IS DISTINCT FROM lag(segment) OVER (PARTITION BY user_key ORDER BY day)
), spells AS (
  SELECT user_key, segment, day AS valid_from, lead(day) OVER (PARTITION BY user_key ORDER BY day) - 1 AS valid_to FROM starts
)
SELECT user_key, DATE '1970-01-01' + valid_from AS valid_from, DATE '1970-01-01' + valid_to AS valid_to, segment FROM spells WHERE segment <> 'new'
UNION ALL
SELECT user_key, DATE '1970-01-01' + (first_day + 1), DATE '1970-01-01' + (last_day + 30), 'exposed' FROM people WHERE is_plain;

CREATE TABLE user_features AS
SELECT user_key, any_value(u.age_band) AS age_band, any_value(u.gender) AS gender, sum(impressions)::BIGINT AS impressions, sum(net_impressions)::BIGINT AS net_impressions, sum(clicks)::BIGINT AS clicks,
  sum(net_clicks)::BIGINT AS net_clicks, sum(conversions)::BIGINT AS conversions, sum(net_conversions)::BIGINT AS net_conversions,
  sum(time_in_view_ms)::BIGINT AS time_in_view_ms,
  CAST(sum(clicks) AS DOUBLE) / nullif(sum(impressions), 0) AS ctr, CAST(sum(net_clicks) AS DOUBLE) / nullif(sum(net_impressions), 0) AS net_ctr,
  count(*) AS active_days, DATE '1970-01-01' + min(local_day) AS first_active_date, DATE '1970-01-01' + max(local_day) AS last_active_date
FROM user_days LEFT JOIN users u USING (user_key)
GROUP BY user_key;
