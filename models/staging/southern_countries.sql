-- Countries whose seasons are those of the south: their capital lies south of the equator.
--
-- grain: country

select cast(country as string) as country
from (values
  ('AO'), ('AR'), ('AS'), ('AU'), ('BI'), ('BO'), ('BR'), ('BW'), ('CC'), ('CD'), ('CG'), ('CK'), ('CL'), ('CX'), ('EC'), ('FJ'), ('FK'), ('GS'),
  ('ID'), ('IO'), ('KE'), ('KM'), ('LS'), ('MG'), ('MU'), ('MW'), ('MZ'), ('NA'), ('NC'), ('NF'), ('NR'), ('NU'), ('NZ'), ('PE'), ('PF'), ('PG'),
  ('PN'), ('PY'), ('RE'), ('RW'), ('SB'), ('SC'), ('SH'), ('SZ'), ('TF'), ('TK'), ('TL'), ('TO'), ('TV'), ('TZ'), ('UY'), ('VU'), ('WF'), ('WS'),
  ('YT'), ('ZA'), ('ZM'), ('ZW')
) as southern(country)
