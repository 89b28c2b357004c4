-- How often each user saw each campaign on each local day: from these rows come reach and frequency over any range of days, segments
-- and the features of users, exact and without a look at facts. Rows are partial sums: readers sum them again.
-- valid_impressions leaves out those with a row-level ivt_reason, impressions_with_cost and impressions_with_view_time say how many carry
-- one. Impressions without a user are not here.
--
-- grain: event_date, local_date, campaign_id, rate_from_micros, user_key, currency
-- refresh: additive
-- input: impressions
-- input: creatives; columns creative_id, campaign_id
-- input: campaign_clocks
-- input: rate_spans
-- input: campaign_terms
--
-- column: event_date date
-- column: local_date date
-- column: campaign_id string
-- column: rate_from_micros long
-- column: user_key long
-- column: currency string
-- column: impressions long
-- column: valid_impressions long
-- column: impressions_with_cost long
-- column: impressions_with_view_time long
-- column: time_in_view_ms long
-- column: cost_micros long
--
-- check: not_null(event_date, local_date, campaign_id, user_key, impressions)

with
described as (
  select
    i.event_date,
    unix_micros(i.event_time) as micros,
    coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    i.user_key,
    i.ivt_reason is null as is_valid,
    i.time_in_view_ms,
    i.currency,
    i.cost_micros
  from impressions i
  left join creatives r on r.creative_id = case when i.campaign_id is null then i.creative_id end
  where i.user_key is not null
),
sums as (
  select
    d.event_date,
    cast(timestamp_micros(d.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    d.campaign_id,
    t.from_micros as rate_from_micros,
    d.user_key,
    coalesce(d.currency, g.currency) as currency,
    count(*) as impressions,
    count(case when d.is_valid then 1 end) as valid_impressions,
    count(d.cost_micros) as impressions_with_cost,
    count(d.time_in_view_ms) as impressions_with_view_time,
    sum(d.time_in_view_ms) as time_in_view_ms,
    sum(d.cost_micros) as cost_micros
  from described d
  left join campaign_clocks c on c.campaign_id = d.campaign_id and d.micros >= c.from_micros and d.micros < c.to_micros
  left join rate_spans t on t.campaign_id = d.campaign_id and d.micros >= t.from_micros and d.micros < t.to_micros
  left join campaign_terms g on g.campaign_id = d.campaign_id
  group by 1, 2, 3, 4, 5, 6
)
select *
from sums
order by event_date, campaign_id, user_key
