-- One file for each date, so that rows are in order inside it: a COPY with PARTITION_BY keeps no order when it runs on several threads.
COPY (SELECT * EXCLUDE (event_date, {{exclude}}) FROM {{table}} WHERE event_date = DATE '{{date}}' ORDER BY campaign_id, event_time)
TO '{{out}}/{{table}}/event_date={{date}}/part-0.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1);
