-- Impressions and clicks of users who saw or clicked more within a minute of UTC than a person does: all of that minute's
-- (docs/terms.md, Invalid traffic). Those that have a row-level ivt_reason count towards the rate and keep their own reason, so they
-- are not here. Dimensions and money are the event's own, as in impression_rollup: what a sum has too much can be taken off exactly.
--
-- grain: event_kind, event_id
-- refresh: keyed
-- groups: user_key, event_date, minute
-- input: impressions; tied by user_key
-- input: clicks; tied by user_key
-- input: new_impressions
-- input: kept_invalid_rates
-- input: rate_minutes
-- input: traffic_rules
--
-- column: event_kind string
-- column: event_id string
-- column: event_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: ivt_reason string
-- column: campaign_id string
-- column: creative_id string
-- column: ad_group_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: currency string
-- column: cost_micros long
-- column: is_viewable boolean
-- column: is_measurable boolean
--
-- check: not_null(event_kind, event_id, event_key, event_time, user_key, ivt_reason)
-- check: unique(event_kind, event_id)

with
-- A minute of too many stays one when more come: what it has is known, and what is new belongs to it. If it is all of one user: of two who
-- share a key each has a minute of his own.
grown as (
  select user_key, minute_micros
  from (
    select user_key, user_id, unix_micros(event_time) - unix_micros(event_time) % 60000000 as minute_micros, true as is_kept
    from kept_invalid_rates
    where event_kind = 'impression'
    union all
    select user_key, user_id, unix_micros(event_time) - unix_micros(event_time) % 60000000, false
    from new_impressions
    where user_key in (select user_key from kept_invalid_rates where event_kind = 'impression')
  ) as both_kinds
  group by user_key, minute_micros
  having min(user_id) = max(user_id) and max(case when is_kept then 1 else 0 end) = 1
),
minutes as (
  select m.user_key, m.event_date, m.minute_micros
  from rate_minutes m
  left join grown g on g.user_key = m.user_key and g.minute_micros = m.minute_micros
  where m.event_kind = 'impression' and g.user_key is null
),
-- One key alone tells the reader of the big table which rows it need not decode, where a condition stands on it: this one always holds.
impressions_of_users as (
  select * from impressions where user_key in (select user_key from minutes where minute_micros % 60000000 = 0)
),
-- All of the minute, whose events are counted by the user's id: two may share a key.
crowds as (
  select i.*, count(*) over (partition by i.user_key, i.user_id, m.minute_micros) as events
  from impressions_of_users i
  join minutes m
    on m.user_key = i.user_key
    and m.event_date = i.event_date
    and m.minute_micros = unix_micros(i.event_time) - unix_micros(i.event_time) % 60000000
),
too_many as (
  select i.*
  from crowds i
  cross join traffic_rules t
  where i.events > t.max_impressions_per_minute
  union all
  select i.*, null
  from new_impressions i
  join grown g on g.user_key = i.user_key and g.minute_micros = unix_micros(i.event_time) - unix_micros(i.event_time) % 60000000
),
click_crowds as (
  select c.*, count(*) over (partition by c.user_key, c.user_id, m.minute_micros) as events
  from clicks c
  join rate_minutes m
    on m.user_key = c.user_key
    and m.event_date = c.event_date
    and m.minute_micros = unix_micros(c.event_time) - unix_micros(c.event_time) % 60000000
    and m.event_kind = 'click'
)
select
  'impression' as event_kind,
  i.event_id,
  i.event_key,
  i.event_time,
  i.event_date,
  i.user_id,
  i.user_key,
  'impression_rate' as ivt_reason,
  i.campaign_id,
  i.creative_id,
  i.ad_group_id,
  i.site_id,
  i.domain,
  i.device_type,
  i.country,
  i.region,
  i.content_category,
  i.currency,
  i.cost_micros,
  i.is_viewable,
  i.is_measurable
from too_many i
where i.ivt_reason is null
union all
select k.*
from kept_invalid_rates k
join grown g on g.user_key = k.user_key and g.minute_micros = unix_micros(k.event_time) - unix_micros(k.event_time) % 60000000
where k.event_kind = 'impression'
union all
select
  'click',
  c.event_id,
  c.event_key,
  c.event_time,
  c.event_date,
  c.user_id,
  c.user_key,
  'click_rate',
  c.campaign_id,
  c.creative_id,
  null,
  c.site_id,
  c.domain,
  c.device_type,
  c.country,
  null,
  null,
  c.currency,
  c.cost_micros,
  null,
  null
from click_crowds c
cross join traffic_rules t
where c.events > t.max_clicks_per_minute and c.ivt_reason is null
