-- Each valid click and conversion for every impression of its user and campaign within 24 hours before it.
CREATE TABLE interaction_depth AS
WITH interactions AS (
  SELECT user_key, campaign_id, epoch_us(event_time) AS micros FROM click_attribution
  WHERE ivt_reason IS NULL AND user_key IS NOT NULL AND campaign_id <> '(unknown)'
  UNION ALL
  SELECT user_key, campaign_id, micros FROM judged_conversions
  WHERE ivt_reason IS NULL AND user_key IS NOT NULL AND campaign_id IS NOT NULL
), seen AS (
  SELECT i.event_id, i.user_key, coalesce(i.campaign_id, r.campaign_id) AS campaign_id, coalesce(i.creative_id, '(unknown)') AS creative_id,
    epoch_us(i.event_time) AS micros, i.ivt_reason IS NULL AND f.event_key IS NULL AS is_net
  FROM impressions i
  SEMI JOIN interactions USING (user_key)
  LEFT JOIN creatives r ON r.creative_id = i.creative_id
  LEFT JOIN invalid_rates f ON f.event_kind = 'impression' AND f.event_key = i.event_key
), followed AS (
  SELECT s.event_id, s.campaign_id, s.creative_id, s.is_net, count(*) AS interactions
  FROM seen s
  JOIN interactions t ON t.user_key = s.user_key AND t.campaign_id = s.campaign_id AND t.micros BETWEEN s.micros AND s.micros + 86400000000
  GROUP BY ALL
)
SELECT campaign_id, creative_id, sum(interactions) AS interactions, coalesce(sum(interactions) FILTER (is_net), 0) AS net_interactions,
  count(*) AS impressions_with_interaction, count(*) FILTER (is_net) AS net_impressions_with_interaction
FROM followed
GROUP BY campaign_id, creative_id;
