-- The touches that are eligible for each conversion, in their order (docs/terms.md, Conversion → touches), and whether the conversion is
-- valid. A conversion without an eligible touch has no row; adjustments have none: they follow their conversion.
--
-- grain: conversion_id, touch_id
-- refresh: keyed
-- rows: conversions; conversion_key
-- input: click_attribution; look-back 30 days; tied by user_key within conversion_click_window_micros or 30 days; tied by click_key = click_key
-- input: impressions; look-back 30 days; tied by user_key within view_window_micros or 1 days; tied by impression_key = event_key
-- input: invalid_rates; look-back 30 days; tied by user_key within view_window_micros or 1 days; tied by impression_key = event_key
-- input: eligible_touches
-- input: traffic_rules
-- input: creatives
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
-- column: event_date date
-- column: ivt_reason string
-- column: touch_id string
-- column: touch_key long
-- column: touch_kind string
-- column: touch_time timestamp
-- column: touch_ivt_reason string
-- column: campaign_id string
-- column: creative_id string
-- column: ad_group_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: position long
-- column: touches long
--
-- check: not_null(conversion_id, conversion_key, touch_id, touch_key, touch_kind, campaign_id, position, touches)
-- check: unique(conversion_id, touch_id)

select
  t.conversion_id,
  t.conversion_key,
  c.event_date,
  coalesce(c.ivt_reason, case
    when t.touch_kind = 'click'
      and unix_micros(c.event_time) - max(t.touch_micros) over (partition by t.conversion_key, t.conversion_id)
        < r.conversion_after_click_micros
    then 'conversion_too_soon' end) as ivt_reason,
  t.touch_id,
  t.touch_key,
  t.touch_kind,
  timestamp_micros(t.touch_micros) as touch_time,
  t.touch_ivt_reason,
  t.campaign_id,
  t.creative_id,
  t.ad_group_id,
  t.site_id,
  t.domain,
  t.device_type,
  t.country,
  t.region,
  t.content_category,
  t.position,
  t.touches
from eligible_touches t
join due_conversions c on c.event_key = t.conversion_key and c.event_id = t.conversion_id
cross join traffic_rules r
