CREATE TABLE attribution_credits AS
WITH sums AS (
  SELECT
    CASE GROUPING(local_hour, creative_id, site_id, device_type, country)
      WHEN 15 THEN 'campaign' WHEN 23 THEN 'creative' WHEN 27 THEN 'site' WHEN 29 THEN 'device' ELSE 'geo' END AS dimension,
    model, basis, touch_kind, is_primary, campaign_id, local_day, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency,
    sum(millionths) AS millionths, sum(net_millionths) AS net_millionths, sum(revenue_micros) AS revenue_micros,
    sum(net_revenue_micros) AS net_revenue_micros, count(revenue_micros) AS revenues, count(revenue_micros) FILTER (is_net) AS net_revenues
  FROM (SELECT *, CAST(local_micros // 86400000000 AS INTEGER) AS local_day, local_micros // 3600000000 % 24 AS local_hour FROM credits)
  GROUP BY GROUPING SETS (
    (model, basis, touch_kind, is_primary, campaign_id, local_day, local_hour, currency),
    (model, basis, touch_kind, is_primary, campaign_id, local_day, ad_group_id, creative_id, currency),
    (model, basis, touch_kind, is_primary, campaign_id, local_day, site_id, currency),
    (model, basis, touch_kind, is_primary, campaign_id, local_day, device_type, currency),
    (model, basis, touch_kind, is_primary, campaign_id, local_day, country, region, currency))
), rows AS (
  SELECT s.* REPLACE (c.currency AS currency, NULL AS revenue_micros, NULL AS net_revenue_micros, 0 AS revenues, 0 AS net_revenues), false AS is_foreign FROM sums s JOIN currencies c USING (campaign_id)
  UNION ALL BY NAME
  SELECT s.* REPLACE (coalesce(s.currency, c.currency) AS currency, 0 AS millionths, 0 AS net_millionths),
    coalesce(s.currency, c.currency) IS DISTINCT FROM c.currency AS is_foreign
  FROM sums s JOIN currencies c USING (campaign_id) WHERE revenue_micros IS NOT NULL
)
SELECT dimension, model, campaign_id, DATE '1970-01-01' + local_day AS local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country,
  region, currency, is_foreign,
  coalesce(sum(millionths) FILTER (basis = 'interaction' AND touch_kind = 'click'), 0)::BIGINT AS click_millionths_by_interaction,
  coalesce(sum(millionths) FILTER (basis = 'conversion' AND touch_kind = 'click'), 0)::BIGINT AS click_millionths_by_conversion,
  coalesce(sum(millionths) FILTER (basis = 'interaction' AND touch_kind = 'view'), 0)::BIGINT AS view_millionths_by_interaction,
  coalesce(sum(millionths) FILTER (basis = 'conversion' AND touch_kind = 'view'), 0)::BIGINT AS view_millionths_by_conversion,
  coalesce(sum(millionths) FILTER (basis = 'interaction' AND is_primary), 0)::BIGINT AS primary_millionths_by_interaction,
  coalesce(sum(millionths) FILTER (basis = 'conversion' AND is_primary), 0)::BIGINT AS primary_millionths_by_conversion,
  coalesce(sum(net_millionths) FILTER (basis = 'interaction' AND touch_kind = 'click'), 0)::BIGINT AS net_click_millionths_by_interaction,
  coalesce(sum(net_millionths) FILTER (basis = 'conversion' AND touch_kind = 'click'), 0)::BIGINT AS net_click_millionths_by_conversion,
  coalesce(sum(net_millionths) FILTER (basis = 'interaction' AND touch_kind = 'view'), 0)::BIGINT AS net_view_millionths_by_interaction,
  coalesce(sum(net_millionths) FILTER (basis = 'conversion' AND touch_kind = 'view'), 0)::BIGINT AS net_view_millionths_by_conversion,
  coalesce(sum(net_millionths) FILTER (basis = 'interaction' AND is_primary), 0)::BIGINT AS net_primary_millionths_by_interaction,
  coalesce(sum(net_millionths) FILTER (basis = 'conversion' AND is_primary), 0)::BIGINT AS net_primary_millionths_by_conversion,
  coalesce(sum(revenues) FILTER (basis = 'interaction'), 0)::BIGINT AS revenues_by_interaction,
  coalesce(sum(revenues) FILTER (basis = 'conversion'), 0)::BIGINT AS revenues_by_conversion,
  coalesce(sum(net_revenues) FILTER (basis = 'interaction'), 0)::BIGINT AS net_revenues_by_interaction,
  coalesce(sum(net_revenues) FILTER (basis = 'conversion'), 0)::BIGINT AS net_revenues_by_conversion,
  coalesce(sum(revenue_micros) FILTER (basis = 'interaction'), 0)::BIGINT AS revenue_by_interaction_micros,
  coalesce(sum(revenue_micros) FILTER (basis = 'conversion'), 0)::BIGINT AS revenue_by_conversion_micros,
  coalesce(sum(net_revenue_micros) FILTER (basis = 'interaction'), 0)::BIGINT AS net_revenue_by_interaction_micros,
  coalesce(sum(net_revenue_micros) FILTER (basis = 'conversion'), 0)::BIGINT AS net_revenue_by_conversion_micros
FROM rows
GROUP BY ALL;
