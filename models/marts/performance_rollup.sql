-- Impressions and clicks of each local day in every dimension of performance, once whole and by the hour (dimension 'campaign') and once
-- for each creative, site, device type, and country and region; the base of performance, which prices it. rate_from_micros is the beginning
-- of the campaign's rate that held (campaign_rates), null where none did. net_… leaves out invalid traffic. Costs are those that events
-- carry, with how many did. Rows are partial sums; add them up before use.
--
-- grain: dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency, rate_from_micros
-- refresh: additive
-- input: impression_rollup; summed
-- input: context_daily; summed
-- input: click_attribution; summed
-- input: invalid_rates; summed
-- input: creatives; columns creative_id, campaign_id, ad_group_id
-- input: campaign_clocks
-- input: rate_spans
--
-- column: dimension string
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
-- column: impressions long
-- column: net_impressions long
-- column: measured long
-- column: viewable long
-- column: net_measured long
-- column: net_viewable long
-- column: impression_costs long
-- column: impression_cost_micros long
-- column: clicks long
-- column: unmatched_clicks long
-- column: net_clicks long
-- column: click_costs long
-- column: click_cost_micros long
--
-- check: not_null(dimension, campaign_id, local_date, impressions, clicks)

with
buckets as (
  select
    coalesce(b.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(b.ad_group_id, r.ad_group_id, '(unknown)') as ad_group_id,
    coalesce(b.creative_id, '(unknown)') as creative_id,
    unix_micros(b.bucket_start) as micros,
    b.currency,
    b.impressions,
    b.valid_impressions,
    b.measured,
    b.viewable,
    b.valid_measured,
    b.valid_viewable,
    b.impressions_with_cost,
    b.cost_micros
  from impression_rollup b
  left join creatives r on r.creative_id = b.creative_id
),
local_buckets as (
  select
    b.*,
    cast(timestamp_micros(b.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    ((b.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (b.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour,
    t.from_micros as rate_from_micros
  from buckets b
  left join campaign_clocks c on c.campaign_id = b.campaign_id and b.micros >= c.from_micros and b.micros < c.to_micros
  left join rate_spans t on t.campaign_id = b.campaign_id and b.micros >= t.from_micros and b.micros < t.to_micros
),
-- Clicks, and impressions that came too fast, which are taken out of net. (That they were impressions says their bucket.)
events as (
  select
    campaign_id,
    ad_group_id,
    creative_id,
    case when site_id <> '(unknown)' then site_id else domain end as site_id,
    device_type,
    country,
    region,
    currency,
    unix_micros(event_time) as micros,
    0 as net_impressions,
    0 as net_measured,
    0 as net_viewable,
    1 as clicks,
    case when match_basis = 'unmatched' then 1 else 0 end as unmatched_clicks,
    case when ivt_reason is null then 1 else 0 end as net_clicks,
    case when cost_micros is not null then 1 else 0 end as click_costs,
    coalesce(cost_micros, 0) as click_cost_micros
  from click_attribution
  union all
  select
    coalesce(i.campaign_id, r.campaign_id, '(unknown)'),
    coalesce(i.ad_group_id, r.ad_group_id, '(unknown)'),
    coalesce(i.creative_id, '(unknown)'),
    coalesce(i.site_id, i.domain, '(unknown)'),
    coalesce(i.device_type, '(unknown)'),
    coalesce(i.country, '(unknown)'),
    coalesce(i.region, '(unknown)'),
    i.currency,
    unix_micros(i.event_time),
    -1,
    case when i.is_viewable is not null and coalesce(i.is_measurable, true) then -1 else 0 end,
    case when i.is_viewable and coalesce(i.is_measurable, true) then -1 else 0 end,
    0,
    0,
    0,
    0,
    0
  from invalid_rates i
  left join creatives r on r.creative_id = i.creative_id
  where i.event_kind = 'impression'
),
local_events as (
  select
    e.*,
    cast(timestamp_micros(e.micros + coalesce(c.offset_micros, 0)) as date) as local_date,
    ((e.micros + coalesce(c.offset_micros, 0)) % 86400000000 - (e.micros + coalesce(c.offset_micros, 0)) % 3600000000) / 3600000000 as local_hour,
    t.from_micros as rate_from_micros
  from events e
  left join campaign_clocks c on c.campaign_id = e.campaign_id and e.micros >= c.from_micros and e.micros < c.to_micros
  left join rate_spans t on t.campaign_id = e.campaign_id and e.micros >= t.from_micros and e.micros < t.to_micros
),
-- Each kind of row becomes few rows by itself, with few columns to group by, before all are put together.
parts as (
  select
    case when grouping(creative_id) = 0 then 'creative' else 'campaign' end as dimension,
    campaign_id, local_date, local_hour, ad_group_id, creative_id,
    cast(null as string) as site_id, cast(null as string) as device_type, cast(null as string) as country, cast(null as string) as region,
    currency, rate_from_micros,
    sum(impressions) as impressions, sum(valid_impressions) as net_impressions,
    sum(measured) as measured, sum(viewable) as viewable,
    sum(valid_measured) as net_measured, sum(valid_viewable) as net_viewable,
    sum(impressions_with_cost) as impression_costs, coalesce(sum(cost_micros), 0) as impression_cost_micros,
    0 as clicks, 0 as unmatched_clicks, 0 as net_clicks, 0 as click_costs, 0 as click_cost_micros
  from local_buckets
  group by grouping sets (
    (campaign_id, local_date, local_hour, currency, rate_from_micros),
    (campaign_id, local_date, ad_group_id, creative_id, currency, rate_from_micros))
  union all
  select
    dimension, campaign_id, local_date, null, null, null, site_id, device_type, country, region, currency, rate_from_micros,
    impressions, valid_impressions, measured, viewable, valid_measured, valid_viewable,
    impressions_with_cost, coalesce(cost_micros, 0),
    0, 0, 0, 0, 0
  from context_daily
  union all
  select
    case
      when grouping(local_hour) = 0 then 'campaign'
      when grouping(creative_id) = 0 then 'creative'
      when grouping(site_id) = 0 then 'site'
      when grouping(device_type) = 0 then 'device'
      else 'geo'
    end,
    campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency, rate_from_micros,
    0, sum(net_impressions), 0, 0, sum(net_measured), sum(net_viewable), 0, 0,
    sum(clicks), sum(unmatched_clicks), sum(net_clicks), sum(click_costs), sum(click_cost_micros)
  from local_events
  group by grouping sets (
    (campaign_id, local_date, local_hour, currency, rate_from_micros),
    (campaign_id, local_date, ad_group_id, creative_id, currency, rate_from_micros),
    (campaign_id, local_date, site_id, currency, rate_from_micros),
    (campaign_id, local_date, device_type, currency, rate_from_micros),
    (campaign_id, local_date, country, region, currency, rate_from_micros))
)
select
  dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency, rate_from_micros,
  sum(impressions) as impressions,
  sum(net_impressions) as net_impressions,
  sum(measured) as measured,
  sum(viewable) as viewable,
  sum(net_measured) as net_measured,
  sum(net_viewable) as net_viewable,
  sum(impression_costs) as impression_costs,
  sum(impression_cost_micros) as impression_cost_micros,
  sum(clicks) as clicks,
  sum(unmatched_clicks) as unmatched_clicks,
  sum(net_clicks) as net_clicks,
  sum(click_costs) as click_costs,
  sum(click_cost_micros) as click_cost_micros
from parts
group by dimension, campaign_id, local_date, local_hour, ad_group_id, creative_id, site_id, device_type, country, region, currency, rate_from_micros
