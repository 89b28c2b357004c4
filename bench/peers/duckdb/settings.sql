-- What DuckDB's own documentation advises for a load like this. {{threads}} is the number of processors, as for adx.
SET threads = {{threads}};
SET preserve_insertion_order = false;
SET TimeZone = 'UTC';
SET memory_limit = '{{memory}}';
SET temp_directory = '{{out}}/tmp';
SET enable_progress_bar = false;

CREATE TABLE rejects (feed VARCHAR, reason VARCHAR, records BIGINT);
CREATE TABLE duplicates (feed VARCHAR, records BIGINT);

-- The same short list of hosting ranges that adx ships, as intervals of the address's first 16 bits.
CREATE MACRO address_block(ip) AS
  TRY_CAST(split_part(ip, '.', 1) AS INTEGER) * 256 + TRY_CAST(split_part(ip, '.', 2) AS INTEGER);
CREATE MACRO in_data_centre(b) AS
     b BETWEEN 976 AND 991 OR b BETWEEN 3380 AND 3383 OR b BETWEEN 4812 AND 4815 OR b BETWEEN 5156 AND 5159
  OR b BETWEEN 8896 AND 8911 OR b BETWEEN 9144 AND 9151 OR b BETWEEN 10304 AND 10311 OR b BETWEEN 11456 AND 11487
  OR b BETWEEN 13312 AND 13343 OR b BETWEEN 13888 AND 13919 OR b IN (13094, 13124, 22726, 24536, 24537, 26755, 35396, 40769, 42851);

-- What adx tells from a user agent (Agents.cs), in the same order.
CREATE MACRO agent_device(a) AS CASE
  WHEN a IS NULL THEN NULL
  WHEN contains(a, 'ipad') OR contains(a, 'tablet') OR contains(a, 'kindle') OR (contains(a, 'android') AND NOT contains(a, 'mobile')) THEN 'tablet'
  WHEN contains(a, 'smart-tv') OR contains(a, 'smarttv') OR contains(a, 'appletv') OR contains(a, 'roku') OR contains(a, 'crkey')
    OR contains(a, 'bravia') OR contains(a, 'hbbtv') OR contains(a, 'tizen') THEN 'ctv'
  WHEN contains(a, 'mobile') OR contains(a, 'iphone') OR contains(a, 'ipod') OR contains(a, 'android') THEN 'mobile'
  WHEN contains(a, 'windows') OR contains(a, 'macintosh') OR contains(a, 'x11') OR contains(a, 'cros') THEN 'desktop'
  ELSE 'other' END;
CREATE MACRO agent_os(a) AS CASE
  WHEN a IS NULL THEN NULL
  WHEN contains(a, 'iphone') OR contains(a, 'ipad') OR contains(a, 'ipod') OR contains(a, 'cpu os ') THEN 'ios'
  WHEN contains(a, 'android') THEN 'android'
  WHEN contains(a, 'windows') THEN 'windows'
  WHEN contains(a, 'cros') THEN 'chromeos'
  WHEN contains(a, 'mac os') OR contains(a, 'macintosh') THEN 'macos'
  WHEN contains(a, 'linux') OR contains(a, 'x11') THEN 'linux' END;
CREATE MACRO agent_browser(a) AS CASE
  WHEN a IS NULL THEN NULL
  WHEN contains(a, 'edg/') OR contains(a, 'edge/') THEN 'edge'
  WHEN contains(a, 'opr/') OR contains(a, 'opera') THEN 'opera'
  WHEN contains(a, 'samsungbrowser') THEN 'samsung'
  WHEN contains(a, 'firefox') OR contains(a, 'fxios') THEN 'firefox'
  WHEN contains(a, 'chrome') OR contains(a, 'crios') THEN 'chrome'
  WHEN contains(a, 'safari') THEN 'safari' END;
CREATE MACRO agent_invalid(a) AS CASE
  WHEN a IS NULL THEN NULL
  WHEN contains(a, 'bot') OR contains(a, 'crawl') OR contains(a, 'spider') OR contains(a, 'slurp') OR contains(a, 'facebookexternalhit')
    OR contains(a, 'headless') OR contains(a, 'phantomjs') OR contains(a, 'lighthouse') OR contains(a, 'monitor') OR contains(a, 'scan') THEN 'declared_bot'
  WHEN contains(a, 'curl/') OR contains(a, 'wget/') OR contains(a, 'python-') OR contains(a, 'aiohttp') OR contains(a, 'go-http-client')
    OR contains(a, 'java/') OR contains(a, 'libwww') OR contains(a, 'scrapy') OR contains(a, 'httpclient') OR contains(a, 'node-fetch')
    OR contains(a, 'axios') OR contains(a, 'ruby') OR contains(a, 'perl') OR contains(a, 'php/') THEN 'non_browser_agent' END;

-- Host of an address without a leading www.
CREATE MACRO page_host(url) AS lower(split_part(url, '/', 3));
CREATE MACRO without_www(host) AS CASE WHEN starts_with(host, 'www.') THEN substr(host, 5) ELSE host END;

-- Spellings of kinds and conversion types are the same without case, spaces, dashes, underscores and one final s.
CREATE MACRO plain_of(text) AS regexp_replace(translate(lower(text), ' -_', ''), 's$', '');

-- DuckDB has no XXH3; its own hash, cut to 63 and 31 bits, stands for it. It gives nulls a hash too.
CREATE MACRO key_of(text) AS CASE WHEN text IS NOT NULL THEN CAST(hash(text) >> 1 AS BIGINT) END;
CREATE MACRO micros_of(amount) AS CAST(TRY_CAST(amount AS DECIMAL(18, 6)) * 1000000 AS BIGINT);
