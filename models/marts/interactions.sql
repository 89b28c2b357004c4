-- Valid clicks and conversions that have a user and a campaign: the interactions of interaction_depth. A click's campaign is that of
-- click_attribution, a conversion's is its own. A repeated order is an interaction, an adjustment is none.
--
-- grain: interaction_kind, event_id
-- refresh: replace
-- input: click_attribution; columns click_id, click_key, event_time, event_date, user_id, user_key, campaign_id, ivt_reason
-- input: conversions; columns event_id, event_key, event_time, event_date, user_id, user_key, campaign_id, ivt_reason, is_adjustment
-- input: conversion_touches; columns conversion_id, conversion_key, ivt_reason
--
-- column: interaction_kind string
-- column: event_id string
-- column: event_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: campaign_id string
--
-- check: not_null(interaction_kind, event_id, event_key, event_time, user_id, user_key, campaign_id)
-- check: unique(interaction_kind, event_id)

with
-- A conversion has a row for each of its touches.
verdicts as (
  select distinct conversion_key, conversion_id
  from conversion_touches
  where ivt_reason is not null
)
select 'click' as interaction_kind, click_id as event_id, click_key as event_key, event_time, event_date, user_id, user_key, campaign_id
from click_attribution
where ivt_reason is null and user_key is not null and campaign_id <> '(unknown)'
union all
select 'conversion', c.event_id, c.event_key, c.event_time, c.event_date, c.user_id, c.user_key, c.campaign_id
from conversions c
left join verdicts v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
where c.ivt_reason is null and v.conversion_id is null and not c.is_adjustment and c.user_key is not null and c.campaign_id is not null
