-- Impressions by campaign and local day, for each site, for each device type, and for each country and region: three sets of sums of
-- the same impressions, told apart by dimension. Rows are partial sums: readers sum them again. valid_… leaves out impressions
-- with a row-level ivt_reason. A day on which a rate changed has a row for each rate (docs/decisions/031-sums-by-local-day.md).
--
-- grain: event_date, local_date, campaign_id, rate_from_micros, dimension, site_id, device_type, country, region, currency
-- refresh: additive
-- input: impressions
-- input: creatives; columns creative_id, campaign_id
-- input: campaign_clocks
-- input: rate_spans
--
-- column: event_date date
-- column: local_date date
-- column: campaign_id string
-- column: rate_from_micros long
-- column: dimension string
-- column: site_id string
-- column: device_type string
-- column: country string
-- column: region string
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
-- check: not_null(event_date, local_date, campaign_id, dimension, impressions)

with
described as (
  select
    i.event_date,
    unix_micros(i.event_time) as micros,
    coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(i.site_id, i.domain, '(unknown)') as site_id,
    coalesce(i.device_type, '(unknown)') as device_type,
    coalesce(i.country, '(unknown)') as country,
    coalesce(i.region, '(unknown)') as region,
    i.currency,
    i.cost_micros,
    i.ivt_reason is null as is_valid,
    i.is_viewable is not null and coalesce(i.is_measurable, true) as is_measured,
    i.is_viewable
  from impressions i
  left join creatives r on r.creative_id = case when i.campaign_id is null then i.creative_id end
),
placed as (
  select
    d.*,
    cast(timestamp_micros(d.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    t.from_micros as rate_from_micros
  from described d
  left join campaign_clocks c on c.campaign_id = d.campaign_id and d.micros >= c.from_micros and d.micros < c.to_micros
  left join rate_spans t on t.campaign_id = d.campaign_id and d.micros >= t.from_micros and d.micros < t.to_micros
)
select
  event_date,
  local_date,
  campaign_id,
  rate_from_micros,
  case when grouping(site_id) = 0 then 'site' when grouping(device_type) = 0 then 'device' else 'geo' end as dimension,
  site_id,
  device_type,
  country,
  region,
  currency,
  count(*) as impressions,
  count(case when is_valid then 1 end) as valid_impressions,
  count(cost_micros) as impressions_with_cost,
  sum(cost_micros) as cost_micros,
  count(case when is_measured then 1 end) as measured,
  count(case when is_measured and is_viewable then 1 end) as viewable,
  count(case when is_measured and is_valid then 1 end) as valid_measured,
  count(case when is_measured and is_viewable and is_valid then 1 end) as valid_viewable
from placed
group by grouping sets (
  (event_date, local_date, campaign_id, rate_from_micros, currency, site_id),
  (event_date, local_date, campaign_id, rate_from_micros, currency, device_type),
  (event_date, local_date, campaign_id, rate_from_micros, currency, country, region)
)
