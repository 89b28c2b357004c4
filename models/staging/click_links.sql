-- The impression that each click may belong to: the one whose id it carries, whether that is found or not; else the latest one of its
-- user and campaign within the campaign's click window; else, where that is switched on and the click's campaign is not known, the
-- latest one of its user. Clicks with none of these have no row.
--
-- grain: click_id
-- refresh: temporary
-- input: due_clicks
-- input: impressions
-- input: creatives
-- input: campaigns
-- input: traffic_rules
--
-- column: click_id string
-- column: click_key long
-- column: click_micros long
-- column: impression_id string
-- column: impression_key long
-- column: match_basis string

with
click_rows as (
  select
    c.event_id as click_id,
    c.event_key as click_key,
    unix_micros(c.event_time) as click_micros,
    c.user_id,
    c.user_key,
    c.impression_id,
    c.impression_key,
    -- No campaign has the empty name: it stands for any.
    coalesce(c.campaign_id, r.campaign_id, case when t.match_user_only then '' end) as campaign_id,
    coalesce(g.click_window_micros, 86400000000) as window_micros,
    c.impression_id is null
      and c.user_key is not null
      and (coalesce(c.campaign_id, r.campaign_id) is not null or t.match_user_only) as by_user
  from due_clicks c
  left join creatives r on r.creative_id = c.creative_id
  left join campaigns g on g.campaign_id = coalesce(c.campaign_id, r.campaign_id)
  cross join traffic_rules t
),
seekers as (
  select user_key, campaign_id, min(click_micros - window_micros) as from_micros, max(click_micros) as to_micros
  from click_rows
  where by_user
  group by user_key, campaign_id
),
-- Only impressions of users who clicked go on: the big table is streamed past a small one.
user_views as (
  select user_key, user_id, creative_id, campaign_id, event_id, event_key, unix_micros(event_time) as view_micros
  from impressions
  where user_key in (select user_key from seekers where from_micros <= to_micros)
),
views as (
  select v.user_key, v.user_id, s.campaign_id, v.view_micros, v.event_id, v.event_key
  from user_views v
  left join creatives r on r.creative_id = v.creative_id
  join seekers s
    on s.user_key = v.user_key
    and s.campaign_id in (coalesce(v.campaign_id, r.campaign_id, ''), '')
    and v.view_micros >= s.from_micros
    and v.view_micros <= s.to_micros
),
-- One order over views and clicks instead of a join of each click with all its views: linear also for a user who never stops.
events as (
  select user_key, user_id, campaign_id, view_micros as micros, 0 as is_click, event_id, event_key from views
  union all
  select user_key, user_id, campaign_id, click_micros, 1, click_id, click_key from click_rows where by_user
),
ordered as (
  select
    *,
    row_number() over (partition by user_key, user_id, campaign_id order by micros, is_click, event_id desc) as n
  from events
),
latest as (
  select
    *,
    max(case when is_click = 0 then n end) over (
      partition by user_key, user_id, campaign_id order by n rows between unbounded preceding and current row) as view_n
  from ordered
)
select
  c.click_id,
  c.click_key,
  c.click_micros,
  v.event_id as impression_id,
  v.event_key as impression_key,
  case when c.campaign_id = '' then 'user_only' else 'user_campaign' end as match_basis
from latest l
join click_rows c on c.click_key = l.event_key and c.click_id = l.event_id
join latest v on v.user_key = l.user_key and v.user_id = l.user_id and v.campaign_id = l.campaign_id and v.n = l.view_n
where l.is_click = 1 and v.is_click = 0 and l.micros - v.micros <= c.window_micros and (c.window_micros > 0 or c.campaign_id = '')
union all
select click_id, click_key, click_micros, impression_id, impression_key, 'impression_id'
from click_rows
where impression_id is not null
