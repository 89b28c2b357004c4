-- How many impressions of each creative each interaction follows: those of its user and campaign at most 24 hours before it
-- (docs/terms.md, Metrics). Over all interactions, impressions has each impression once for every interaction that follows it, and
-- first_impressions has it once, with the first of them. net_… leaves out invalid impressions. event_date is that of the interaction.
--
-- grain: interaction_kind, interaction_id, creative_id
-- refresh: keyed
-- rows: interactions; interaction_key; look-back 1 days; tied by user_key and campaign_id
-- input: impressions; look-back 1 days; tied by user_key and campaign_id
-- input: invalid_rates; look-back 1 days; tied by user_key and campaign_id
-- input: creatives; columns creative_id, campaign_id
--
-- column: interaction_kind string
-- column: interaction_id string
-- column: interaction_key long
-- column: event_date date
-- column: campaign_id string
-- column: creative_id string
-- column: impressions long
-- column: net_impressions long
-- column: first_impressions long
-- column: net_first_impressions long
--
-- check: not_null(interaction_kind, interaction_id, interaction_key, campaign_id, creative_id, impressions)
-- check: unique(interaction_kind, interaction_id, creative_id)
-- check: none(first_impressions < 0 or first_impressions > impressions)
-- check: none(net_first_impressions < 0 or net_first_impressions > net_impressions)

with
spans as (
  select
    user_key,
    user_id,
    campaign_id,
    min(unix_micros(event_time)) - 86400000000 as from_micros,
    max(unix_micros(event_time)) as to_micros
  from due_interactions
  group by user_key, user_id, campaign_id
),
-- The condition that always holds makes DuckDB push a filter of the users into the scan of the big table.
user_views as (
  select user_key, user_id, creative_id, campaign_id, event_id, event_key, unix_micros(event_time) as micros, ivt_reason
  from impressions
  where user_key in (select user_key from spans where from_micros <= to_micros)
),
views as (
  select
    s.user_key,
    s.user_id,
    s.campaign_id,
    coalesce(v.creative_id, '(unknown)') as creative_id,
    v.micros,
    case when v.ivt_reason is null and f.event_id is null then 1 else 0 end as net_views
  from user_views v
  left join creatives r on r.creative_id = v.creative_id
  join spans s
    on s.user_key = v.user_key
    and s.user_id = v.user_id
    and s.campaign_id = coalesce(v.campaign_id, r.campaign_id)
    and v.micros >= s.from_micros
    and v.micros <= s.to_micros
  left join invalid_rates f on f.event_kind = 'impression' and f.event_key = v.event_key and f.event_id = v.event_id
),
seen as (
  select distinct user_key, user_id, campaign_id, creative_id
  from views
),
-- One order over views and interactions instead of a join of each with all: linear also for a user who never stops.
events as (
  select
    user_key, user_id, campaign_id, creative_id, micros, 1 as views, net_views,
    null as kind, null as id, null as interaction_key, null as event_date
  from views
  union all
  select
    d.user_key, d.user_id, d.campaign_id, s.creative_id, unix_micros(d.event_time), 0, 0,
    d.interaction_kind, d.event_id, d.event_key, d.event_date
  from due_interactions d
  join seen s on s.user_key = d.user_key and s.user_id = d.user_id and s.campaign_id = d.campaign_id
),
counted as (
  select
    *,
    sum(views) over a_day as impressions,
    sum(net_views) over a_day as net_impressions,
    sum(views) over ever as impressions_so_far,
    sum(net_views) over ever as net_impressions_so_far
  from events
  window
    a_day as (partition by user_key, user_id, campaign_id, creative_id order by micros range between 86400000000 preceding and current row),
    ever as (partition by user_key, user_id, campaign_id, creative_id order by micros range between unbounded preceding and current row)
),
-- Beside each interaction the one before it: impressions up to that one are not the first time that they are followed.
interactions_in_order as (
  select
    *,
    coalesce(micros - lag(micros) over earlier <= 86400000000, false) as is_soon,
    lag(impressions_so_far) over earlier as impressions_before,
    lag(net_impressions_so_far) over earlier as net_impressions_before
  from counted
  where id is not null
  window earlier as (partition by user_key, user_id, campaign_id, creative_id order by micros, kind, id)
)
select
  kind as interaction_kind,
  id as interaction_id,
  interaction_key,
  event_date,
  campaign_id,
  creative_id,
  impressions,
  net_impressions,
  case when is_soon then impressions_so_far - impressions_before else impressions end as first_impressions,
  case when is_soon then net_impressions_so_far - net_impressions_before else net_impressions end as net_first_impressions
from interactions_in_order
where impressions > 0
