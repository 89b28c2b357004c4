-- What becomes of each conversion and adjustment beside the others of its order (docs/terms.md, Orders and Adjustments): whether it is
-- valid, whether it repeats an order, and which conversion an adjustment adjusts, by how much. A row for each.
--
-- grain: conversion_id
-- refresh: temporary
-- input: due_conversions
-- input: conversion_touches
-- input: conversion_types
-- input: campaigns
-- input: campaign_terms
--
-- column: conversion_id string
-- column: conversion_key long
-- column: is_adjustment boolean
-- column: ivt_reason string
-- column: is_duplicate_order boolean
-- column: adjusts_id string
-- column: adjusts_key long
-- column: amount_micros long
-- column: currency string

with
touched as (
  select conversion_key, conversion_id, max(ivt_reason) as ivt_reason
  from conversion_touches
  group by conversion_key, conversion_id
),
judged as (
  select
    c.event_id,
    c.event_key,
    unix_micros(c.event_time) as micros,
    c.is_adjustment,
    c.order_id,
    c.campaign_id,
    coalesce(g.advertiser_id, c.advertiser_id) as advertiser_id,
    coalesce(y.plain_type, '') as plain_type,
    c.revenue_micros,
    c.currency,
    coalesce(c.currency, t.currency) as known_currency,
    coalesce(c.ivt_reason, v.ivt_reason) as ivt_reason
  from due_conversions c
  left join campaigns g on g.campaign_id = c.campaign_id
  left join campaign_terms t on t.campaign_id = c.campaign_id
  left join conversion_types y on y.conversion_type = c.conversion_type
  left join touched v on v.conversion_key = c.event_key and v.conversion_id = c.event_id
),
-- Whose order it is: the advertiser's, else the campaign's; where neither is known, the conversion's alone.
purchases as (
  select
    *,
    case
      when advertiser_id is not null then concat('a', advertiser_id)
      when campaign_id is not null then concat('c', campaign_id)
      else concat('e', event_id)
    end as holder
  from judged
  where not is_adjustment and order_id is not null
),
-- First of each order is the one that counts, or where none is valid the earliest.
ranked as (
  select
    *,
    row_number() over (
      partition by holder, plain_type, order_id
      order by case when ivt_reason is null then 0 else 1 end, micros, event_id) as n
  from purchases
),
adjustments as (
  select * from judged where is_adjustment
),
named as (
  select distinct order_id, advertiser_id, campaign_id, holder
  from purchases
  where order_id in (select order_id from adjustments)
),
-- The holder whom an adjustment belongs to, as touches belong to conversions; of several it belongs to none.
held as (
  select a.event_key, a.event_id, min(n.holder) as holder
  from adjustments a
  join named n
    on n.order_id = a.order_id
    and (
      n.advertiser_id = a.advertiser_id
      or ((n.advertiser_id is null or a.advertiser_id is null) and n.campaign_id = a.campaign_id)
      or (a.advertiser_id is null and a.campaign_id is null))
  group by a.event_key, a.event_id
  having count(distinct n.holder) = 1
),
-- Of the holder's orders of that id the one of its own type, else the one of which most can be taken back.
candidates as (
  select
    a.event_key,
    a.event_id,
    a.micros,
    a.revenue_micros,
    a.currency,
    a.known_currency,
    r.event_id as adjusts_id,
    r.event_key as adjusts_key,
    r.revenue_micros as adjusts_revenue,
    r.currency as adjusts_currency,
    r.known_currency as adjusts_known_currency,
    row_number() over (
      partition by a.event_key, a.event_id
      order by
        case when r.plain_type = a.plain_type then 0 else 1 end,
        case when r.revenue_micros is null then 1 else 0 end,
        r.revenue_micros desc,
        r.micros,
        r.event_id) as n
  from held h
  join adjustments a on a.event_key = h.event_key and a.event_id = h.event_id
  join ranked r on r.order_id = a.order_id and r.holder = h.holder and r.n = 1
),
matched as (
  select
    *,
    sum(case
      when currency is null or known_currency is not distinct from adjusts_known_currency then coalesce(revenue_micros, 0) else 0 end
    ) over earlier as taken_micros,
    sum(case when revenue_micros is null then 1 else 0 end) over earlier as rests_taken
  from candidates
  where n = 1
  window earlier as (
    partition by adjusts_key, adjusts_id order by micros, event_id rows between unbounded preceding and 1 preceding)
)
select
  j.event_id as conversion_id,
  j.event_key as conversion_key,
  j.is_adjustment,
  j.ivt_reason,
  coalesce(r.n > 1 and r.ivt_reason is null, false) as is_duplicate_order,
  m.adjusts_id,
  m.adjusts_key,
  -- An adjustment without an amount takes back what is left. After one nothing is.
  case
    when m.adjusts_id is null or j.revenue_micros is not null then j.revenue_micros
    when m.adjusts_revenue is null then null
    when coalesce(m.rests_taken, 0) > 0 then 0
    else -greatest(0, m.adjusts_revenue + coalesce(m.taken_micros, 0))
  end as amount_micros,
  case
    when m.adjusts_id is null then j.currency
    when j.revenue_micros is null then m.adjusts_currency
    else coalesce(j.currency, m.adjusts_currency)
  end as currency
from judged j
left join ranked r on r.event_key = j.event_key and r.event_id = j.event_id
left join matched m on m.event_key = j.event_key and m.event_id = j.event_id
