-- Spellings of conversion types as they are compared: without case, spaces, dashes, underscores and one final s.
--
-- grain: conversion_type
-- input: conversions; columns conversion_type

select
  conversion_type,
  case when plain_type like '%s' then substr(plain_type, 1, length(plain_type) - 1) else plain_type end as plain_type
from (
  select conversion_type, translate(lower(conversion_type), ' -_', '') as plain_type
  from (select distinct conversion_type from conversions where conversion_type is not null) as spellings
) as plain
