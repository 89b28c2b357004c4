-- Impressions by what surrounded them: device, place, content category (of the impression, else of its site), local date and part of
-- day in the zone of the campaign. Rows are partial sums: readers sum them again. valid_… leaves out impressions with a row-level
-- ivt_reason. No campaign, creative or site: groups stay few (docs/decisions/029-segments-and-features.md).
--
-- grain: event_date, local_date, part_of_day, device_type, country, region, content_category
-- refresh: additive
-- input: impressions
-- input: creatives; columns creative_id, campaign_id
-- input: sites; columns site_id, content_category
-- input: campaign_clocks
--
-- column: event_date date
-- column: local_date date
-- column: part_of_day string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: impressions long
-- column: valid_impressions long
--
-- check: not_null(event_date, local_date, part_of_day, device_type, country, region, content_category, impressions)

with
described as (
  select
    i.event_date,
    unix_micros(i.event_time) as micros,
    coalesce(i.campaign_id, r.campaign_id, '(unknown)') as campaign_id,
    coalesce(i.device_type, '(unknown)') as device_type,
    coalesce(i.country, '(unknown)') as country,
    coalesce(i.region, '(unknown)') as region,
    coalesce(i.content_category, s.content_category, '(unknown)') as content_category,
    i.ivt_reason is null as is_valid
  from impressions i
  left join creatives r on r.creative_id = case when i.campaign_id is null then i.creative_id end
  left join sites s on s.site_id = case when i.content_category is null then i.site_id end
),
placed as (
  select d.*, d.micros + coalesce(c.offset_micros, 0) as local_micros
  from described d
  left join campaign_clocks c on c.campaign_id = d.campaign_id and d.micros >= c.from_micros and d.micros < c.to_micros
)
select
  event_date,
  cast(timestamp_micros(local_micros) as date) as local_date,
  case
    when local_micros % 86400000000 < 21600000000 then 'night'
    when local_micros % 86400000000 < 43200000000 then 'morning'
    when local_micros % 86400000000 < 64800000000 then 'afternoon'
    else 'evening'
  end as part_of_day,
  device_type,
  country,
  region,
  content_category,
  count(*) as impressions,
  count(case when is_valid then 1 end) as valid_impressions
from placed
group by 1, 2, 3, 4, 5, 6, 7
