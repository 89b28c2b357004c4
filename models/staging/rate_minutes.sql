-- Minutes of UTC in which the users of a key did more than the limit allows: almost always one user (invalid_rates counts by the id).
--
-- grain: event_kind, user_key, minute_micros
-- refresh: temporary
-- input: rate_suspects
-- input: due_impressions; columns user_key, event_date, event_time
-- input: due_clicks; columns user_key, event_date, event_time
-- input: traffic_rules
--
-- column: event_kind string
-- column: user_key long
-- column: event_date date
-- column: minute_micros long

with
-- One key alone tells the reader of the big table which rows it need not decode.
impressions_of_users as (
  select user_key, event_date, event_time
  from due_impressions
  where user_key in (select user_key from rate_suspects where event_kind = 'impression')
),
events as (
  select 'impression' as event_kind, i.user_key, i.event_date, unix_micros(i.event_time) as micros
  from impressions_of_users i
  join rate_suspects s on s.user_key = i.user_key and s.event_date = i.event_date and s.event_kind = 'impression'
  union all
  select 'click', c.user_key, c.event_date, unix_micros(c.event_time)
  from due_clicks c
  join rate_suspects s on s.user_key = c.user_key and s.event_date = c.event_date and s.event_kind = 'click'
),
minutes as (
  select event_kind, user_key, event_date, micros - micros % 60000000 as minute_micros, count(*) as events
  from events
  group by 1, 2, 3, 4
)
select m.event_kind, m.user_key, m.event_date, m.minute_micros
from minutes m
cross join traffic_rules t
where m.events > case when m.event_kind = 'click' then t.max_clicks_per_minute else t.max_impressions_per_minute end
