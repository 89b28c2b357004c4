-- Clicks that come too soon after the last one kept of the same user and campaign. Kept is a click that nothing else makes invalid and
-- that is not repeated itself, so one verdict hangs on the last: after a click the next kept one is the first that is far enough,
-- and a recursion goes from one to the next. Only runs of clicks that follow each other too soon go through it, all of them at once.
--
-- grain: click_id
-- refresh: temporary
-- input: matched_clicks
-- input: traffic_rules
--
-- column: click_key long
-- column: click_id string

with recursive
candidates as (
  select
    click_key,
    click_id,
    user_key,
    user_id,
    campaign_id,
    unix_micros(event_time) as micros,
    row_number() over (partition by user_key, user_id, campaign_id order by event_time, click_id) as n
  from matched_clicks
  where ivt_reason is null and user_key is not null and campaign_id <> '(unknown)'
),
spaced as (
  select
    c.*,
    t.repeated_click_micros,
    case
      when c.micros - lag(c.micros) over (partition by c.user_key, c.user_id, c.campaign_id order by c.n) < t.repeated_click_micros
        then 0
      else 1
    end as is_first
  from candidates c
  cross join traffic_rules t
),
numbered as (
  select *, sum(is_first) over (partition by user_key, user_id, campaign_id order by n) as run
  from spaced
),
runs as (
  select
    *,
    first_value(click_id) over (partition by user_key, user_id, campaign_id, run order by n) as first_id,
    count(*) over (partition by user_key, user_id, campaign_id, run) as clicks
  from numbered
),
close_clicks as (
  select click_key, click_id, first_id, is_first, n, micros, repeated_click_micros
  from runs
  where clicks > 1
),
-- Each click, and the moment from which on the next can be kept.
moments as (
  select first_id, n, is_first, micros, 1 as is_click from close_clicks
  union all
  select first_id, n, is_first, micros + repeated_click_micros, 0 from close_clicks
),
followed as (
  select
    first_id,
    n,
    is_first,
    is_click,
    min(case when is_click = 1 then n end) over (
      partition by first_id order by micros, is_click, n rows between current row and unbounded following) as next_n
  from moments
),
kept as (
  select first_id, n, next_n
  from followed
  where is_click = 0 and is_first = 1
  union all
  select f.first_id, f.n, f.next_n
  from kept k
  join followed f on f.first_id = k.first_id and f.n = k.next_n
  where f.is_click = 0
)
select c.click_key, c.click_id
from close_clicks c
left join kept k on k.first_id = c.first_id and k.n = c.n
where k.n is null
