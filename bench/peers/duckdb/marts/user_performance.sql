CREATE TABLE user_performance AS
WITH events AS (
  SELECT campaign_id, user_key, DATE '1970-01-01' + local_day AS local_date, local_date AS earner_date, currency, 'impression' AS kind, impressions AS events,
    net_impressions AS net_events, cost_micros AS money_micros, amounts, gross_spend_micros, spend_micros, priced_events
  FROM user_sums
  UNION ALL BY NAME
  SELECT campaign_id, user_key, day_of(local_micros) AS local_date, day_of(earner_local_micros) AS earner_date, currency, kind, basis, touch_kind, is_primary, events, net_events, money_micros,
    net_money_micros, amounts, net_amounts, gross_spend_micros, spend_micros, priced_events, rated
  FROM small_events
), traits AS (
  SELECT e.*, CASE WHEN e.user_key IS NULL THEN '(unknown)' ELSE coalesce(s.segment, 'new') END AS segment,
    coalesce(u.age_band, '(unknown)') AS age_band, coalesce(u.gender, '(unknown)') AS gender
  FROM events e
  LEFT JOIN segments s ON s.user_key = e.user_key AND e.earner_date BETWEEN s.valid_from AND s.valid_to
  LEFT JOIN users u ON u.user_key = e.user_key
), grouped AS (
  SELECT CASE WHEN GROUPING(segment) = 0 THEN 'segment' ELSE 'audience' END AS dimension, campaign_id, local_date, segment, age_band, gender, currency, kind,
    basis, touch_kind, is_primary, sum(events) AS events, sum(net_events) AS net_events, sum(money_micros) AS money_micros,
    sum(net_money_micros) AS net_money_micros, sum(amounts) AS amounts, sum(net_amounts) AS net_amounts, sum(gross_spend_micros) AS gross_spend_micros, sum(spend_micros) AS spend_micros,
    sum(priced_events) AS priced_events, sum(rated) AS rated
  FROM traits
  GROUP BY GROUPING SETS (
    (campaign_id, local_date, segment, currency, kind, basis, touch_kind, is_primary),
    (campaign_id, local_date, age_band, gender, currency, kind, basis, touch_kind, is_primary))
), priced_parts AS (
  SELECT p.*, c.currency AS campaign_currency, coalesce(p.currency, c.currency) AS money_currency,
    coalesce(p.currency, c.currency) IS DISTINCT FROM c.currency AS is_foreign, q.campaign_id IS NOT NULL AS is_priced
  FROM grouped p LEFT JOIN currencies c USING (campaign_id) LEFT JOIN priced q USING (campaign_id)
), rows AS (
  SELECT * EXCLUDE (money_micros, net_money_micros, campaign_currency, money_currency, amounts, net_amounts)
    REPLACE (false AS is_foreign, campaign_currency AS currency, CASE WHEN is_priced THEN gross_spend_micros END AS gross_spend_micros,
      CASE WHEN is_priced THEN spend_micros END AS spend_micros), 0 AS amounts, 0 AS net_amounts,
    CASE WHEN kind IN ('impression', 'click') AND is_foreign THEN amounts ELSE 0 END AS foreign_costs,
    CASE WHEN is_priced AND kind IN ('impression', 'click') THEN events - priced_events ELSE 0 END AS unpriced
  FROM priced_parts WHERE events > 0
  UNION ALL BY NAME
  SELECT dimension, campaign_id, local_date, segment, age_band, gender, money_currency AS currency, 'money of ' || kind AS kind, basis, is_priced, is_foreign, money_micros, net_money_micros,
    amounts, net_amounts, CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN amounts ELSE 0 END AS priced_events,
    CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN money_micros END AS gross_spend_micros,
    CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN money_micros END AS spend_micros
  FROM priced_parts WHERE money_micros IS NOT NULL
), sums AS (
  SELECT dimension, campaign_id, local_date, segment, age_band, gender, currency, is_foreign,
    sum(events) FILTER (kind = 'impression') AS impressions, sum(net_events) FILTER (kind = 'impression') AS net_impressions,
    sum(events) FILTER (kind = 'click') AS clicks, sum(net_events) FILTER (kind = 'click') AS net_clicks,
    sum(events) FILTER (kind IN ('tagged', 'unattributed')) AS tagged_conversions,
    sum(net_events) FILTER (kind IN ('tagged', 'unattributed')) AS net_tagged_conversions,
    sum(events) FILTER (basis = 'interaction' AND touch_kind = 'click') AS click_conversions_by_interaction,
    sum(events) FILTER (basis = 'conversion' AND touch_kind = 'click') AS click_conversions_by_conversion,
    sum(events) FILTER (basis = 'interaction' AND touch_kind = 'view') AS view_conversions_by_interaction,
    sum(events) FILTER (basis = 'conversion' AND touch_kind = 'view') AS view_conversions_by_conversion,
    sum(events) FILTER (basis = 'interaction' AND is_primary) AS primary_conversions_by_interaction,
    sum(events) FILTER (basis = 'conversion' AND is_primary) AS primary_conversions_by_conversion,
    sum(net_events) FILTER (basis = 'interaction' AND touch_kind = 'click') AS net_click_conversions_by_interaction,
    sum(net_events) FILTER (basis = 'conversion' AND touch_kind = 'click') AS net_click_conversions_by_conversion,
    sum(net_events) FILTER (basis = 'interaction' AND touch_kind = 'view') AS net_view_conversions_by_interaction,
    sum(net_events) FILTER (basis = 'conversion' AND touch_kind = 'view') AS net_view_conversions_by_conversion,
    sum(net_events) FILTER (basis = 'interaction' AND is_primary) AS net_primary_conversions_by_interaction,
    sum(net_events) FILTER (basis = 'conversion' AND is_primary) AS net_primary_conversions_by_conversion,
    sum(amounts) FILTER (kind = 'money of credit' AND basis = 'interaction') AS revenues_by_interaction,
    sum(amounts) FILTER (kind = 'money of credit' AND basis = 'conversion') AS revenues_by_conversion,
    sum(net_amounts) FILTER (kind = 'money of credit' AND basis = 'interaction') AS net_revenues_by_interaction,
    sum(net_amounts) FILTER (kind = 'money of credit' AND basis = 'conversion') AS net_revenues_by_conversion,
    sum(money_micros) FILTER (kind = 'money of credit' AND basis = 'interaction') AS revenue_by_interaction_micros,
    sum(money_micros) FILTER (kind = 'money of credit' AND basis = 'conversion') AS revenue_by_conversion_micros,
    sum(net_money_micros) FILTER (kind = 'money of credit' AND basis = 'interaction') AS net_revenue_by_interaction_micros,
    sum(net_money_micros) FILTER (kind = 'money of credit' AND basis = 'conversion') AS net_revenue_by_conversion_micros,
    sum(money_micros) FILTER (kind IN ('money of impression', 'money of click')) AS media_cost_micros,
    sum(events) FILTER (kind = 'unattributed adjustment') AS unattributed_adjustments,
    sum(money_micros) FILTER (kind = 'money of unattributed adjustment') AS unattributed_adjustments_micros,
    sum(events) FILTER (kind = 'unmatched adjustment') AS unmatched_adjustments,
    sum(money_micros) FILTER (kind = 'money of unmatched adjustment') AS unmatched_adjustments_micros,
    sum(gross_spend_micros) AS gross_spend_sum, sum(spend_micros) AS spend_sum, sum(priced_events) AS priced_events,
    sum(foreign_costs) AS foreign_costs, sum(unpriced) AS unpriced, sum(rated) AS rated, bool_or(is_priced) AS is_priced
  FROM rows
  GROUP BY ALL
), whole AS (
  SELECT dimension, campaign_id, local_date, segment, age_band, gender, currency, is_foreign,
    coalesce(COLUMNS(* EXCLUDE (dimension, campaign_id, local_date, segment, age_band, gender, currency, is_foreign, gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced)), 0)::BIGINT,
    gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced,
    sum(gross_spend_sum) OVER day AS day_spend, sum(rated) OVER day AS day_rated
  FROM sums
  WINDOW day AS (PARTITION BY dimension, campaign_id, local_date, currency)
)
SELECT * EXCLUDE (gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced, day_spend, day_rated),
  CASE WHEN day_spend IS NOT NULL OR day_rated > 0 THEN coalesce(gross_spend_sum, 0) END::BIGINT AS gross_spend_micros,
  CASE WHEN day_spend IS NOT NULL OR day_rated > 0 THEN coalesce(spend_sum, 0) END::BIGINT AS spend_micros,
  CASE WHEN NOT is_priced AND day_spend IS NULL THEN impressions + clicks - coalesce(foreign_costs, 0) ELSE coalesce(unpriced, 0) END::BIGINT AS unpriced_events
FROM whole;
