-- The ways in which performance and credits are counted, each with all of it.
--
-- grain: dimension

select 'campaign' as dimension
union all
select 'creative'
union all
select 'site'
union all
select 'device'
union all
select 'geo'
