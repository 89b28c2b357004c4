-- Impressions that a rule over several events found invalid.
--
-- grain: impression_id
-- input: invalid_rates; columns event_kind, event_id

select event_id as impression_id from invalid_rates where event_kind = 'impression'
