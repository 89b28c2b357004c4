-- The impression each click came from, and the click's dimensions completed from it (docs/terms.md, Links).
-- A click that carries an impression id belongs to that impression or to none; any other belongs to the latest impression of its
-- user and campaign within the campaign's click window.
--
-- grain: click_id
-- refresh: keyed
-- rows: clicks; click_key
-- input: impressions; look-back 30 days; tied by user_key; tied by impression_id = event_id
-- input: creatives
-- input: campaigns
--
-- column: click_id string
-- column: click_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: impression_id string
-- column: match_basis string
-- column: micros_since_impression long
-- column: advertiser_id string
-- column: campaign_id string
-- column: creative_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: cost_micros long
-- column: currency string
-- column: ivt_reason string
--
-- check: not_null(click_id, click_key, event_time, match_basis, campaign_id, creative_id)
-- check: unique(click_id)
-- check: none(match_basis <> 'unmatched' and micros_since_impression is null)

with
click_rows as (
  select
    c.event_id as click_id,
    c.event_key as click_key,
    unix_micros(c.event_time) as click_micros,
    c.user_id,
    c.user_key,
    c.impression_id,
    coalesce(c.campaign_id, r.campaign_id) as campaign_id,
    coalesce(g.click_window_micros, 86400000000) as window_micros,
    c.impression_id is null and c.user_key is not null and coalesce(c.campaign_id, r.campaign_id) is not null as by_user
  from due_clicks c
  left join creatives r on r.creative_id = c.creative_id
  left join campaigns g on g.campaign_id = coalesce(c.campaign_id, r.campaign_id)
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
  where user_key in (select user_key from seekers)
),
views as (
  select v.user_key, v.user_id, s.campaign_id, v.view_micros, v.event_id, v.event_key
  from user_views v
  left join creatives r on r.creative_id = v.creative_id
  join seekers s
    on s.user_key = v.user_key
    and s.campaign_id = coalesce(v.campaign_id, r.campaign_id)
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
),
links as (
  select c.click_key, c.click_id, v.event_key as impression_key, v.event_id as impression_id, 'user_campaign' as match_basis
  from latest l
  join click_rows c on c.click_key = l.event_key and c.click_id = l.event_id
  join latest v
    on v.user_key = l.user_key and v.user_id = l.user_id and v.campaign_id = l.campaign_id and v.n = l.view_n
  where l.is_click = 1 and v.is_click = 0 and l.micros - v.micros <= c.window_micros
  union all
  select c.click_key, c.click_id, i.event_key, i.event_id, 'impression_id'
  from impressions i
  join click_rows c on c.impression_id = i.event_id
  where c.click_micros - unix_micros(i.event_time) between 0 and 2592000000000
),
matched as (
  select
    l.click_key,
    l.click_id,
    l.match_basis,
    i.event_id as impression_id,
    unix_micros(i.event_time) as view_micros,
    i.advertiser_id,
    i.campaign_id,
    i.creative_id,
    i.site_id,
    i.domain,
    i.device_type,
    i.country,
    i.region,
    i.ivt_reason
  from impressions i
  join links l on l.impression_key = i.event_key and l.impression_id = i.event_id
)
select
  c.event_id as click_id,
  c.event_key as click_key,
  c.event_time,
  c.event_date,
  c.user_id,
  c.user_key,
  m.impression_id,
  coalesce(m.match_basis, 'unmatched') as match_basis,
  unix_micros(c.event_time) - m.view_micros as micros_since_impression,
  coalesce(c.advertiser_id, m.advertiser_id) as advertiser_id,
  coalesce(c.campaign_id, r.campaign_id, m.campaign_id, mr.campaign_id, '(unknown)') as campaign_id,
  coalesce(c.creative_id, m.creative_id, '(unknown)') as creative_id,
  coalesce(c.site_id, m.site_id, '(unknown)') as site_id,
  coalesce(c.domain, m.domain, '(unknown)') as domain,
  coalesce(c.device_type, m.device_type, '(unknown)') as device_type,
  coalesce(c.country, m.country, '(unknown)') as country,
  coalesce(m.region, '(unknown)') as region,
  c.cost_micros,
  c.currency,
  coalesce(c.ivt_reason, case when m.ivt_reason is not null then 'invalid_impression' end) as ivt_reason
from due_clicks c
left join matched m on m.click_key = c.event_key and m.click_id = c.event_id
left join creatives r on r.creative_id = c.creative_id
left join creatives mr on mr.creative_id = m.creative_id
