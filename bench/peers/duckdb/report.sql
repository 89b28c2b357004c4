-- What one campaign did on each local day, from facts and the tables of clicks and conversions. The two scans of impressions let the
-- row groups of other campaigns be left out, which one condition with OR would not.
WITH clocks AS (
  SELECT from_micros, to_micros, offset_micros FROM campaigns JOIN zone_offsets USING (time_zone) WHERE campaign_id = '{{campaign}}'
), rates AS (
  SELECT pricing_model, rate_per_event_micros AS rate, coalesce(epoch_us(valid_from), -9223372036854775807) AS from_micros,
    coalesce(epoch_us(valid_to), 9223372036854775807) AS to_micros
  FROM campaign_rates WHERE campaign_id = '{{campaign}}'
), events AS (
  SELECT 'impression' AS kind, epoch_us(event_time) AS micros, 1000000 AS millionths, cost_micros AS money, is_viewable, is_measurable
  FROM impressions WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}'
  UNION ALL
  SELECT 'impression', epoch_us(event_time), 1000000, cost_micros, is_viewable, is_measurable
  FROM impressions WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id IS NULL
    AND creative_id IN (SELECT creative_id FROM creatives WHERE campaign_id = '{{campaign}}')
  UNION ALL
  SELECT 'click', epoch_us(event_time), 1000000, cost_micros, NULL, NULL
  FROM click_attribution WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}'
  UNION ALL
  SELECT touch_kind || ' credit', epoch_us(conversion_time), last_touch_millionths, last_touch_revenue_micros, last_touch_net_millionths > 0, NULL
  FROM conversion_attribution
  WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}' AND last_touch_millionths > 0
), sums AS (
  SELECT DATE '1970-01-01' + CAST((e.micros + coalesce(c.offset_micros, 0)) // 86400000000 AS INTEGER) AS day,
    count(*) FILTER (kind = 'impression') AS impressions, count(*) FILTER (kind = 'click') AS clicks,
    sum(millionths) FILTER (kind = 'click credit') // 1000000 AS click_conversions,
    sum(millionths) FILTER (kind = 'view credit') // 1000000 AS view_conversions,
    coalesce(sum(money) FILTER (kind LIKE '%credit'), 0) AS revenue, coalesce(sum(money) FILTER (kind IN ('impression', 'click')), 0) AS media_cost,
    sum(CASE
      WHEN r.pricing_model = 'cpm' AND kind = 'impression' OR r.pricing_model = 'cpc' AND kind = 'click' THEN r.rate
      WHEN r.pricing_model = 'cpa' AND kind LIKE '%credit' AND is_viewable THEN r.rate
      WHEN r.pricing_model IS NOT NULL THEN 0 END) AS spend,
    count(*) FILTER (kind = 'impression' AND is_viewable IS NOT NULL AND coalesce(is_measurable, true)) AS measured,
    count(*) FILTER (kind = 'impression' AND is_viewable AND coalesce(is_measurable, true)) AS viewable
  FROM events e
  LEFT JOIN clocks c ON e.micros >= c.from_micros AND e.micros < c.to_micros
  LEFT JOIN rates r ON e.micros >= r.from_micros AND e.micros < r.to_micros
  GROUP BY day
)
SELECT day, impressions, clicks, CAST(coalesce(click_conversions, 0) AS BIGINT) AS click_conversions,
  CAST(coalesce(view_conversions, 0) AS BIGINT) AS view_conversions,
  CAST(revenue AS DECIMAL(31, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS revenue,
  CAST(media_cost AS DECIMAL(31, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS media_cost,
  CAST(spend AS DECIMAL(31, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS spend,
  round(CAST(clicks AS DOUBLE) / nullif(impressions, 0), 6) AS ctr,
  round(spend / 1e6 / nullif(clicks, 0), 6) AS cpc,
  round(CAST(revenue AS DOUBLE) / nullif(spend, 0), 6) AS roas,
  round(CAST(viewable AS DOUBLE) / nullif(measured, 0), 6) AS viewable_rate
FROM sums
WHERE day BETWEEN DATE '{{from}}' AND DATE '{{to}}'
ORDER BY day
