-- What each user saw and did so far, for data scientists: sums over all local days, gross and without invalid events (net_…). How
-- long ago a user was last active is the day of the question less last_active_date (docs/terms.md, Features). event_date is the first of
-- the month of last_active_date: users who stay away stay in files that nobody rewrites. age_band and gender are those of users.
--
-- grain: user_key
-- refresh: keyed
-- groups: user_key
-- input: user_rollup; tied by user_key
-- input: conversions; tied by user_key
-- input: conversion_attribution; columns user_key, event_date, conversion_key, conversion_id, ivt_reason; tied by user_key
-- input: due_user_rollup
-- input: due_conversions
-- input: due_conversion_attribution
-- input: users; columns user_key, age_band, gender
-- input: campaign_clocks
-- input: user_days
--
-- column: user_key long
-- column: age_band string
-- column: gender string
-- column: impressions long
-- column: net_impressions long
-- column: clicks long
-- column: net_clicks long
-- column: conversions long
-- column: net_conversions long
-- column: time_in_view_ms long
-- column: ctr double
-- column: net_ctr double
-- column: active_days long
-- column: first_active_date date
-- column: last_active_date date
-- column: event_date date
--
-- check: not_null(user_key, impressions, clicks, conversions, active_days, first_active_date, last_active_date)
-- check: unique(user_key)

select
  d.user_key,
  max(w.age_band) as age_band,
  max(w.gender) as gender,
  sum(impressions) as impressions,
  sum(net_impressions) as net_impressions,
  sum(clicks) as clicks,
  sum(net_clicks) as net_clicks,
  sum(conversions) as conversions,
  sum(net_conversions) as net_conversions,
  sum(time_in_view_ms) as time_in_view_ms,
  cast(sum(clicks) as double) / nullif(sum(impressions), 0) as ctr,
  cast(sum(net_clicks) as double) / nullif(sum(net_impressions), 0) as net_ctr,
  count(*) as active_days,
  min(local_date) as first_active_date,
  max(local_date) as last_active_date,
  date_trunc('month', max(local_date)) as event_date
from user_days d
left join users w on w.user_key = d.user_key
group by d.user_key
