-- Impressions in 15-minute buckets of UTC, so that the hours and days of every time zone come out exact.
-- Rows are partial sums: readers sum them again. valid_… leaves out impressions with a row-level ivt_reason.
--
-- grain: event_date, bucket_start, campaign_id, creative_id, device_type, country, currency
-- refresh: additive
-- input: impressions
--
-- column: event_date date
-- column: bucket_start timestamp
-- column: campaign_id string
-- column: creative_id string
-- column: device_type string
-- column: country string
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
-- check: unique(event_date, bucket_start, campaign_id, creative_id, device_type, country, currency)

with bucketed as (
  select
    event_date,
    unix_micros(event_time) - unix_micros(event_time) % 900000000 as bucket_micros,
    campaign_id,
    creative_id,
    device_type,
    country,
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
  group by 1, 2, 3, 4, 5, 6, 7
)
select
  event_date,
  timestamp_micros(bucket_micros) as bucket_start,
  campaign_id,
  creative_id,
  device_type,
  country,
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
