-- The impressions that may be touches of the conversions that no click earned: of the same user within the longest window that any
-- campaign has, or named by the conversion. Whose campaign and window fits is seen with their dimensions.
--
-- grain: conversion_id, touch_id
-- refresh: temporary
-- input: due_conversions
-- input: click_touches
-- input: impressions
-- input: campaigns
--
-- column: conversion_id string
-- column: conversion_key long
-- column: touch_id string
-- column: by_user long

with
longest as (
  select case when max(view_window_micros) > 86400000000 then max(view_window_micros) else 86400000000 end as window_micros
  from campaigns
),
seekers as (
  select
    c.event_id as conversion_id,
    c.event_key as conversion_key,
    unix_micros(c.event_time) as conversion_micros,
    unix_micros(c.event_time) - w.window_micros as from_micros,
    c.user_id,
    c.user_key,
    c.impression_id
  from due_conversions c
  cross join longest w
  where c.event_key not in (select conversion_key from click_touches)
),
pairs as (
  select v.conversion_id, v.conversion_key, i.event_id as touch_id, 1 as by_user
  from impressions i
  join seekers v
    on v.user_key = i.user_key
    and v.user_id = i.user_id
    and unix_micros(i.event_time) <= v.conversion_micros
    and unix_micros(i.event_time) >= v.from_micros
  union all
  select conversion_id, conversion_key, impression_id, 0
  from seekers
  where impression_id is not null
)
select conversion_id, conversion_key, touch_id, min(by_user) as by_user
from pairs
group by conversion_id, conversion_key, touch_id
