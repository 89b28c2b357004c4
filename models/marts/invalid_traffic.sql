-- Every event that is invalid by a rule that looks around, with the rule (docs/terms.md, Invalid traffic). Events whose own row makes
-- them invalid are not here: their ivt_reason stands in the fact.
--
-- grain: event_kind, event_id
-- refresh: replace
-- input: invalid_rates
-- input: click_attribution
-- input: clicks
-- input: conversion_attribution
-- input: conversions
-- input: creatives; columns creative_id, campaign_id
--
-- column: event_kind string
-- column: event_id string
-- column: event_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: campaign_id string
-- column: ivt_reason string
--
-- check: not_null(event_kind, event_id, event_key, event_time, campaign_id, ivt_reason)
-- check: unique(event_kind, event_id)

select
  i.event_kind,
  i.event_id,
  i.event_key,
  i.event_time,
  i.event_date,
  i.user_id,
  i.user_key,
  coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
  i.ivt_reason
from invalid_rates i
left join creatives r on r.creative_id = i.creative_id
where i.event_kind = 'impression'
union all
select
  'click',
  k.click_id,
  k.click_key,
  k.event_time,
  k.event_date,
  k.user_id,
  k.user_key,
  k.campaign_id,
  k.ivt_reason
from click_attribution k
join clicks c on c.event_key = k.click_key and c.event_id = k.click_id
where k.ivt_reason is not null and c.ivt_reason is null
union all
select distinct
  'conversion',
  a.conversion_id,
  a.conversion_key,
  a.conversion_time,
  a.event_date,
  a.user_id,
  a.user_key,
  coalesce(a.conversion_campaign_id, '(unknown)'),
  a.ivt_reason
from conversion_attribution a
join conversions c on c.event_key = a.conversion_key and c.event_id = a.conversion_id
where a.adjusts_conversion_id is null and a.ivt_reason is not null and c.ivt_reason is null
