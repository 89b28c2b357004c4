-- Conversions, adjustments and credits that performance counts, in local time, a row for each: last touch, at the time of the conversion
-- and at that of the touch. Conversions themselves count for their campaign alone, and so do adjustments that nobody's credit stands
-- against; credits count in every dimension. What an adjustment takes back is money without an event.
--
-- grain: kind, basis, campaign_id, local_date
-- refresh: temporary
-- input: conversions
-- input: due_conversions
-- input: own_conversions
-- input: placed_credits
-- input: campaign_clocks
-- input: rate_spans
--
-- column: kind string
-- column: basis string
-- column: touch_kind string
-- column: is_primary boolean
-- column: campaign_id string
-- column: local_date date
-- column: local_hour long
-- column: ad_group_id string
-- column: creative_id string
-- column: site_id string
-- column: device_type string
-- column: country string
-- column: region string
-- column: currency string
-- column: rate_from_micros long
-- column: events long
-- column: net_events long
-- column: is_net boolean
-- column: revenue_micros long
-- column: net_revenue_micros long

select
  t.kind, null as basis, null as touch_kind, null as is_primary,
  t.campaign_id,
  cast(timestamp_micros(t.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
  ((t.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (t.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour,
  null as ad_group_id, null as creative_id, null as site_id, null as device_type, null as country, null as region,
  t.currency,
  r.from_micros as rate_from_micros,
  1 as events,
  t.net_events,
  t.net_events = 1 as is_net,
  t.adjustment_micros as revenue_micros,
  t.adjustment_micros as net_revenue_micros
from own_conversions t
left join campaign_clocks c on c.campaign_id = t.campaign_id and t.micros >= c.from_micros and t.micros < c.to_micros
left join rate_spans r on r.campaign_id = t.campaign_id and t.micros >= r.from_micros and t.micros < r.to_micros
union all
select
  'credit', p.basis, p.touch_kind, p.is_primary,
  p.campaign_id, p.local_date, p.local_hour,
  p.ad_group_id, p.creative_id, p.site_id, p.device_type, p.country, p.region,
  p.currency,
  t.from_micros,
  case when p.millionths > 0 then 1 else 0 end,
  case when p.net_millionths > 0 then 1 else 0 end,
  p.is_net,
  p.revenue_micros,
  p.net_revenue_micros
from placed_credits p
left join rate_spans t on t.campaign_id = p.campaign_id and p.micros >= t.from_micros and p.micros < t.to_micros
where p.model = 'last_touch'
