with
weighed as (
  select
    t.conversion_id,
    t.conversion_key,
    t.position,
    s.model,
    s.measure,
    case s.measure when 'revenue' then t.revenue_micros when 'credit' then case when t.is_adjustment then 0 else 1000000 end end as amount,
    case s.model
      when 'last_touch' then case when t.position = t.touches then 1 else 0 end
      when 'first_touch' then case when t.position = 1 then 1 else 0 end
      when 'linear' then 1
      when 'time_decay' then greatest(1, cast(
        round(1000000000 * power(2, -t.micros_since_touch / 604800000000)) as bigint))
      when 'position' then case when t.touches > 2 and t.position in (1, t.touches) then 2 * (t.touches - 2) else 1 end
    end as weight
  from credited_touches t
  cross join (values
    ('last_touch', 'credit'), ('last_touch', 'revenue'), ('first_touch', 'credit'), ('first_touch', 'revenue'),
    ('linear', 'credit'), ('linear', 'revenue'), ('time_decay', 'credit'), ('time_decay', 'revenue'),
    ('position', 'credit'), ('position', 'revenue')
  ) as s(model, measure)
  where t.touches > 1
),
-- Money times weight needs more than 64 bits.
multiplied as (
  select
    *,
    abs(cast(amount as hugeint)) as whole_amount,
    abs(cast(amount as hugeint)) * weight as product,
    sum(weight) over (partition by conversion_key, conversion_id, model, measure) as weights
  from weighed
),
floored as (
  select *, product // weights as share, product % weights as fraction from multiplied
),
ranked as (
  select
    *,
    row_number() over (partition by conversion_key, conversion_id, model, measure order by fraction desc, position) as n,
    whole_amount - sum(share) over (partition by conversion_key, conversion_id, model, measure) as left_over
  from floored
),
divided as (
  select
    conversion_id,
    conversion_key,
    position,
    model,
    measure,
    case when amount < 0 then -1 else 1 end * (share + case when n <= left_over then 1 else 0 end) as part
  from ranked
)
select
  conversion_id,
  conversion_key,
  position,
  max(part) filter (where model = 'last_touch' and measure = 'credit') as last_touch_credit,
  max(part) filter (where model = 'last_touch' and measure = 'revenue') as last_touch_revenue,
  max(part) filter (where model = 'first_touch' and measure = 'credit') as first_touch_credit,
  max(part) filter (where model = 'first_touch' and measure = 'revenue') as first_touch_revenue,
  max(part) filter (where model = 'linear' and measure = 'credit') as linear_credit,
  max(part) filter (where model = 'linear' and measure = 'revenue') as linear_revenue,
  max(part) filter (where model = 'time_decay' and measure = 'credit') as time_decay_credit,
  max(part) filter (where model = 'time_decay' and measure = 'revenue') as time_decay_revenue,
  max(part) filter (where model = 'position' and measure = 'credit') as position_credit,
  max(part) filter (where model = 'position' and measure = 'revenue') as position_revenue
from divided
group by conversion_id, conversion_key, position
