CREATE TABLE ad_features AS
WITH sums AS (
  SELECT creative_id, currency, min(local_date) AS first_date, max(local_date) AS last_date,
    sum(impressions)::BIGINT AS impressions, sum(net_impressions)::BIGINT AS net_impressions, sum(measured)::BIGINT AS measured,
    sum(viewable)::BIGINT AS viewable, sum(clicks)::BIGINT AS clicks, sum(net_clicks)::BIGINT AS net_clicks,
    sum(click_conversions_by_conversion)::BIGINT AS click_conversions, sum(net_click_conversions_by_conversion)::BIGINT AS net_click_conversions,
    sum(view_conversions_by_conversion)::BIGINT AS view_conversions, sum(net_view_conversions_by_conversion)::BIGINT AS net_view_conversions,
    sum(revenue_by_conversion_micros)::BIGINT AS revenue_micros, sum(net_revenue_by_conversion_micros)::BIGINT AS net_revenue_micros,
    sum(media_cost_micros)::BIGINT AS media_cost_micros, CASE WHEN coalesce(sum(impressions + clicks) FILTER (spend_micros IS NULL AND NOT is_foreign), 0) = 0 THEN sum(gross_spend_micros) END::BIGINT AS gross_spend_micros,
    CASE WHEN coalesce(sum(impressions + clicks) FILTER (spend_micros IS NULL AND NOT is_foreign), 0) = 0 THEN sum(spend_micros) END::BIGINT AS spend_micros,
    sum(unpriced_events)::BIGINT AS unpriced_events,
    sum(priced_events) FILTER (is_foreign) > 0 AS has_foreign_spend
  FROM performance WHERE dimension = 'creative'
  GROUP BY creative_id, currency
), depths AS (
  SELECT d.creative_id, c.currency, sum(d.interactions)::BIGINT AS interactions, sum(d.net_interactions)::BIGINT AS net_interactions,
    sum(d.impressions_with_interaction)::BIGINT AS impressions_with_interaction,
    sum(d.net_impressions_with_interaction)::BIGINT AS net_impressions_with_interaction
  FROM interaction_depth d LEFT JOIN currencies c USING (campaign_id)
  GROUP BY d.creative_id, c.currency
)
SELECT s.creative_id, r.campaign_id, r.ad_group_id, r.format, r.size, s.* EXCLUDE (creative_id),
  coalesce(d.interactions, 0) AS interactions, coalesce(d.net_interactions, 0) AS net_interactions,
  coalesce(d.impressions_with_interaction, 0) AS impressions_with_interaction,
  coalesce(d.net_impressions_with_interaction, 0) AS net_impressions_with_interaction,
  CAST(clicks AS DOUBLE) / nullif(impressions, 0) AS ctr, CAST(net_clicks AS DOUBLE) / nullif(net_impressions, 0) AS net_ctr,
  CAST(click_conversions AS DOUBLE) / nullif(clicks, 0) AS cvr, CAST(net_click_conversions AS DOUBLE) / nullif(net_clicks, 0) AS net_cvr,
  CASE WHEN NOT is_mixed THEN CAST(gross_spend_micros AS DOUBLE) / nullif(click_conversions + view_conversions, 0) END AS cpa_micros,
  CASE WHEN NOT is_mixed THEN CAST(spend_micros AS DOUBLE) / nullif(net_click_conversions + net_view_conversions, 0) END AS net_cpa_micros,
  CAST(d.interactions AS DOUBLE) / nullif(d.impressions_with_interaction, 0) AS interaction_depth,
  CAST(d.net_interactions AS DOUBLE) / nullif(d.net_impressions_with_interaction, 0) AS net_interaction_depth
FROM (
  SELECT * , bool_or(coalesce(has_foreign_spend, false)) OVER (PARTITION BY creative_id) AS is_mixed FROM sums
) s
LEFT JOIN creatives r USING (creative_id)
LEFT JOIN depths d ON d.creative_id = s.creative_id AND d.currency IS NOT DISTINCT FROM s.currency;
ALTER TABLE ad_features DROP COLUMN is_mixed;
ALTER TABLE ad_features DROP COLUMN has_foreign_spend;

CREATE TABLE context_features AS
WITH earned AS (
  SELECT touch_id, count(*) AS conversions, count(*) FILTER (last_touch_net_millionths > 0) AS net_conversions
  FROM conversion_attribution WHERE touch_kind = 'click' AND last_touch_millionths > 0 GROUP BY touch_id
), events AS (
  SELECT coalesce(k.impression_campaign_id, k.campaign_id) AS campaign_id, epoch_us(k.event_time) - k.micros_since_impression AS micros,
    k.device_type, k.country, k.region, k.content_category, k.site_id, 1 AS clicks, CASE WHEN k.ivt_reason IS NULL THEN 1 ELSE 0 END AS net_clicks,
    coalesce(e.conversions, 0) AS click_conversions, coalesce(e.net_conversions, 0) AS net_click_conversions, 0 AS view_conversions,
    0 AS net_view_conversions
  FROM click_attribution k LEFT JOIN earned e ON e.touch_id = k.click_id
  WHERE k.match_basis <> 'unmatched'
  UNION ALL
  SELECT campaign_id, epoch_us(touch_time), device_type, country, region, content_category, site_id, 0, 0, 0, 0, 1,
    CASE WHEN last_touch_net_millionths > 0 THEN 1 ELSE 0 END
  FROM conversion_attribution WHERE touch_kind = 'view' AND last_touch_millionths > 0
), counted AS (
  SELECT local_day, quarter, device_type, country, region, content_category, impressions, net_impressions FROM context_sums
  UNION ALL BY NAME
  SELECT CAST((e.micros + coalesce(s.offset_micros, 0)) // 86400000000 AS INTEGER) AS local_day,
    (e.micros + coalesce(s.offset_micros, 0)) // 21600000000 % 4 AS quarter, e.device_type, e.country, e.region,
    CASE WHEN e.content_category = '(unknown)' THEN coalesce(w.content_category, '(unknown)') ELSE e.content_category END AS content_category,
    clicks, net_clicks, click_conversions, net_click_conversions, view_conversions, net_view_conversions
  FROM events e
  LEFT JOIN sites w USING (site_id)
  LEFT JOIN spans s ON s.campaign_id = e.campaign_id AND e.micros >= s.from_micros AND e.micros < s.to_micros
), seasonal AS (
  SELECT *, (local_day + 3) % 7 + 1 AS weekday, month(DATE '1970-01-01' + local_day) AS month,
    country IN ('AO', 'AR', 'AS', 'AU', 'BI', 'BO', 'BR', 'BW', 'CC', 'CD', 'CG', 'CK', 'CL', 'CX', 'EC', 'FJ', 'FK', 'GS', 'ID', 'IO', 'KE', 'KM', 'LS',
      'MG', 'MU', 'MW', 'MZ', 'NA', 'NC', 'NF', 'NR', 'NU', 'NZ', 'PE', 'PF', 'PG', 'PN', 'PY', 'RE', 'RW', 'SB', 'SC', 'SH', 'SZ', 'TF', 'TK', 'TL',
      'TO', 'TV', 'TZ', 'UY', 'VU', 'WF', 'WS', 'YT', 'ZA', 'ZM', 'ZW') AS is_south
  FROM counted
), sums AS (
  SELECT device_type, country, region, ['night', 'morning', 'afternoon', 'evening'][quarter + 1] AS part_of_day, weekday,
    CASE WHEN country = '(unknown)' THEN '(unknown)'
      ELSE ['winter', 'spring', 'summer', 'autumn'][(month // 3 + CASE WHEN is_south THEN 2 ELSE 0 END) % 4 + 1] END AS season,
    content_category, sum(impressions) AS impressions, sum(net_impressions) AS net_impressions, sum(clicks) AS clicks, sum(net_clicks) AS net_clicks,
    sum(click_conversions) AS click_conversions, sum(net_click_conversions) AS net_click_conversions, sum(view_conversions) AS view_conversions,
    sum(net_view_conversions) AS net_view_conversions
  FROM seasonal
  GROUP BY ALL
)
SELECT device_type, country, region, part_of_day, weekday, season, content_category,
  coalesce(COLUMNS(* EXCLUDE (device_type, country, region, part_of_day, weekday, season, content_category)), 0)::BIGINT,
  CAST(coalesce(clicks, 0) AS DOUBLE) / nullif(impressions, 0) AS ctr, CAST(coalesce(net_clicks, 0) AS DOUBLE) / nullif(net_impressions, 0) AS net_ctr
FROM sums;
