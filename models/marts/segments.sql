-- Which segment a user is in from one local date to another, by the 30 local days before each: the first that holds of converter,
-- clicker, engaged (at least 10 impressions), exposed. A user is new on dates that no row covers. Valid events only
-- (docs/terms.md, Segments). event_date is the first of the month in which the interval begins: what a batch of recent events
-- touches then lies in few files.
--
-- grain: user_key, valid_from
-- refresh: keyed
-- groups: user_key
-- input: campaign_user_daily; tied by user_key
-- input: click_attribution; columns user_key, event_time, event_date, campaign_id, ivt_reason; tied by user_key
-- input: conversions; tied by user_key
-- input: invalid_rates; tied by user_key
-- input: conversion_attribution; columns user_key, event_date, conversion_key, conversion_id, ivt_reason; tied by user_key
-- input: due_campaign_user_daily
-- input: due_invalid_rates
-- input: due_click_attribution
-- input: due_conversions
-- input: due_conversion_attribution
-- input: creatives; columns creative_id, campaign_id
-- input: campaign_clocks
-- input: user_days
--
-- column: user_key long
-- column: valid_from date
-- column: valid_to date
-- column: segment string
-- column: event_date date
--
-- check: not_null(user_key, valid_from, valid_to, segment)
-- check: unique(user_key, valid_from)
-- check: none(valid_to < valid_from)

with
days as (
  select user_key, local_date, net_impressions as impressions, net_clicks as clicks, net_conversions as conversions
  from user_days
  where net_impressions + net_clicks + net_conversions > 0
),
-- Who saw fewer than 10 and did nothing, all within 31 days, is exposed without a gap: most users, and nothing has to be ordered.
users as (
  select
    user_key,
    min(local_date) as first_date,
    max(local_date) as last_date,
    sum(impressions) < 10 and sum(clicks + conversions) = 0 and max(local_date) <= min(local_date) + 30 as is_plain
  from days
  group by user_key
),
-- A day counts from the day after it for 30 days: it enters the sums once and leaves them once.
moves as (
  select d.user_key, d.local_date + 1 as day, d.impressions, d.clicks, d.conversions
  from days d
  join users u on u.user_key = d.user_key and not u.is_plain
  union all
  select d.user_key, d.local_date + 31, -d.impressions, -d.clicks, -d.conversions
  from days d
  join users u on u.user_key = d.user_key and not u.is_plain
),
-- In doubles for the reason of user_days.
points as (
  select
    user_key,
    day,
    cast(sum(impressions) as double) as impressions,
    cast(sum(clicks) as double) as clicks,
    cast(sum(conversions) as double) as conversions
  from moves
  group by user_key, day
),
levels as (
  select
    user_key,
    day,
    sum(impressions) over (partition by user_key order by day) as impressions,
    sum(clicks) over (partition by user_key order by day) as clicks,
    sum(conversions) over (partition by user_key order by day) as conversions
  from points
),
named as (
  select
    user_key,
    day,
    case
      when conversions > 0 then 'converter'
      when clicks > 0 then 'clicker'
      when impressions >= 10 then 'engaged'
      when impressions > 0 then 'exposed'
      else 'new'
    end as segment
  from levels
),
following as (
  select user_key, day, segment, lag(segment) over (partition by user_key order by day) as segment_before
  from named
),
starts as (
  select user_key, day, segment, lead(day) over (partition by user_key order by day) as next_day
  from following
  where segment_before is null or segment <> segment_before
),
intervals as (
  select user_key, day as valid_from, next_day - 1 as valid_to, segment
  from starts
  where segment <> 'new'
  union all
  select user_key, first_date + 1, last_date + 30, 'exposed'
  from users
  where is_plain
)
select user_key, valid_from, valid_to, segment, date_trunc('month', valid_from) as event_date
from intervals
