-- Conversions that repeat an order: same advertiser, conversion type and order id as an earlier one (docs/terms.md, Orders).
--
-- grain: conversion_id
-- input: conversions
-- input: campaigns

with orders as (
  select
    c.event_id as conversion_id,
    c.event_key as conversion_key,
    row_number() over (
      partition by
        coalesce(g.advertiser_id, c.advertiser_id),
        case when coalesce(g.advertiser_id, c.advertiser_id) is null then c.campaign_id end,
        c.conversion_type,
        c.order_id
      order by c.event_time, c.event_id) as n
  from conversions c
  left join campaigns g on g.campaign_id = c.campaign_id
  where c.order_id is not null
)
select conversion_id, conversion_key from orders where n > 1
