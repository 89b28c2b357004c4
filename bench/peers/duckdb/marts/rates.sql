-- Impressions and clicks of users who did more in a UTC minute than a person does. Only users with that many on a date are counted by
-- the minute.
CREATE TABLE rate_minutes AS
WITH suspects AS (
  SELECT user_key, event_date FROM impressions WHERE user_key IS NOT NULL GROUP BY ALL HAVING count(*) > 60
)
SELECT 'impression' AS event_kind, user_key, epoch_us(event_time) // 60000000 AS minute
FROM impressions SEMI JOIN suspects USING (user_key, event_date)
GROUP BY ALL HAVING count(*) > 60
UNION ALL
SELECT 'click', user_key, epoch_us(event_time) // 60000000
FROM clicks WHERE user_key IS NOT NULL
GROUP BY ALL HAVING count(*) > 10;

CREATE TABLE invalid_rates AS
SELECT 'impression' AS event_kind, i.event_id, i.event_key, i.event_time, i.event_date, i.user_id, i.user_key, 'impression_rate' AS ivt_reason,
  i.campaign_id, i.creative_id, i.ad_group_id, i.site_id, i.domain, i.device_type, i.country, i.region, i.content_category, i.currency,
  i.cost_micros, i.is_viewable, i.is_measurable
FROM impressions i
JOIN rate_minutes m ON m.event_kind = 'impression' AND m.user_key = i.user_key AND m.minute = epoch_us(i.event_time) // 60000000
WHERE i.ivt_reason IS NULL
UNION ALL
SELECT 'click', c.event_id, c.event_key, c.event_time, c.event_date, c.user_id, c.user_key, 'click_rate', c.campaign_id, c.creative_id, NULL,
  c.site_id, c.domain, c.device_type, c.country, NULL, NULL, c.currency, c.cost_micros, NULL, NULL
FROM clicks c
JOIN rate_minutes m ON m.event_kind = 'click' AND m.user_key = c.user_key AND m.minute = epoch_us(c.event_time) // 60000000
WHERE c.ivt_reason IS NULL;
