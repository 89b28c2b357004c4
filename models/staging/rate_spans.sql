-- From when to when a rate of a campaign holds, in micros; a rate without a beginning or end has one beyond all events.
--
-- grain: campaign_id, from_micros
-- input: campaign_rates; columns campaign_id, valid_from, valid_to

select
  campaign_id,
  coalesce(unix_micros(valid_from), -9223372036854775807) as from_micros,
  coalesce(unix_micros(valid_to), 9223372036854775807) as to_micros
from campaign_rates
