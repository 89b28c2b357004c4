CREATE TABLE funnel AS
WITH earning AS (
  SELECT touch_id, touch_kind, campaign_id, epoch_us(touch_time) AS micros FROM conversion_attribution WHERE last_touch_net_millionths > 0
), clicked AS (
  SELECT k.impression_id, k.impression_campaign_id AS campaign_id, max(epoch_us(k.event_time) - k.micros_since_impression) AS micros,
    bool_or(e.touch_id IS NOT NULL) AS converted
  FROM click_attribution k LEFT JOIN (SELECT DISTINCT touch_id FROM earning WHERE touch_kind = 'click') e ON e.touch_id = k.click_id
  WHERE k.impression_id IS NOT NULL AND k.ivt_reason IS NULL
  GROUP BY k.impression_id, k.impression_campaign_id
), steps AS (
  SELECT campaign_id, micros, 1 AS clicked, CAST(converted AS INTEGER) AS converted, 0 AS view_converted FROM clicked
  UNION ALL
  SELECT DISTINCT ON (touch_id) campaign_id, micros, 0, 0, 1 FROM earning WHERE touch_kind = 'view'
), counted AS (
  SELECT campaign_id, local_date, net_impressions AS impressions, 0 AS clicked, 0 AS converted, 0 AS view_converted FROM campaign_performance
  UNION ALL
  SELECT s.campaign_id, day_of(s.micros + coalesce(p.offset_micros, 0)), 0, s.clicked, s.converted, s.view_converted
  FROM steps s LEFT JOIN spans p ON p.campaign_id = s.campaign_id AND s.micros >= p.from_micros AND s.micros < p.to_micros
)
SELECT campaign_id, local_date, sum(impressions)::BIGINT AS impressions, sum(clicked)::BIGINT AS clicked_impressions,
  sum(converted)::BIGINT AS converted_impressions, sum(view_converted)::BIGINT AS view_converted_impressions
FROM counted
GROUP BY ALL;
