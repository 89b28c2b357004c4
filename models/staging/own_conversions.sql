-- Conversions under their own campaign and user, and the adjustments that no credit stands against: one of a conversion without a touch
-- under that conversion's, one of none under its own (docs/terms.md, Adjustments).
--
-- grain: kind, campaign_id, micros
-- input: due_conversions
-- input: conversion_touches
-- input: conversion_verdicts

select
  case
    when not v.is_adjustment then case when t.conversion_key is null then 'unattributed' else 'tagged' end
    when v.adjusts_id is null then 'unmatched_adjustment'
    else 'unattributed_adjustment'
  end as kind,
  coalesce(case when v.adjusts_id is not null then a.campaign_id else c.campaign_id end, '(unknown)') as campaign_id,
  case when v.adjusts_id is not null then a.user_key else c.user_key end as user_key,
  v.currency,
  unix_micros(c.event_time) as micros,
  unix_micros(coalesce(a.event_time, c.event_time)) as earner_micros,
  case when v.ivt_reason is null and not v.is_duplicate_order then 1 else 0 end as net_events,
  case when v.is_adjustment then v.amount_micros end as adjustment_micros
from due_conversions c
join conversion_verdicts v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
left join due_conversions a on a.event_key = v.adjusts_key and a.event_id = v.adjusts_id
left join (select distinct conversion_key, conversion_id from conversion_touches) as t
  on t.conversion_key = coalesce(v.adjusts_key, c.event_key) and t.conversion_id = coalesce(v.adjusts_id, c.event_id)
where not v.is_adjustment or v.adjusts_id is null or t.conversion_key is null
