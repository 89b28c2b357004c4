-- The impression each click came from, the click's dimensions completed from it (docs/terms.md, Links), and whether it is valid
-- (Invalid traffic). A click that carries an impression id belongs to that impression or to none; any other belongs to the latest
-- impression of its user and campaign within the campaign's click window. ivt_reason is the first that holds of the row's own,
-- click_rate, invalid_impression, click_too_soon and repeated_click.
--
-- grain: click_id
-- refresh: keyed
-- rows: clicks; click_key; look-back 1 days; tied by user_key and campaign_id
-- input: impressions; look-back 30 days; tied by user_key and campaign_id within click_window_micros or 1 days; tied by impression_id = event_id
-- input: invalid_rates; look-back 30 days; tied by user_key and campaign_id within click_window_micros or 1 days; tied by impression_id = event_id
-- input: matched_clicks
-- input: repeated_clicks
--
-- column: click_id string
-- column: click_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: impression_id string
-- column: impression_campaign_id string
-- column: match_basis string
-- column: micros_since_impression long
-- column: advertiser_id string
-- column: campaign_id string
-- column: creative_id string
-- column: ad_group_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: cost_micros long
-- column: currency string
-- column: ivt_reason string
--
-- check: not_null(click_id, click_key, event_time, match_basis, campaign_id, creative_id)
-- check: unique(click_id)
-- check: none(match_basis <> 'unmatched' and micros_since_impression is null)

select
  m.click_id,
  m.click_key,
  m.event_time,
  m.event_date,
  m.user_id,
  m.user_key,
  m.impression_id,
  m.impression_campaign_id,
  m.match_basis,
  m.micros_since_impression,
  m.advertiser_id,
  m.campaign_id,
  m.creative_id,
  m.ad_group_id,
  m.site_id,
  m.domain,
  m.device_type,
  m.country,
  m.region,
  m.content_category,
  m.cost_micros,
  m.currency,
  coalesce(m.ivt_reason, case when r.click_key is not null then 'repeated_click' end) as ivt_reason
from matched_clicks m
left join repeated_clicks r on r.click_key = m.click_key and r.click_id = m.click_id
