-- Real words in large numbers. :customers, :sites and :contacts are how many; statements end with a line of dashes.
CREATE TEMP TABLE word AS SELECT (row_number() OVER (ORDER BY word))::int - 1 AS n, word
  FROM (SELECT DISTINCT word FROM (SELECT unnest(string_to_array(name, ' ')) AS word FROM customers_customer
        UNION ALL SELECT unnest(string_to_array(name, ' ')) FROM sites_site) w
        WHERE length(word) > 2 AND word ~ '^[[:alpha:]]+$') s
----
CREATE FUNCTION pg_temp.pick(seed text, many int) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN (hashtext(seed) & 2147483647) % many
----
CREATE FUNCTION pg_temp.place(seed text) RETURNS int LANGUAGE sql STABLE
  RETURN pg_temp.pick(seed, (SELECT count(*)::int FROM word))
----
ANALYZE word
----
INSERT INTO customers_customer (name, kind, is_distributor, website, vat_number, account, currency, send_by, language,
    head_line1, head_line2, head_town, head_region, head_postcode, head_country,
    bill_line1, bill_line2, bill_town, bill_region, bill_postcode, bill_country,
    phones, emails, tags, notes, archive_reason, version)
  SELECT a.word || ' ' || b.word || (ARRAY[' Ltd', ' Housing', ' Group', ' & Sons'])[1 + i % 4], 'company', false, '', '',
    'ok', '', 'email', '', '', '', c.word, '', 'LS' || i % 20 || ' ' || i % 9 || 'AB', 'GB', '', '', '', '', '', '',
    jsonb_build_array(jsonb_build_object('kind', 'office', 'number', '+44113' || lpad(i::text, 7, '0'), 'odd', false)),
    '[]', CASE WHEN i % 10 = 0 THEN ARRAY['key account'] ELSE '{}' END, '', '', 1
  FROM generate_series(1, :customers) i
  JOIN word a ON a.n = pg_temp.place('a' || i) JOIN word b ON b.n = pg_temp.place('b' || i)
  JOIN word c ON c.n = pg_temp.place('c' || i)
----
CREATE TEMP TABLE one_of AS SELECT (row_number() OVER (ORDER BY id))::int - 1 AS n, id FROM customers_customer
----
ANALYZE one_of
----
INSERT INTO sites_site (customer_id, name, code, type, status, own_stock, line1, line2, town, region, postcode,
    country, time_zone, access_instructions, opening_hours, hazards, phones, emails, tags, notes, archive_reason, version)
  SELECT o.id, a.word || ' ' || b.word || ' ' || i % 97, 'X' || i, (ARRAY['Shop', 'Office', 'House', 'Plant'])[1 + i % 4],
    'active', false, i % 200 || ' ' || b.word || ' Road', '', c.word, '', 'LS' || i % 30 || ' ' || i % 9 || 'CD', 'GB',
    '', '', '', '', '[]', '[]', '{}', '', '', 1
  FROM generate_series(1, :sites) i
  JOIN word a ON a.n = pg_temp.place('a' || i) JOIN word b ON b.n = pg_temp.place('b' || i)
  JOIN word c ON c.n = pg_temp.place('c' || i) JOIN one_of o ON o.n = pg_temp.pick('o' || i, :customers)
----
INSERT INTO sites_tenure (site_id, customer_id, during, place, reason)
  SELECT s.id, s.customer_id,
    daterange(CASE WHEN s.id % 3 = 0 THEN date '2024-01-01' + (s.id % 700)::int END, NULL), site_as_place(to_jsonb(s)), ''
  FROM sites_site s WHERE NOT EXISTS (SELECT 1 FROM sites_tenure t WHERE t.site_id = s.id)
----
INSERT INTO sites_tenure (site_id, customer_id, during, place, reason)
  SELECT t.site_id, o.id, daterange(NULL, lower(t.during)), t.place, 'sold' FROM sites_tenure t
  JOIN one_of o ON o.n = pg_temp.pick('f' || t.site_id, :customers) WHERE NOT lower_inf(t.during)
----
INSERT INTO contacts_contact (customer_id, name, phones, emails, language, is_customer, position, consent, tags, notes,
    archive_reason, version)
  SELECT o.id, (ARRAY['Anna', 'Ben', 'Carla', 'David', 'Ewa', 'Farid', 'Grace', 'Hugo'])[1 + i % 8] || ' ' || a.word,
    '[]', '[]', '', false, '', 'unknown', '{}', '', '', 1
  FROM generate_series(1, :contacts) i
  JOIN word a ON a.n = pg_temp.place('a' || i) JOIN one_of o ON o.n = pg_temp.pick('p' || i, :customers)
----
INSERT INTO contacts_contactrole (contact_id, customer_id, role, during)
  SELECT DISTINCT ON (customer_id) id, customer_id, 'main', daterange(NULL, NULL) FROM contacts_contact
  WHERE customer_id IS NOT NULL AND NOT is_customer ORDER BY customer_id, id
----
INSERT INTO contacts_contactrole (contact_id, customer_id, site_id, role, during)
  SELECT p.id, s.customer_id, s.id, 'main', daterange(NULL, NULL) FROM sites_site s
  JOIN (SELECT customer_id, min(id) AS id FROM contacts_contact GROUP BY 1) p ON p.customer_id = s.customer_id
