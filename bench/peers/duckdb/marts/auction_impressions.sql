-- What the auctions need of impressions, kept while the bid requests are in memory.
CREATE TABLE auction_impressions AS
SELECT i.auction_key, i.event_key, epoch_us(i.event_time) AS micros, i.placement_id, i.campaign_id, r.campaign_id AS described_campaign, i.currency,
  i.ivt_reason IS NULL AND f.event_key IS NULL AS is_valid
FROM impressions i
LEFT JOIN creatives r USING (creative_id)
LEFT JOIN invalid_rates f ON f.event_kind = 'impression' AND f.event_key = i.event_key
WHERE i.auction_key IS NOT NULL;
