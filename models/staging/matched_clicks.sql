-- The clicks that are due with the impression of each, their dimensions completed from it, and why they are invalid as far as that
-- can be told from one click: by its row, by the rate of its minute, by its impression, by the time since that.
--
-- grain: click_id
-- refresh: temporary
-- input: due_clicks
-- input: click_links
-- input: impressions
-- input: invalid_rates
-- input: creatives
-- input: traffic_rules
--
-- column: click_id string
-- column: click_key long
-- column: event_time timestamp
-- column: event_date date
-- column: user_id string
-- column: user_key long
-- column: impression_id string
-- column: impression_key long
-- column: impression_campaign_id string
-- column: match_basis string
-- column: micros_since_impression long
-- column: advertiser_id string
-- column: campaign_id string
-- column: creative_id string
-- column: ad_group_id string
-- column: site_id string
-- column: domain string
-- column: device_type string
-- column: country string
-- column: region string
-- column: content_category string
-- column: cost_micros long
-- column: currency string
-- column: ivt_reason string

with
-- The big table is streamed past the keys of the impressions wanted, which are about as many as the clicks. The condition that always
-- holds makes DuckDB push a filter of the keys into the scan, which then reads other columns for few rows only.
wanted as (
  select
    event_id, event_key, event_time, campaign_id, creative_id, ad_group_id, site_id, domain, device_type, country, region,
    content_category, ivt_reason
  from impressions
  where event_key in (select impression_key from click_links where match_basis <> '')
),
matched as (
  select
    l.click_key,
    l.click_id,
    l.match_basis,
    l.click_micros - unix_micros(i.event_time) as micros_since_impression,
    i.event_id as impression_id,
    i.event_key as impression_key,
    i.campaign_id,
    i.creative_id,
    i.ad_group_id,
    i.site_id,
    i.domain,
    i.device_type,
    i.country,
    i.region,
    i.content_category,
    i.ivt_reason
  from wanted i
  join click_links l on l.impression_id = i.event_id
  where l.match_basis <> 'impression_id'
    or l.click_micros - unix_micros(i.event_time) between 0 and 2592000000000
)
select
  c.event_id as click_id,
  c.event_key as click_key,
  c.event_time,
  c.event_date,
  c.user_id,
  c.user_key,
  m.impression_id,
  m.impression_key,
  case when m.impression_id is not null then coalesce(m.campaign_id, mr.campaign_id, '(unknown)') end as impression_campaign_id,
  coalesce(m.match_basis, 'unmatched') as match_basis,
  m.micros_since_impression,
  c.advertiser_id,
  coalesce(c.campaign_id, r.campaign_id, m.campaign_id, mr.campaign_id, '(unknown)') as campaign_id,
  coalesce(c.creative_id, m.creative_id, '(unknown)') as creative_id,
  coalesce(
    case when c.creative_id is null or c.creative_id = m.creative_id then coalesce(m.ad_group_id, mr.ad_group_id) else r.ad_group_id end,
    '(unknown)') as ad_group_id,
  coalesce(c.site_id, m.site_id, '(unknown)') as site_id,
  coalesce(c.domain, m.domain, '(unknown)') as domain,
  coalesce(c.device_type, m.device_type, '(unknown)') as device_type,
  coalesce(c.country, m.country, '(unknown)') as country,
  coalesce(m.region, '(unknown)') as region,
  coalesce(m.content_category, '(unknown)') as content_category,
  c.cost_micros,
  c.currency,
  coalesce(
    c.ivt_reason,
    cv.ivt_reason,
    case
      when m.ivt_reason is not null or iv.event_id is not null then 'invalid_impression'
      when m.micros_since_impression < t.click_after_impression_micros then 'click_too_soon'
    end) as ivt_reason
from due_clicks c
left join matched m on m.click_key = c.event_key and m.click_id = c.event_id
left join creatives r on r.creative_id = c.creative_id
left join creatives mr on mr.creative_id = m.creative_id
left join invalid_rates cv on cv.event_kind = 'click' and cv.event_key = c.event_key and cv.event_id = c.event_id
left join invalid_rates iv on iv.event_kind = 'impression' and iv.event_key = m.impression_key and iv.event_id = m.impression_id
cross join traffic_rules t
