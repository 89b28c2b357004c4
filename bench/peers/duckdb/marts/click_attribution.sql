CREATE TEMP TABLE click_rows AS
SELECT c.*, epoch_us(c.event_time) AS micros, coalesce(c.campaign_id, r.campaign_id) AS seen_campaign, r.ad_group_id AS own_ad_group,
  coalesce(g.click_window, 86400000000) AS click_window
FROM clicks c
LEFT JOIN creatives r ON r.creative_id = c.creative_id
LEFT JOIN campaigns g ON g.campaign_id = coalesce(c.campaign_id, r.campaign_id);

-- The big table is read once: what clicks name, and what their users saw.
CREATE TEMP TABLE candidates AS
WITH seekers AS (
  SELECT user_key, min(micros - click_window) AS from_micros, max(micros) AS to_micros
  FROM click_rows WHERE impression_id IS NULL AND seen_campaign IS NOT NULL AND user_key IS NOT NULL GROUP BY user_key
), named AS (
  SELECT DISTINCT impression_key FROM click_rows WHERE impression_key IS NOT NULL
)
SELECT i.event_id, i.event_key, i.user_key, epoch_us(i.event_time) AS micros, i.campaign_id, i.creative_id, i.site_id, i.domain, i.device_type,
  i.country, i.region, i.content_category, i.ivt_reason, r.campaign_id AS described_campaign, coalesce(i.ad_group_id, r.ad_group_id) AS ad_group_id,
  i.advertiser_id, s.user_key IS NOT NULL AS by_user
FROM impressions i
LEFT JOIN seekers s ON s.user_key = i.user_key AND epoch_us(i.event_time) BETWEEN s.from_micros AND s.to_micros
LEFT JOIN named n ON n.impression_key = i.event_key
LEFT JOIN creatives r ON r.creative_id = i.creative_id
WHERE s.user_key IS NOT NULL OR n.impression_key IS NOT NULL;

-- Latest impression of the user and campaign: the last one before the click in one order of both.
CREATE TEMP TABLE links AS
WITH events AS (
  SELECT user_key, coalesce(campaign_id, described_campaign) AS campaign_id, micros, 0 AS is_click, event_id, event_key, NULL AS click_window FROM candidates WHERE by_user
  UNION ALL
  SELECT user_key, seen_campaign, micros, 1, event_id, event_key, click_window FROM click_rows
  WHERE impression_id IS NULL AND seen_campaign IS NOT NULL AND user_key IS NOT NULL
), latest AS (
  SELECT *,
    last_value(CASE WHEN is_click = 0 THEN {event_key: event_key, micros: micros} END IGNORE NULLS) OVER (
      PARTITION BY user_key, campaign_id ORDER BY micros, is_click, event_id DESC ROWS UNBOUNDED PRECEDING) AS view
  FROM events WHERE campaign_id IS NOT NULL
)
SELECT event_key AS click_key, view.event_key AS impression_key, 'user_campaign' AS match_basis, micros - view.micros AS micros_since
FROM latest WHERE is_click = 1 AND click_window > 0 AND micros - view.micros <= click_window
UNION ALL
SELECT c.event_key, i.event_key, 'impression_id', c.micros - i.micros
FROM click_rows c JOIN candidates i ON i.event_key = c.impression_key AND i.event_id = c.impression_id
WHERE c.micros - i.micros BETWEEN 0 AND 2592000000000;

CREATE TEMP TABLE matched AS
SELECT c.event_id AS click_id, c.event_key AS click_key, c.event_time, c.event_date, c.user_id, c.user_key, i.event_id AS impression_id,
  CASE WHEN i.event_id IS NOT NULL THEN coalesce(i.campaign_id, i.described_campaign, '(unknown)') END AS impression_campaign_id,
  coalesce(l.match_basis, 'unmatched') AS match_basis, l.micros_since AS micros_since_impression,
  c.advertiser_id,
  coalesce(c.seen_campaign, i.campaign_id, i.described_campaign, '(unknown)') AS campaign_id,
  coalesce(c.creative_id, i.creative_id, '(unknown)') AS creative_id,
  coalesce(CASE WHEN c.creative_id IS NULL OR c.creative_id = i.creative_id THEN i.ad_group_id ELSE c.own_ad_group END, '(unknown)') AS ad_group_id,
  coalesce(c.site_id, i.site_id, '(unknown)') AS site_id,
  coalesce(c.domain, i.domain, '(unknown)') AS domain,
  coalesce(c.device_type, i.device_type, '(unknown)') AS device_type,
  coalesce(c.country, i.country, '(unknown)') AS country,
  coalesce(i.region, '(unknown)') AS region,
  coalesce(i.content_category, '(unknown)') AS content_category,
  c.cost_micros, c.currency, c.micros,
  coalesce(c.ivt_reason, cr.ivt_reason, CASE
    WHEN i.ivt_reason IS NOT NULL OR ir.event_key IS NOT NULL THEN 'invalid_impression'
    WHEN l.micros_since < 300000 THEN 'click_too_soon' END) AS ivt_reason
FROM click_rows c
LEFT JOIN links l ON l.click_key = c.event_key
LEFT JOIN candidates i ON i.event_key = l.impression_key
LEFT JOIN invalid_rates cr ON cr.event_kind = 'click' AND cr.event_key = c.event_key
LEFT JOIN invalid_rates ir ON ir.event_kind = 'impression' AND ir.event_key = i.event_key;

-- Clicks too soon after the last kept one: only those that follow another within two seconds go through the recursion.
CREATE TEMP TABLE repeated AS
WITH RECURSIVE spaced AS (
  SELECT click_key, click_id, user_key, campaign_id, micros,
    coalesce(micros - lag(micros) OVER w >= 2000000, true) AS is_first,
    row_number() OVER w AS n
  FROM matched WHERE ivt_reason IS NULL AND user_key IS NOT NULL AND campaign_id <> '(unknown)'
  WINDOW w AS (PARTITION BY user_key, campaign_id ORDER BY micros, click_id)
), runs AS (
  SELECT *, sum(CAST(is_first AS INTEGER)) OVER (PARTITION BY user_key, campaign_id ORDER BY n) AS run FROM spaced
), close AS (
  SELECT * FROM runs QUALIFY count(*) OVER (PARTITION BY user_key, campaign_id, run) > 1
), next AS (
  SELECT c.click_key, min_by(f.click_key, f.n) AS next_key
  FROM close c JOIN close f ON f.user_key = c.user_key AND f.campaign_id = c.campaign_id AND f.run = c.run AND f.micros >= c.micros + 2000000
  GROUP BY c.click_key
), kept AS (
  SELECT click_key FROM close WHERE is_first
  UNION ALL
  SELECT n.next_key FROM kept k JOIN next n ON n.click_key = k.click_key
)
SELECT click_key FROM close ANTI JOIN kept USING (click_key);

CREATE TABLE click_attribution AS
SELECT m.* EXCLUDE (micros) REPLACE (coalesce(m.ivt_reason, CASE WHEN r.click_key IS NOT NULL THEN 'repeated_click' END) AS ivt_reason)
FROM matched m LEFT JOIN repeated r USING (click_key);
DROP TABLE click_rows;
DROP TABLE candidates;
DROP TABLE links;
DROP TABLE matched;
DROP TABLE repeated;
