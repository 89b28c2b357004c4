-- Impressions that a click belongs to, or that last-touch conversions belong to without a click.
--
-- grain: impression_id
-- refresh: temporary
-- input: click_attribution; columns impression_id
-- input: conversion_attribution; columns touch_id, touch_kind, last_touch_millionths
--
-- column: impression_id string

select impression_id from click_attribution where impression_id is not null
union
select touch_id from conversion_attribution where touch_kind = 'view' and last_touch_millionths > 0
