-- Which segment a user is in from one local date to another, by the 30 local days before each: the first that holds of converter,
-- clicker, engaged (at least 10 impressions), exposed. A user is new on dates that no row covers. Valid events only
-- (docs/terms.md, Segments). event_date is the first of the month in which the interval begins: what a batch of recent events
-- touches then lies in few files.
--
-- grain: user_key, valid_from
-- refresh: keyed
-- groups: user_key
-- input: user_rollup; tied by user_key
-- input: conversions; tied by user_key
-- input: conversion_attribution; columns user_key, event_date, conversion_key, conversion_id, ivt_reason; tied by user_key
-- input: due_user_rollup
-- input: due_conversions
-- input: due_conversion_attribution
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
-- What a day says is one number: a conversion or not (1024 * 1024), a click or not (1024) and up to 10 impressions. Sums of 30 days keep the
-- three apart, and more of one decides nothing. In doubles for the reason of user_days.
days as (
  select
    user_key,
    local_date,
    cast(
      case when net_conversions > 0 then 1048576 else 0 end
      + case when net_clicks > 0 then 1024 else 0 end
      + case when net_impressions < 10 then net_impressions else 10 end as double) as weight
  from user_days
  where net_impressions + net_clicks + net_conversions > 0
),
-- Who saw fewer than 10 and did nothing, all within 31 days, is exposed without a gap: most users, and nothing has to be ordered.
users as (
  select
    user_key,
    min(local_date) as first_date,
    max(local_date) as last_date,
    sum(weight) < 10 and max(local_date) <= min(local_date) + 30 as is_plain
  from days
  group by user_key
),
-- A day counts from the day after it for 30 days: it enters the sums once and leaves them once.
moves as (
  select d.user_key, d.local_date + 1 as day, d.weight
  from days d
  join users u on u.user_key = d.user_key and not u.is_plain
  union all
  select d.user_key, d.local_date + 31, -d.weight
  from days d
  join users u on u.user_key = d.user_key and not u.is_plain
),
points as (
  select user_key, day, sum(weight) as weight
  from moves
  group by user_key, day
),
levels as (
  select user_key, day, sum(weight) over (partition by user_key order by day) as level, weight
  from points
),
named as (
  select
    user_key,
    day,
    case
      when level >= 1048576 then 'converter'
      when level >= 1024 then 'clicker'
      when level >= 10 then 'engaged'
      when level > 0 then 'exposed'
      else 'new'
    end as segment,
    case
      when level - weight >= 1048576 then 'converter'
      when level - weight >= 1024 then 'clicker'
      when level - weight >= 10 then 'engaged'
      when level - weight > 0 then 'exposed'
      else 'new'
    end as segment_before
  from levels
),
starts as (
  select user_key, day, segment, lead(day) over (partition by user_key order by day) as next_day
  from named
  where segment <> segment_before
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
