-- What one campaign did on each local day, from facts and the tables of clicks and conversions, net. The two scans of impressions let the
-- row groups of other campaigns be left out, which one condition with OR would not.
WITH clocks AS (
  SELECT from_micros, to_micros, offset_micros FROM campaigns JOIN zone_offsets USING (time_zone) WHERE campaign_id = '{{campaign}}'
), rates AS (
  SELECT pricing_model, rate_per_event_micros AS rate, coalesce(epoch_us(valid_from), -9223372036854775807) AS from_micros,
    coalesce(epoch_us(valid_to), 9223372036854775807) AS to_micros
  FROM campaign_rates WHERE campaign_id = '{{campaign}}'
), aims AS (
  SELECT list_transform(string_split(primary_conversion_types, '|'), lambda t: regexp_replace(translate(lower(t), ' -_', ''), 's$', '')) AS types
  FROM campaigns WHERE campaign_id = '{{campaign}}'
), fast AS (
  SELECT event_key FROM invalid_rates WHERE event_kind = 'impression' AND event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1
), events AS (
  SELECT 'impression' AS kind, epoch_us(event_time) AS micros, ivt_reason IS NULL AND event_key NOT IN (SELECT event_key FROM fast) AS is_net,
    true AS is_primary, cost_micros AS money, is_viewable, is_measurable
  FROM impressions WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}'
  UNION ALL
  SELECT 'impression', epoch_us(event_time), ivt_reason IS NULL AND event_key NOT IN (SELECT event_key FROM fast), true, cost_micros, is_viewable,
    is_measurable
  FROM impressions WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id IS NULL
    AND creative_id IN (SELECT creative_id FROM creatives WHERE campaign_id = '{{campaign}}')
  UNION ALL
  SELECT 'click', epoch_us(event_time), ivt_reason IS NULL, true, cost_micros, NULL, NULL
  FROM click_attribution WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}'
  UNION ALL
  -- An adjustment has no credit, and takes revenue back.
  SELECT touch_kind || ' credit', epoch_us(conversion_time), last_touch_net_millionths > 0,
    coalesce(list_contains((SELECT types FROM aims), regexp_replace(translate(lower(conversion_type), ' -_', ''), 's$', '')), true),
    last_touch_net_revenue_micros, NULL, NULL
  FROM conversion_attribution
  WHERE event_date BETWEEN DATE '{{from}}' - 1 AND DATE '{{to}}' + 1 AND campaign_id = '{{campaign}}'
    AND (last_touch_millionths > 0 OR last_touch_revenue_micros <> 0)
), sums AS (
  SELECT DATE '1970-01-01' + CAST((e.micros + coalesce(c.offset_micros, 0)) // 86400000000 AS INTEGER) AS day,
    count(*) FILTER (kind = 'impression' AND is_net) AS impressions, count(*) FILTER (kind = 'click' AND is_net) AS clicks,
    count(*) FILTER (kind = 'click credit' AND is_net) AS click_conversions,
    count(*) FILTER (kind = 'view credit' AND is_net) AS view_conversions,
    coalesce(sum(money) FILTER (kind LIKE '%credit'), 0) AS revenue, coalesce(sum(money) FILTER (kind IN ('impression', 'click')), 0) AS media_cost,
    sum(CASE
      WHEN is_net AND (r.pricing_model = 'cpm' AND kind = 'impression' OR r.pricing_model = 'cpc' AND kind = 'click'
        OR r.pricing_model = 'cpa' AND kind LIKE '%credit' AND is_primary) THEN r.rate
      WHEN r.pricing_model IS NOT NULL THEN 0 END) AS spend,
    count(*) FILTER (kind = 'impression' AND is_net AND is_viewable IS NOT NULL AND coalesce(is_measurable, true)) AS measured,
    count(*) FILTER (kind = 'impression' AND is_net AND is_viewable AND coalesce(is_measurable, true)) AS viewable
  FROM events e
  LEFT JOIN clocks c ON e.micros >= c.from_micros AND e.micros < c.to_micros
  LEFT JOIN rates r ON e.micros >= r.from_micros AND e.micros < r.to_micros
  GROUP BY day
)
SELECT day, impressions, clicks, click_conversions, view_conversions,
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
