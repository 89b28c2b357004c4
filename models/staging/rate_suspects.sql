-- Users with more impressions or clicks on a UTC date than a minute may have: few, and the only ones whose minutes are worth counting.
--
-- grain: event_kind, user_key, event_date
-- refresh: temporary
-- input: due_impressions; columns user_key, event_date, event_time
-- input: due_clicks; columns user_key, event_date, event_time
-- input: traffic_rules
--
-- column: event_kind string
-- column: user_key long
-- column: event_date date

with
counts as (
  select 'impression' as event_kind, user_key, event_date, count(*) as events
  from due_impressions
  where user_key is not null
  group by user_key, event_date
  union all
  select 'click', user_key, event_date, count(*)
  from due_clicks
  where user_key is not null
  group by user_key, event_date
)
select c.event_kind, c.user_key, c.event_date
from counts c
cross join traffic_rules t
where c.events > case when c.event_kind = 'click' then t.max_clicks_per_minute else t.max_impressions_per_minute end
