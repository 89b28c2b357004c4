CREATE TEMP TABLE conversion_rows AS
SELECT c.*, epoch_us(c.event_time) AS micros, coalesce(g.advertiser_id, c.advertiser_id) AS known_advertiser,
  c.order_id IS NOT NULL AND row_number() OVER (
    PARTITION BY coalesce(g.advertiser_id, c.advertiser_id),
      CASE WHEN coalesce(g.advertiser_id, c.advertiser_id) IS NULL THEN c.campaign_id END, c.conversion_type, c.order_id
    ORDER BY c.event_time, c.event_id) > 1 AS is_duplicate_order
FROM conversions c LEFT JOIN campaigns g USING (campaign_id);

CREATE TEMP TABLE views AS
WITH watched AS (
  SELECT user_key, min(micros) - (SELECT greatest(86400000000, max(view_window)) FROM campaigns) AS from_micros, max(micros) AS to_micros
  FROM conversion_rows WHERE user_key IS NOT NULL GROUP BY user_key
), named AS (
  SELECT DISTINCT impression_key FROM conversion_rows WHERE impression_key IS NOT NULL
)
SELECT i.event_id AS touch_id, i.event_key AS touch_key, i.user_key, epoch_us(i.event_time) AS micros,
  coalesce(i.ivt_reason, f.ivt_reason) AS touch_ivt_reason,
  coalesce(i.campaign_id, r.campaign_id, '(unknown)') AS campaign_id, coalesce(i.creative_id, '(unknown)') AS creative_id,
  coalesce(i.ad_group_id, r.ad_group_id, '(unknown)') AS ad_group_id, coalesce(i.site_id, '(unknown)') AS site_id,
  coalesce(i.domain, '(unknown)') AS domain, coalesce(i.device_type, '(unknown)') AS device_type, coalesce(i.country, '(unknown)') AS country,
  coalesce(i.region, '(unknown)') AS region, coalesce(i.content_category, '(unknown)') AS content_category,
  coalesce(g.advertiser_id, i.advertiser_id) AS known_advertiser, coalesce(g.view_window, 86400000000) AS touch_window
FROM impressions i
LEFT JOIN watched w ON w.user_key = i.user_key AND epoch_us(i.event_time) BETWEEN w.from_micros AND w.to_micros
LEFT JOIN named n ON n.impression_key = i.event_key
LEFT JOIN invalid_rates f ON f.event_kind = 'impression' AND f.event_key = i.event_key
LEFT JOIN creatives r ON r.creative_id = i.creative_id
LEFT JOIN campaigns g ON g.campaign_id = coalesce(i.campaign_id, r.campaign_id)
WHERE w.user_key IS NOT NULL OR n.impression_key IS NOT NULL;

CREATE TEMP TABLE touches AS
WITH candidates AS (
  SELECT 'click' AS touch_kind, k.click_id AS touch_id, k.click_key AS touch_key, k.user_key, epoch_us(k.event_time) AS micros,
    k.ivt_reason AS touch_ivt_reason, k.campaign_id, k.creative_id, k.ad_group_id, k.site_id, k.domain, k.device_type, k.country, k.region,
    k.content_category, coalesce(g.advertiser_id, k.advertiser_id) AS known_advertiser,
    coalesce(g.conversion_click_window, 2592000000000) AS touch_window
  FROM click_attribution k LEFT JOIN campaigns g USING (campaign_id)
  UNION ALL BY NAME
  SELECT 'view' AS touch_kind, * FROM views
), met AS (
  SELECT c.event_key AS conversion_key, c.micros AS conversion_micros, t.*
  FROM conversion_rows c JOIN candidates t ON t.user_key = c.user_key
  WHERE t.known_advertiser = c.known_advertiser
    OR ((t.known_advertiser IS NULL OR c.known_advertiser IS NULL) AND t.campaign_id = c.campaign_id AND t.campaign_id <> '(unknown)')
  UNION
  SELECT c.event_key, c.micros, t.*
  FROM conversion_rows c JOIN candidates t ON (t.touch_kind = 'click' AND t.touch_key = c.click_key)
  UNION
  SELECT c.event_key, c.micros, t.*
  FROM conversion_rows c JOIN candidates t ON (t.touch_kind = 'view' AND t.touch_key = c.impression_key)
), eligible AS (
  SELECT * FROM met WHERE conversion_micros - micros BETWEEN 0 AND touch_window
  QUALIFY touch_kind = min(touch_kind) OVER (PARTITION BY conversion_key)
)
SELECT *, row_number() OVER (PARTITION BY conversion_key ORDER BY micros, touch_id DESC) AS position,
  count(*) OVER (PARTITION BY conversion_key) AS touches
FROM eligible;

-- Exact shares of conversions with several touches; of last and first touch there is nothing to divide.
CREATE TEMP TABLE shares AS
WITH weighed AS (
  SELECT t.conversion_key, t.position, m.model, m.measure,
    CASE m.measure WHEN 'credit' THEN 1000000 ELSE c.revenue_micros END AS amount,
    CASE m.model
      WHEN 'linear' THEN 1
      WHEN 'decay' THEN greatest(1, CAST(round(1000000000 * power(2, (t.micros - c.micros) / 604800000000)) AS BIGINT))
      ELSE CASE WHEN t.touches > 2 AND t.position IN (1, t.touches) THEN 2 * (t.touches - 2) ELSE 1 END END AS weight
  FROM touches t JOIN conversion_rows c ON c.event_key = t.conversion_key
  CROSS JOIN (VALUES ('linear', 'credit'), ('linear', 'revenue'), ('decay', 'credit'), ('decay', 'revenue'), ('place', 'credit'), ('place', 'revenue')) AS m(model, measure)
  WHERE t.touches > 1
), floored AS (
  SELECT *, abs(CAST(amount AS HUGEINT)) * weight AS product, sum(weight) OVER parts AS weights
  FROM weighed
  WINDOW parts AS (PARTITION BY conversion_key, model, measure)
), ranked AS (
  SELECT *, product // weights AS share,
    row_number() OVER (PARTITION BY conversion_key, model, measure ORDER BY product % weights DESC, position) AS n,
    abs(amount) - sum(product // weights) OVER (PARTITION BY conversion_key, model, measure) AS left_over
  FROM floored
)
SELECT conversion_key, position,
  max(part) FILTER (model = 'linear' AND measure = 'credit') AS linear_credit,
  max(part) FILTER (model = 'linear' AND measure = 'revenue') AS linear_revenue,
  max(part) FILTER (model = 'decay' AND measure = 'credit') AS decay_credit,
  max(part) FILTER (model = 'decay' AND measure = 'revenue') AS decay_revenue,
  max(part) FILTER (model = 'place' AND measure = 'credit') AS place_credit,
  max(part) FILTER (model = 'place' AND measure = 'revenue') AS place_revenue
FROM (
  SELECT *, CAST(CASE WHEN amount < 0 THEN -1 ELSE 1 END * (share + CASE WHEN n <= left_over THEN 1 ELSE 0 END) AS BIGINT) AS part FROM ranked
)
GROUP BY conversion_key, position;

CREATE TABLE conversion_attribution AS
WITH judged AS (
  SELECT c.event_id AS conversion_id, c.event_key AS conversion_key, c.event_time AS conversion_time, c.event_date, c.user_id, c.user_key,
    c.conversion_type, c.campaign_id AS conversion_campaign_id, c.revenue_micros, c.currency, c.is_duplicate_order,
    coalesce(c.ivt_reason, CASE WHEN t.touch_kind = 'click'
      AND c.micros - max(t.micros) OVER (PARTITION BY t.conversion_key) < 1000000 THEN 'conversion_too_soon' END) AS ivt_reason,
    t.touch_id, t.touch_kind, make_timestamp(t.micros) AS touch_time, t.touch_ivt_reason, t.campaign_id, t.creative_id, t.ad_group_id, t.site_id,
    t.domain, t.device_type, t.country, t.region, t.content_category, t.position, t.touches,
    CASE WHEN t.position = t.touches THEN 1 ELSE 0 END AS is_last, CASE WHEN t.position = 1 THEN 1 ELSE 0 END AS is_first,
    coalesce(s.linear_credit, 1000000) AS linear_millionths, coalesce(s.linear_revenue, c.revenue_micros) AS linear_revenue_micros,
    coalesce(s.decay_credit, 1000000) AS time_decay_millionths, coalesce(s.decay_revenue, c.revenue_micros) AS time_decay_revenue_micros,
    coalesce(s.place_credit, 1000000) AS position_millionths, coalesce(s.place_revenue, c.revenue_micros) AS position_revenue_micros
  FROM touches t
  JOIN conversion_rows c ON c.event_key = t.conversion_key
  LEFT JOIN shares s ON s.conversion_key = t.conversion_key AND s.position = t.position
), netted AS (
  SELECT *, CASE WHEN ivt_reason IS NULL AND NOT is_duplicate_order AND touch_ivt_reason IS NULL THEN 1 ELSE 0 END AS net FROM judged
)
SELECT * EXCLUDE (net, is_last, is_first),
  1000000 * is_last AS last_touch_millionths, revenue_micros * is_last AS last_touch_revenue_micros,
  1000000 * is_first AS first_touch_millionths, revenue_micros * is_first AS first_touch_revenue_micros,
  net * 1000000 * is_last AS last_touch_net_millionths, net * revenue_micros * is_last AS last_touch_net_revenue_micros,
  net * 1000000 * is_first AS first_touch_net_millionths, net * revenue_micros * is_first AS first_touch_net_revenue_micros,
  net * linear_millionths AS linear_net_millionths, net * linear_revenue_micros AS linear_net_revenue_micros,
  net * time_decay_millionths AS time_decay_net_millionths, net * time_decay_revenue_micros AS time_decay_net_revenue_micros,
  net * position_millionths AS position_net_millionths, net * position_revenue_micros AS position_net_revenue_micros
FROM netted;

CREATE TABLE invalid_traffic AS
SELECT i.event_kind, i.event_id, i.event_key, i.event_time, i.event_date, i.user_id, i.user_key,
  coalesce(i.campaign_id, r.campaign_id, '(unknown)') AS campaign_id, i.ivt_reason
FROM invalid_rates i LEFT JOIN creatives r USING (creative_id)
WHERE i.event_kind = 'impression'
UNION ALL
SELECT 'click', k.click_id, k.click_key, k.event_time, k.event_date, k.user_id, k.user_key, k.campaign_id, k.ivt_reason
FROM click_attribution k JOIN clicks c ON c.event_key = k.click_key
WHERE k.ivt_reason IS NOT NULL AND c.ivt_reason IS NULL
UNION ALL
SELECT DISTINCT 'conversion', conversion_id, conversion_key, conversion_time, event_date, user_id, user_key,
  coalesce(conversion_campaign_id, '(unknown)'), ivt_reason
FROM conversion_attribution WHERE ivt_reason = 'conversion_too_soon';
CREATE TABLE duplicate_orders AS SELECT event_key FROM conversion_rows WHERE is_duplicate_order;
DROP TABLE conversion_rows;
DROP TABLE views;
DROP TABLE touches;
DROP TABLE shares;
