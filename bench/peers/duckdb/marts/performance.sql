-- Clicks, conversions and credits are few: they join the sums of impressions and are summed with them.
CREATE MACRO day_of(micros) AS DATE '1970-01-01' + CAST(micros // 86400000000 AS INTEGER);

CREATE TABLE credits AS
WITH given AS (
  SELECT b.basis, m.model, epoch_us(CASE WHEN b.basis = 'conversion' THEN a.conversion_time ELSE a.touch_time END) AS micros,
    CASE WHEN b.basis = 'conversion' THEN coalesce(j.micros, epoch_us(a.conversion_time)) ELSE epoch_us(a.touch_time) END AS earner_micros, a.user_key, a.touch_kind,
    a.campaign_id, a.ad_group_id, a.creative_id, CASE WHEN a.site_id <> '(unknown)' THEN a.site_id ELSE a.domain END AS site_id, a.device_type,
    a.country, a.region, a.currency,
    t.primary_types IS NULL OR list_contains(t.primary_types, plain_of(a.conversion_type)) AS is_primary,
    a.ivt_reason IS NULL AND NOT a.is_duplicate_order AND a.touch_ivt_reason IS NULL AS is_net,
    m.millionths, m.net_millionths, m.revenue_micros, m.net_revenue_micros
  FROM conversion_attribution a
  LEFT JOIN campaigns t USING (campaign_id)
  LEFT JOIN judged_conversions j ON j.event_id = a.adjusts_conversion_id
  CROSS JOIN (VALUES ('conversion'), ('interaction')) AS b(basis)
  CROSS JOIN LATERAL (VALUES
    ('last_touch', a.last_touch_millionths, a.last_touch_net_millionths, a.last_touch_revenue_micros, a.last_touch_net_revenue_micros),
    ('first_touch', a.first_touch_millionths, a.first_touch_net_millionths, a.first_touch_revenue_micros, a.first_touch_net_revenue_micros),
    ('linear', a.linear_millionths, a.linear_net_millionths, a.linear_revenue_micros, a.linear_net_revenue_micros),
    ('time_decay', a.time_decay_millionths, a.time_decay_net_millionths, a.time_decay_revenue_micros, a.time_decay_net_revenue_micros),
    ('position', a.position_millionths, a.position_net_millionths, a.position_revenue_micros, a.position_net_revenue_micros)
  ) AS m(model, millionths, net_millionths, revenue_micros, net_revenue_micros)
  WHERE m.millionths <> 0 OR m.revenue_micros <> 0 OR (a.adjusts_conversion_id IS NOT NULL AND m.revenue_micros IS NOT NULL
    AND CASE m.model WHEN 'last_touch' THEN a.position = a.touches WHEN 'first_touch' THEN a.position = 1 ELSE true END)
)
SELECT g.*, g.micros + coalesce(s.offset_micros, 0) AS local_micros, g.earner_micros + coalesce(d.offset_micros, 0) AS earner_local_micros,
  s.pricing_model, s.rate_micros
FROM given g LEFT JOIN spans s ON s.campaign_id = g.campaign_id AND g.micros >= s.from_micros AND g.micros < s.to_micros
LEFT JOIN spans d ON d.campaign_id = g.campaign_id AND g.earner_micros >= d.from_micros AND g.earner_micros < d.to_micros;

CREATE TABLE small_events AS
SELECT 'click' AS kind, NULL AS basis, NULL AS touch_kind, NULL AS is_primary, e.user_key, e.campaign_id, ad_group_id, creative_id,
  CASE WHEN site_id <> '(unknown)' THEN site_id ELSE domain END AS site_id, device_type, country, region, currency,
  epoch_us(event_time) + coalesce(s.offset_micros, 0) AS local_micros, local_micros AS earner_local_micros, 1 AS events, CASE WHEN ivt_reason IS NULL THEN 1 ELSE 0 END AS net_events,
  CASE WHEN match_basis = 'unmatched' THEN 1 ELSE 0 END AS unmatched, cost_micros AS money_micros, NULL::BIGINT AS net_money_micros,
  CASE WHEN cost_micros IS NULL THEN 0 ELSE 1 END AS amounts, 0 AS net_amounts,
  CASE WHEN s.pricing_model = 'cpc' THEN s.rate_micros WHEN s.pricing_model IS NOT NULL THEN 0 END AS gross_spend_micros,
  CASE WHEN s.pricing_model = 'cpc' AND ivt_reason IS NULL THEN s.rate_micros WHEN s.pricing_model IS NOT NULL THEN 0 END AS spend_micros,
  CASE WHEN s.pricing_model IS NULL THEN 0 ELSE 1 END AS priced_events, 0 AS rated
FROM click_attribution e
LEFT JOIN spans s ON s.campaign_id = e.campaign_id AND epoch_us(e.event_time) >= s.from_micros AND epoch_us(e.event_time) < s.to_micros
UNION ALL
SELECT 'credit', basis, touch_kind, is_primary, user_key, campaign_id, ad_group_id, creative_id, site_id, device_type, country, region, currency,
  local_micros, earner_local_micros, CASE WHEN millionths > 0 THEN 1 ELSE 0 END, CASE WHEN net_millionths > 0 THEN 1 ELSE 0 END, 0, revenue_micros, net_revenue_micros,
  CASE WHEN revenue_micros IS NULL THEN 0 ELSE 1 END, CASE WHEN revenue_micros IS NULL OR NOT is_net THEN 0 ELSE 1 END,
  CASE WHEN is_billed THEN CASE WHEN is_primary THEN rate_micros ELSE 0 END END,
  CASE WHEN is_billed THEN CASE WHEN is_primary AND net_millionths > 0 THEN rate_micros ELSE 0 END END, CASE WHEN is_billed THEN 1 ELSE 0 END,
  CASE WHEN pricing_model IS NOT NULL AND basis = 'conversion' AND millionths > 0 THEN 1 ELSE 0 END
FROM (SELECT *, pricing_model = 'cpa' AND basis = 'conversion' AND millionths > 0 AS is_billed FROM credits WHERE model = 'last_touch')
UNION ALL
SELECT CASE WHEN is_touched THEN 'tagged' ELSE 'unattributed' END, NULL, NULL, NULL, c.user_key, coalesce(c.campaign_id, '(unknown)'),
  NULL, NULL, NULL, NULL, NULL, NULL, c.currency, c.micros + coalesce(s.offset_micros, 0), c.micros + coalesce(s.offset_micros, 0), 1,
  CASE WHEN c.ivt_reason IS NULL AND NOT c.is_duplicate_order THEN 1 ELSE 0 END, 0, NULL, NULL, 0, 0, NULL, NULL, 0, CASE WHEN s.pricing_model IS NULL THEN 0 ELSE 1 END
FROM judged_conversions c
LEFT JOIN spans s ON s.campaign_id = c.campaign_id AND c.micros >= s.from_micros AND c.micros < s.to_micros
UNION ALL
SELECT kind, NULL, NULL, NULL, a.user_key, coalesce(a.campaign_id, '(unknown)'), NULL, NULL, NULL, NULL, NULL, NULL, a.currency,
  a.micros + coalesce(s.offset_micros, 0), a.earner_micros + coalesce(d.offset_micros, 0), 1, 1, 0, amount_micros, amount_micros, 0, 0, NULL, NULL, 0, 0
FROM (
  SELECT 'unmatched adjustment' AS kind, user_key, campaign_id, currency, micros, micros AS earner_micros, amount_micros FROM judged_adjustments WHERE adjusts_key IS NULL
  UNION ALL
  SELECT 'unattributed adjustment', a.adjusts_user, a.adjusts_campaign, a.currency, a.micros, j.micros, a.amount_micros
  FROM judged_adjustments a JOIN judged_conversions j ON j.event_key = a.adjusts_key WHERE NOT a.is_touched
) a
LEFT JOIN spans s ON s.campaign_id = a.campaign_id AND a.micros >= s.from_micros AND a.micros < s.to_micros
LEFT JOIN spans d ON d.campaign_id = a.campaign_id AND a.earner_micros >= d.from_micros AND a.earner_micros < d.to_micros;

-- The currency of a campaign: its own, else the one that all its events carry, adjustments not among them.
CREATE TABLE currencies AS
SELECT campaign_id, coalesce(g.currency, CASE WHEN min(e.currency) = max(e.currency) THEN min(e.currency) END) AS currency
FROM (
  SELECT campaign_id, currency FROM impression_sums WHERE dimension = 'device'
  UNION ALL SELECT campaign_id, CASE WHEN events > 0 AND kind NOT LIKE '%adjustment' THEN currency END FROM small_events
) e LEFT JOIN campaigns g USING (campaign_id)
GROUP BY campaign_id, g.currency;

CREATE TEMP TABLE small_sums AS
SELECT
  CASE GROUPING(local_hour, creative_id, site_id, device_type, country)
    WHEN 15 THEN 'campaign' WHEN 23 THEN 'creative' WHEN 27 THEN 'site' WHEN 29 THEN 'device' ELSE 'geo' END AS dimension,
  campaign_id, local_day, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency,
  kind, basis, touch_kind, is_primary, sum(events) AS events, sum(net_events) AS net_events, sum(unmatched) AS unmatched,
  sum(money_micros) AS money_micros, sum(net_money_micros) AS net_money_micros, sum(amounts) AS amounts, sum(net_amounts) AS net_amounts, sum(gross_spend_micros) AS gross_spend_micros,
  sum(spend_micros) AS spend_micros, sum(priced_events) AS priced_events, sum(rated) AS rated
FROM (SELECT *, CAST(local_micros // 86400000000 AS INTEGER) AS local_day, local_micros // 3600000000 % 24 AS local_hour FROM small_events)
GROUP BY GROUPING SETS (
  (kind, basis, touch_kind, is_primary, campaign_id, local_day, local_hour, currency),
  (kind, basis, touch_kind, is_primary, campaign_id, local_day, ad_group_id, creative_id, currency),
  (kind, basis, touch_kind, is_primary, campaign_id, local_day, site_id, currency),
  (kind, basis, touch_kind, is_primary, campaign_id, local_day, device_type, currency),
  (kind, basis, touch_kind, is_primary, campaign_id, local_day, country, region, currency))
HAVING kind IN ('click', 'credit') OR GROUPING(local_hour) = 0;

-- Counts stand in the row of the campaign's currency, money in the row of its own; what an adjustment takes back is money without a count.
CREATE TABLE performance AS
WITH parts AS (
  SELECT * EXCLUDE (net_impressions, impressions, cost_micros), 'impression' AS kind, impressions AS events, net_impressions AS net_events,
    cost_micros AS money_micros FROM impression_sums
  UNION ALL BY NAME
  SELECT * FROM small_sums
), priced_parts AS (
  SELECT p.*, c.currency AS campaign_currency, coalesce(p.currency, c.currency) AS money_currency,
    coalesce(p.currency, c.currency) IS DISTINCT FROM c.currency AS is_foreign, q.campaign_id IS NOT NULL AS is_priced
  FROM parts p LEFT JOIN currencies c USING (campaign_id) LEFT JOIN priced q USING (campaign_id)
), rows AS (
  SELECT * EXCLUDE (money_micros, net_money_micros, campaign_currency, money_currency, amounts, net_amounts)
    REPLACE (false AS is_foreign, campaign_currency AS currency, CASE WHEN is_priced THEN gross_spend_micros END AS gross_spend_micros,
      CASE WHEN is_priced THEN spend_micros END AS spend_micros), 0 AS amounts, 0 AS net_amounts,
    CASE WHEN kind IN ('impression', 'click') AND is_foreign THEN amounts ELSE 0 END AS foreign_costs,
    CASE WHEN is_priced AND kind IN ('impression', 'click') THEN events - priced_events ELSE 0 END AS unpriced
  FROM priced_parts WHERE events > 0
  UNION ALL BY NAME
  SELECT dimension, campaign_id, local_day, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, money_currency AS currency,
    'money of ' || kind AS kind, basis, is_priced, is_foreign, money_micros, net_money_micros,
    amounts, net_amounts, CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN amounts ELSE 0 END AS priced_events,
    CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN money_micros END AS gross_spend_micros,
    CASE WHEN kind IN ('impression', 'click') AND NOT is_priced THEN money_micros END AS spend_micros
  FROM priced_parts WHERE money_micros IS NOT NULL
), sums AS (
  SELECT dimension, campaign_id, local_day, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency, is_foreign,
    sum(events) FILTER (kind = 'impression') AS impressions, sum(net_events) FILTER (kind = 'impression') AS net_impressions,
    sum(measured) AS measured, sum(viewable) AS viewable, sum(net_measured) AS net_measured, sum(net_viewable) AS net_viewable,
    sum(events) FILTER (kind = 'click') AS clicks, sum(unmatched) AS unmatched_clicks, sum(net_events) FILTER (kind = 'click') AS net_clicks,
    sum(events) FILTER (kind IN ('tagged', 'unattributed')) AS tagged_conversions,
    sum(net_events) FILTER (kind IN ('tagged', 'unattributed')) AS net_tagged_conversions,
    sum(events) FILTER (kind = 'unattributed') AS unattributed_conversions,
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
  SELECT dimension, campaign_id, DATE '1970-01-01' + local_day AS local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country,
    region, currency, is_foreign, coalesce(COLUMNS(* EXCLUDE (dimension, campaign_id, local_day, local_hour, ad_group_id, creative_id, site_id, device_type,
      country, region, currency, is_foreign, gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced)), 0)::BIGINT,
    gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced,
    sum(gross_spend_sum) OVER day AS day_spend, sum(rated) OVER day AS day_rated
  FROM sums
  WINDOW day AS (PARTITION BY dimension, campaign_id, local_day, currency)
)
SELECT * EXCLUDE (gross_spend_sum, spend_sum, unpriced, foreign_costs, rated, is_priced, day_spend, day_rated),
  CASE WHEN day_spend IS NOT NULL OR day_rated > 0 THEN coalesce(gross_spend_sum, 0) END::BIGINT AS gross_spend_micros,
  CASE WHEN day_spend IS NOT NULL OR day_rated > 0 THEN coalesce(spend_sum, 0) END::BIGINT AS spend_micros,
  CASE WHEN NOT is_priced AND day_spend IS NULL THEN impressions + clicks - coalesce(foreign_costs, 0) ELSE coalesce(unpriced, 0) END::BIGINT AS unpriced_events
FROM whole;

CREATE TABLE campaign_performance AS
SELECT campaign_id, local_date, currency, is_foreign,
  sum(COLUMNS(* EXCLUDE (dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency,
    is_foreign)))::BIGINT
FROM performance WHERE dimension = 'campaign' GROUP BY campaign_id, local_date, currency, is_foreign;
CREATE VIEW geo AS SELECT * FROM performance WHERE dimension = 'geo';
