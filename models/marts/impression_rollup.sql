-- Impressions by campaign, ad group and creative in 15-minute buckets of UTC, so that the hours and days of every time zone come out exact.
-- Rows are partial sums: readers sum them again. valid_… leaves out impressions with a row-level ivt_reason. Device and
-- country are left out on purpose (docs/decisions/022-rollup-grain.md): see context_daily.
--
-- grain: event_date, bucket_start, campaign_id, ad_group_id, creative_id, currency
-- refresh: additive
-- input: impressions
--
-- column: event_date date
-- column: bucket_start timestamp
-- column: campaign_id string
-- column: ad_group_id string
-- column: creative_id string
-- column: currency string
-- column: impressions long
-- column: valid_impressions long
-- column: impressions_with_cost long
-- column: cost_micros long
-- column: measured long
-- column: viewable long
-- column: valid_measured long
-- column: valid_viewable long
--
-- check: not_null(event_date, bucket_start, impressions)

with bucketed as (
  select
    unix_micros(event_time) - unix_micros(event_time) % 900000000 as bucket_micros,
    campaign_id,
    ad_group_id,
    creative_id,
    currency,
    count(*) as impressions,
    count(case when ivt_reason is null then 1 end) as valid_impressions,
    count(cost_micros) as impressions_with_cost,
    sum(cost_micros) as cost_micros,
    count(case when is_viewable is not null and coalesce(is_measurable, true) then 1 end) as measured,
    count(case when is_viewable and coalesce(is_measurable, true) then 1 end) as viewable,
    count(case when ivt_reason is null and is_viewable is not null and coalesce(is_measurable, true) then 1 end) as valid_measured,
    count(case when ivt_reason is null and is_viewable and coalesce(is_measurable, true) then 1 end) as valid_viewable
  from impressions
  group by 1, 2, 3, 4, 5
)
select
  cast(timestamp_micros(bucket_micros) as date) as event_date,
  timestamp_micros(bucket_micros) as bucket_start,
  campaign_id,
  ad_group_id,
  creative_id,
  currency,
  impressions,
  valid_impressions,
  impressions_with_cost,
  cost_micros,
  measured,
  viewable,
  valid_measured,
  valid_viewable
from bucketed
