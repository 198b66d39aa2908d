-- Who had which site when: a third of the sites had somebody else before. Statements end with a line of dashes.
INSERT INTO sites_tenure (site_id, customer_id, during, place, reason)
  SELECT s.id, s.customer_id,
    daterange(CASE WHEN s.id % 3 = 0 THEN date '2024-01-01' + (s.id % 700)::int END, NULL), site_as_place(to_jsonb(s)), ''
  FROM sites_site s ORDER BY s.id
----
INSERT INTO sites_tenure (site_id, customer_id, during, place, reason)
  SELECT t.site_id, 1 + (t.site_id * 7919) % (SELECT count(*) FROM customers_customer), daterange(NULL, lower(t.during)),
    t.place, 'sold'
  FROM sites_tenure t WHERE NOT lower_inf(t.during) ORDER BY t.site_id
----
INSERT INTO contacts_contactrole (contact_id, customer_id, role, during)
  SELECT DISTINCT ON (customer_id) id, customer_id, 'main', daterange(NULL, NULL) FROM contacts_contact
  ORDER BY customer_id, id
----
INSERT INTO contacts_contactrole (contact_id, customer_id, site_id, role, during)
  SELECT p.id, s.customer_id, s.id, 'main', daterange(NULL, NULL) FROM sites_site s
  JOIN (SELECT customer_id, min(id) AS id FROM contacts_contact GROUP BY 1) p ON p.customer_id = s.customer_id ORDER BY s.id
----
INSERT INTO assets_ownership (asset_id, owner_id, during, document)
  SELECT id, owner_id, daterange(NULL, NULL), '' FROM assets_asset ORDER BY id
----
INSERT INTO assets_placement (asset_id, kind, site_id, during, reason)
  SELECT id, 'site', site_id, daterange(NULL, NULL), '' FROM assets_asset ORDER BY id
----
INSERT INTO assets_lifestate (asset_id, state, during)
  SELECT id, lifecycle, daterange(NULL, NULL) FROM assets_asset ORDER BY id
----
INSERT INTO assets_assetperiod (asset_id, during, owner_id, kind, site_id, place_customer_id, lifecycle, holder_id, guest_id)
  SELECT a.id, t.during, a.owner_id, 'site', a.site_id, t.customer_id, a.lifecycle, coalesce(a.owner_id, t.customer_id, 0),
    CASE WHEN a.owner_id <> t.customer_id THEN t.customer_id END
  FROM assets_asset a JOIN sites_tenure t ON t.site_id = a.site_id ORDER BY a.id
