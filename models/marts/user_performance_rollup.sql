-- Impressions, clicks and impressions that came too fast of each local day by what the user is whose they are, told apart by dimension: once
-- by the user's segment on the local date ('new' where segments has no row, '(unknown)' without a user), once by age band and gender
-- (dimension 'audience'; '(unknown)' where users does not say); the base of user_performance, which prices it. Impressions without a user
-- are not here (context_daily has all). rate_from_micros is the beginning of the campaign's rate that held (campaign_rates), null where
-- none did. valid_impressions leaves out those with a row-level ivt_reason, fast_impressions are those that invalid_rates takes out. Rows
-- are partial sums; add them up before use.
--
-- grain: dimension, campaign_id, local_date, segment, age_band, gender, currency, rate_from_micros
-- refresh: additive
-- input: campaign_user_daily; columns local_date, campaign_id, rate_from_micros, user_key, currency, impressions, valid_impressions, impressions_with_cost, cost_micros; summed
-- input: click_attribution; columns event_time, user_key, campaign_id, cost_micros, currency, ivt_reason; summed
-- input: invalid_rates; columns event_kind, event_time, user_key, campaign_id, creative_id, currency; summed
-- input: segments; columns user_key, valid_from, valid_to, segment; joined by user_key
-- input: users; columns user_key, age_band, gender
-- input: creatives; columns creative_id, campaign_id
-- input: campaign_clocks
-- input: rate_spans
--
-- column: dimension string
-- column: campaign_id string
-- column: local_date date
-- column: segment string
-- column: age_band string
-- column: gender string
-- column: currency string
-- column: rate_from_micros long
-- column: impressions long
-- column: valid_impressions long
-- column: impressions_with_cost long
-- column: impression_cost_micros long
-- column: fast_impressions long
-- column: clicks long
-- column: net_clicks long
-- column: clicks_with_cost long
-- column: click_cost_micros long
--
-- check: not_null(dimension, campaign_id, local_date, impressions, clicks)

with
-- Numbers for names, which a join of millions of rows carries along more cheaply.
spans as (
  select
    user_key,
    valid_from,
    valid_to,
    cast(case segment when 'exposed' then 1 when 'engaged' then 2 when 'clicker' then 3 else 4 end as tinyint) as level
  from segments
),
events as (
  select
    campaign_id,
    user_key,
    currency,
    unix_micros(event_time) as micros,
    0 as fast_impressions,
    1 as clicks,
    case when ivt_reason is null then 1 else 0 end as net_clicks,
    case when cost_micros is not null then 1 else 0 end as clicks_with_cost,
    coalesce(cost_micros, 0) as click_cost_micros
  from click_attribution
  union all
  select
    coalesce(i.campaign_id, r.campaign_id, '(unknown)'),
    i.user_key,
    i.currency,
    unix_micros(i.event_time),
    1,
    0,
    0,
    0,
    0
  from invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
),
dated as (
  select e.*, cast(timestamp_micros(e.micros + coalesce(c.offset_micros, 0)) as date) as local_date, t.from_micros as rate_from_micros
  from events e
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
  left join rate_spans t on t.campaign_id = e.campaign_id and e.micros >= t.from_micros and e.micros < t.to_micros
),
-- Level 0 is that of new users, -1 that of none.
shown as (
  select
    p.campaign_id,
    p.local_date,
    p.currency,
    p.rate_from_micros,
    coalesce(s.level, 0) as level,
    coalesce(w.age_band, '(unknown)') as age_band,
    coalesce(w.gender, '(unknown)') as gender,
    p.impressions,
    p.valid_impressions,
    p.impressions_with_cost,
    p.cost_micros
  from campaign_user_daily p
  left join spans s on s.user_key = p.user_key and p.local_date >= s.valid_from and p.local_date <= s.valid_to
  left join users w on w.user_key = p.user_key
),
done as (
  select
    d.campaign_id,
    d.local_date,
    d.currency,
    d.rate_from_micros,
    case when d.user_key is null then -1 else coalesce(s.level, 0) end as level,
    coalesce(w.age_band, '(unknown)') as age_band,
    coalesce(w.gender, '(unknown)') as gender,
    d.fast_impressions,
    d.clicks,
    d.net_clicks,
    d.clicks_with_cost,
    d.click_cost_micros
  from dated d
  left join spans s on s.user_key = d.user_key and d.local_date >= s.valid_from and d.local_date <= s.valid_to
  left join users w on w.user_key = d.user_key
),
-- Each kind of row becomes few rows by itself before both are put together.
parts as (
  select
    case when grouping(level) = 0 then 'segment' else 'audience' end as dimension,
    campaign_id,
    local_date,
    currency,
    rate_from_micros,
    level,
    age_band,
    gender,
    sum(impressions) as impressions,
    sum(valid_impressions) as valid_impressions,
    sum(impressions_with_cost) as impressions_with_cost,
    coalesce(sum(cost_micros), 0) as impression_cost_micros,
    0 as fast_impressions,
    0 as clicks,
    0 as net_clicks,
    0 as clicks_with_cost,
    0 as click_cost_micros
  from shown
  group by grouping sets (
    (campaign_id, local_date, currency, rate_from_micros, level),
    (campaign_id, local_date, currency, rate_from_micros, age_band, gender))
  union all
  select
    case when grouping(level) = 0 then 'segment' else 'audience' end,
    campaign_id,
    local_date,
    currency,
    rate_from_micros,
    level,
    age_band,
    gender,
    0,
    0,
    0,
    0,
    sum(fast_impressions),
    sum(clicks),
    sum(net_clicks),
    sum(clicks_with_cost),
    sum(click_cost_micros)
  from done
  group by grouping sets (
    (campaign_id, local_date, currency, rate_from_micros, level),
    (campaign_id, local_date, currency, rate_from_micros, age_band, gender))
)
select
  dimension,
  campaign_id,
  local_date,
  case level when 0 then 'new' when 1 then 'exposed' when 2 then 'engaged' when 3 then 'clicker' when 4 then 'converter' when -1 then '(unknown)' end as segment,
  age_band,
  gender,
  currency,
  rate_from_micros,
  sum(impressions) as impressions,
  sum(valid_impressions) as valid_impressions,
  sum(impressions_with_cost) as impressions_with_cost,
  sum(impression_cost_micros) as impression_cost_micros,
  sum(fast_impressions) as fast_impressions,
  sum(clicks) as clicks,
  sum(net_clicks) as net_clicks,
  sum(clicks_with_cost) as clicks_with_cost,
  sum(click_cost_micros) as click_cost_micros
from parts
group by 1, 2, 3, 4, 5, 6, 7, 8
