CREATE TEMP VIEW described AS
SELECT c.*, epoch_us(c.event_time) AS micros, coalesce(g.advertiser_id, c.advertiser_id) AS known_advertiser,
  coalesce(c.currency, g.currency) AS known_currency, plain_of(c.conversion_type) AS plain_type
FROM conversions c LEFT JOIN campaigns g USING (campaign_id);
CREATE TEMP TABLE conversion_rows AS SELECT * FROM described WHERE NOT is_adjustment;
CREATE TEMP TABLE adjustment_rows AS SELECT * FROM described WHERE is_adjustment;

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
  SELECT * FROM met WHERE touch_window > 0 AND conversion_micros - micros BETWEEN 0 AND touch_window
  QUALIFY touch_kind = min(touch_kind) OVER (PARTITION BY conversion_key)
)
SELECT *, row_number() OVER (PARTITION BY conversion_key ORDER BY micros, touch_id DESC) AS position,
  count(*) OVER (PARTITION BY conversion_key) AS touches
FROM eligible;

-- The touch in the last position is the last click, where the touches are clicks. Of an order the earliest valid conversion counts; where
-- none is valid, the earliest stands for it.
CREATE TABLE judged_conversions AS
WITH judged AS (
  SELECT c.* REPLACE (coalesce(c.ivt_reason, CASE WHEN t.touch_kind = 'click' AND c.micros - t.micros < 1000000 THEN 'conversion_too_soon' END) AS ivt_reason),
    t.conversion_key IS NOT NULL AS is_touched,
    coalesce('advertiser ' || c.known_advertiser, 'campaign ' || c.campaign_id, 'event ' || c.event_id) AS holder
  FROM conversion_rows c LEFT JOIN touches t ON t.conversion_key = c.event_key AND t.position = t.touches
)
SELECT *, order_id IS NOT NULL AND place = 1 AS stands_for_order, order_id IS NOT NULL AND place > 1 AND ivt_reason IS NULL AS is_duplicate_order
FROM (
  SELECT *, row_number() OVER (PARTITION BY holder, plain_type, order_id ORDER BY ivt_reason IS NOT NULL, micros, event_id) AS place FROM judged
);

-- Adjustments, with the conversion that each adjusts, if there is one.
CREATE TABLE judged_adjustments AS
WITH held AS (
  SELECT a.event_key, min(c.holder) AS holder
  FROM adjustment_rows a JOIN judged_conversions c ON c.order_id = a.order_id AND (
    c.known_advertiser = a.known_advertiser
    OR ((c.known_advertiser IS NULL OR a.known_advertiser IS NULL) AND c.campaign_id = a.campaign_id)
    OR (a.known_advertiser IS NULL AND a.campaign_id IS NULL))
  GROUP BY a.event_key
  HAVING min(c.holder) = max(c.holder)
), matched AS (
  SELECT a.event_key, a.event_id, a.micros, a.revenue_micros, a.currency, c.event_key AS adjusts_key, c.event_id AS adjusts_id,
    c.campaign_id AS adjusts_campaign, c.user_key AS adjusts_user, c.revenue_micros AS adjusts_revenue, c.currency AS adjusts_currency,
    c.is_touched, coalesce(a.currency, c.known_currency) IS NOT DISTINCT FROM c.known_currency AS is_same_currency
  FROM held h
  JOIN adjustment_rows a USING (event_key)
  JOIN judged_conversions c ON c.order_id = a.order_id AND c.holder = h.holder AND c.stands_for_order
  QUALIFY row_number() OVER (
    PARTITION BY a.event_key ORDER BY c.plain_type <> a.plain_type, c.revenue_micros DESC NULLS LAST, c.micros, c.event_id) = 1
), valued AS (
  -- What has no amount takes all that is left, and leaves nothing to the next one without an amount.
  SELECT event_key, adjusts_key, adjusts_id, adjusts_campaign, adjusts_user, is_touched, CASE
      WHEN revenue_micros IS NOT NULL OR adjusts_revenue IS NULL THEN revenue_micros
      WHEN count(*) FILTER (revenue_micros IS NULL) OVER earlier > 0 THEN 0
      ELSE -greatest(0, adjusts_revenue + coalesce(sum(revenue_micros) FILTER (is_same_currency) OVER earlier, 0)) END AS amount_micros,
    CASE WHEN revenue_micros IS NULL THEN adjusts_currency ELSE coalesce(currency, adjusts_currency) END AS currency
  FROM matched
  WINDOW earlier AS (PARTITION BY adjusts_key ORDER BY micros, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT a.event_id, a.event_key, a.event_time, a.event_date, a.micros, a.campaign_id, a.user_key, v.adjusts_key, v.adjusts_id, v.adjusts_campaign,
  v.adjusts_user, coalesce(v.is_touched, false) AS is_touched,
  CASE WHEN v.event_key IS NULL THEN a.revenue_micros ELSE v.amount_micros END::BIGINT AS amount_micros,
  CASE WHEN v.event_key IS NULL THEN a.currency ELSE v.currency END AS currency
FROM adjustment_rows a LEFT JOIN valued v USING (event_key);

-- What touches earn, and what an adjustment takes back from those of its conversion.
CREATE TEMP TABLE earnings AS
SELECT event_id, event_key, event_time, event_date, NULL AS adjusts_id, event_key AS earner_key, revenue_micros AS amount_micros, currency, 1000000 AS credit
FROM judged_conversions WHERE is_touched
UNION ALL
SELECT event_id, event_key, event_time, event_date, adjusts_id, adjusts_key, amount_micros, currency, 0 FROM judged_adjustments WHERE is_touched;

-- Exact shares of what has several touches; of last and first touch there is nothing to divide.
CREATE TEMP TABLE shares AS
WITH weighed AS (
  SELECT e.event_key, t.position, m.model, m.measure,
    CASE m.measure WHEN 'credit' THEN e.credit ELSE e.amount_micros END AS amount,
    CASE m.model
      WHEN 'linear' THEN 1
      WHEN 'decay' THEN greatest(1, CAST(round(1000000000 * power(2, (t.micros - t.conversion_micros) / 604800000000)) AS BIGINT))
      ELSE CASE WHEN t.touches > 2 AND t.position IN (1, t.touches) THEN 2 * (t.touches - 2) ELSE 1 END END AS weight
  FROM earnings e JOIN touches t ON t.conversion_key = e.earner_key
  CROSS JOIN (VALUES ('linear', 'credit'), ('linear', 'revenue'), ('decay', 'credit'), ('decay', 'revenue'), ('place', 'credit'), ('place', 'revenue')) AS m(model, measure)
  WHERE t.touches > 1
), floored AS (
  SELECT *, abs(CAST(amount AS HUGEINT)) * weight AS product, sum(weight) OVER parts AS weights
  FROM weighed
  WINDOW parts AS (PARTITION BY event_key, model, measure)
), ranked AS (
  SELECT *, product // weights AS share,
    row_number() OVER (PARTITION BY event_key, model, measure ORDER BY product % weights DESC, position) AS n,
    abs(amount) - sum(product // weights) OVER (PARTITION BY event_key, model, measure) AS left_over
  FROM floored
)
SELECT event_key, position,
  max(part) FILTER (model = 'linear' AND measure = 'credit') AS linear_credit,
  max(part) FILTER (model = 'linear' AND measure = 'revenue') AS linear_revenue,
  max(part) FILTER (model = 'decay' AND measure = 'credit') AS decay_credit,
  max(part) FILTER (model = 'decay' AND measure = 'revenue') AS decay_revenue,
  max(part) FILTER (model = 'place' AND measure = 'credit') AS place_credit,
  max(part) FILTER (model = 'place' AND measure = 'revenue') AS place_revenue
FROM (
  SELECT *, CAST(CASE WHEN amount < 0 THEN -1 ELSE 1 END * (share + CASE WHEN n <= left_over THEN 1 ELSE 0 END) AS BIGINT) AS part FROM ranked
)
GROUP BY event_key, position;

CREATE TABLE conversion_attribution AS
WITH divided AS (
  SELECT e.event_id AS conversion_id, e.event_key AS conversion_key, e.adjusts_id AS adjusts_conversion_id, e.event_time AS conversion_time,
    e.event_date, c.user_id, c.user_key, c.conversion_type, c.campaign_id AS conversion_campaign_id, e.amount_micros AS revenue_micros, e.currency,
    c.is_duplicate_order, c.ivt_reason, t.touch_id, t.touch_kind, make_timestamp(t.micros) AS touch_time, t.touch_ivt_reason, t.campaign_id,
    t.creative_id, t.ad_group_id, t.site_id, t.domain, t.device_type, t.country, t.region, t.content_category, t.position, t.touches, e.credit,
    CASE WHEN t.position = t.touches THEN 1 ELSE 0 END AS is_last, CASE WHEN t.position = 1 THEN 1 ELSE 0 END AS is_first,
    coalesce(s.linear_credit, e.credit) AS linear_millionths, coalesce(s.linear_revenue, e.amount_micros) AS linear_revenue_micros,
    coalesce(s.decay_credit, e.credit) AS time_decay_millionths, coalesce(s.decay_revenue, e.amount_micros) AS time_decay_revenue_micros,
    coalesce(s.place_credit, e.credit) AS position_millionths, coalesce(s.place_revenue, e.amount_micros) AS position_revenue_micros,
    CASE WHEN c.ivt_reason IS NULL AND NOT c.is_duplicate_order AND t.touch_ivt_reason IS NULL THEN 1 ELSE 0 END AS net
  FROM earnings e
  JOIN touches t ON t.conversion_key = e.earner_key
  JOIN judged_conversions c ON c.event_key = e.earner_key
  LEFT JOIN shares s ON s.event_key = e.event_key AND s.position = t.position
)
SELECT * EXCLUDE (net, is_last, is_first, credit),
  credit * is_last AS last_touch_millionths, revenue_micros * is_last AS last_touch_revenue_micros,
  credit * is_first AS first_touch_millionths, revenue_micros * is_first AS first_touch_revenue_micros,
  net * credit * is_last AS last_touch_net_millionths, net * revenue_micros * is_last AS last_touch_net_revenue_micros,
  net * credit * is_first AS first_touch_net_millionths, net * revenue_micros * is_first AS first_touch_net_revenue_micros,
  net * linear_millionths AS linear_net_millionths, net * linear_revenue_micros AS linear_net_revenue_micros,
  net * time_decay_millionths AS time_decay_net_millionths, net * time_decay_revenue_micros AS time_decay_net_revenue_micros,
  net * position_millionths AS position_net_millionths, net * position_revenue_micros AS position_net_revenue_micros
FROM divided;

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
SELECT 'conversion', event_id, event_key, event_time, event_date, user_id, user_key, coalesce(campaign_id, '(unknown)'), ivt_reason
FROM judged_conversions WHERE ivt_reason = 'conversion_too_soon';
DROP TABLE conversion_rows;
DROP TABLE adjustment_rows;
DROP VIEW described;
DROP TABLE views;
DROP TABLE touches;
DROP TABLE earnings;
DROP TABLE shares;
