-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- Made by a migration.
-- Callable: reference_number(text, text)

-- At the end of a transaction each touched site has tenures without a gap, the last one open or ending with the site,
-- and that one's customer is the site's. Overlaps are impossible by constraint.
CREATE OR REPLACE FUNCTION tenures_fit_their_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_site bigint := CASE WHEN TG_TABLE_NAME = 'customers_site' THEN coalesce(NEW.id, OLD.id) END;
        now_has bigint; ends date; last_has bigint; last_end date; gaps int;
BEGIN
  IF TG_TABLE_NAME = 'customers_tenure' THEN the_site := coalesce(NEW.site_id, OLD.site_id); END IF;
  SELECT customer_id, ended_on INTO now_has, ends FROM customers_site WHERE id = the_site;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT count(*) INTO gaps FROM (
    SELECT lag(upper(during)) OVER w < lower(during) AS gap FROM customers_tenure WHERE site_id = the_site
    WINDOW w AS (ORDER BY during)) t WHERE gap;
  SELECT customer_id, upper(during) INTO last_has, last_end FROM customers_tenure
    WHERE site_id = the_site ORDER BY during DESC LIMIT 1;
  IF NOT FOUND OR gaps > 0 OR last_end IS DISTINCT FROM ends THEN
    RAISE EXCEPTION 'site % needs exactly one open tenure and no gap between tenures', the_site USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF last_has IS DISTINCT FROM now_has THEN
    RAISE EXCEPTION 'the customer of site % differs from its open tenure', the_site USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS tenures_fit ON customers_tenure;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OF site_id, customer_id, during OR DELETE ON customers_tenure
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();
DROP TRIGGER IF EXISTS tenures_fit ON customers_site;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OF customer_id, ended_on ON customers_site
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();

-- The fields of a site that say what and where it is, as a tenure keeps them.
CREATE OR REPLACE FUNCTION site_as_place(site jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN site - ARRAY['id', 'customer_id', 'name_key', 'archived_at', 'archived_by_id', 'archive_reason', 'archived_with',
    'created_at', 'created_by_id', 'updated_at', 'updated_by_id', 'version', 'ended_on', 'joined_into_id', 'split_from_id'];

CREATE OR REPLACE FUNCTION tenure_begins_with_its_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.place = '{}' THEN
    SELECT site_as_place(to_jsonb(s)) INTO NEW.place FROM customers_site s
      WHERE s.id = NEW.site_id AND s.customer_id IS NOT DISTINCT FROM NEW.customer_id;
    NEW.place := coalesce(NEW.place, '{}');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER tenure_begins_with_its_place BEFORE INSERT ON customers_tenure
  FOR EACH ROW EXECUTE FUNCTION tenure_begins_with_its_place();

-- What is written to a site is kept by the tenure of the customer who has it, and by no other one.
CREATE OR REPLACE FUNCTION tenure_keeps_its_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE customers_tenure t SET place = site_as_place(to_jsonb(n)) FROM new_rows n
    WHERE t.site_id = n.id AND t.customer_id IS NOT DISTINCT FROM n.customer_id
      AND upper(t.during) IS NOT DISTINCT FROM n.ended_on AND t.place <> site_as_place(to_jsonb(n));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER tenure_keeps_its_place AFTER UPDATE ON customers_site
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tenure_keeps_its_place();

-- A contact's role or a party at a site belongs to a customer that has, or had, the site at some time of it.
CREATE OR REPLACE FUNCTION customer_had_the_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM customers_tenure t
      WHERE t.site_id = NEW.site_id AND t.customer_id = NEW.customer_id AND t.during && NEW.during) THEN
    RAISE EXCEPTION 'customer % did not have site % then', NEW.customer_id, NEW.site_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER customer_had_the_site AFTER INSERT OR UPDATE OF site_id, customer_id ON customers_contactrole
  FOR EACH ROW EXECUTE FUNCTION customer_had_the_site();
CREATE OR REPLACE TRIGGER customer_had_the_site AFTER INSERT OR UPDATE OF site_id, customer_id ON customers_siteparty
  FOR EACH ROW EXECUTE FUNCTION customer_had_the_site();

-- A group is a tree at every instant: nobody stands under itself, at no time.
CREATE OR REPLACE FUNCTION group_has_no_loop() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('group_has_no_loop'));
  IF EXISTS (
    WITH RECURSIVE up(id, during) AS (
      SELECT NEW.parent_id, NEW.during
      UNION SELECT m.parent_id, m.during * up.during FROM customers_membership m JOIN up ON m.customer_id = up.id
      WHERE m.during && up.during)
    SELECT 1 FROM up WHERE id = NEW.customer_id) THEN
    RAISE EXCEPTION 'customer % would stand under itself', NEW.customer_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_group_has_no_loop';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER group_has_no_loop AFTER INSERT OR UPDATE ON customers_membership
  FOR EACH ROW EXECUTE FUNCTION group_has_no_loop();

-- A customer and all that stand under it on a day; through customers one may not see too, for each is granted by itself.
-- Callable: customers_below(bigint, date)
CREATE OR REPLACE FUNCTION customers_below(root bigint, on_day date) RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 20 AS $$
  WITH RECURSIVE below(id) AS (
    SELECT unnest(access_visible(ARRAY[root]))
    UNION SELECT m.customer_id FROM customers_membership m JOIN below ON m.parent_id = below.id WHERE m.during @> on_day)
  SELECT id FROM below
$$;

-- A customer and all above it on a day, through ones one may not see too: only their numbers, for rules.
-- Callable: customers_above(bigint, date)
CREATE OR REPLACE FUNCTION customers_above(one bigint, on_day date) RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 5 AS $$
  WITH RECURSIVE up(id) AS (
    SELECT unnest(access_visible(ARRAY[one]))
    UNION SELECT m.parent_id FROM customers_membership m JOIN up ON m.customer_id = up.id WHERE m.during @> on_day)
  SELECT id FROM up
$$;

-- Whether two customers stand in one group on a day: they share the customer at the top.
-- Callable: customers_in_one_group(bigint, bigint, date)
CREATE OR REPLACE FUNCTION customers_in_one_group(one bigint, other bigint, on_day date) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up(start, id) AS (
    SELECT v, v FROM unnest(ARRAY[one, other]) v
    UNION SELECT up.start, m.parent_id FROM customers_membership m JOIN up ON m.customer_id = up.id WHERE m.during @> on_day)
  SELECT EXISTS (SELECT 1 FROM up a JOIN up b ON a.id = b.id WHERE a.start = one AND b.start = other)
$$;

-- Areas and positions lie in the site of what they are in, and no area lies in itself.
CREATE OR REPLACE FUNCTION areas_lie_in_their_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine bigint := NEW.id;
BEGIN
  IF TG_TABLE_NAME = 'customers_position' THEN
    IF EXISTS (SELECT 1 FROM customers_position p JOIN customers_area a ON a.id = p.area_id WHERE p.id = mine AND a.site_id <> p.site_id) THEN
      RAISE EXCEPTION 'position % is in an area of another site', mine USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM customers_area a JOIN customers_area p ON p.id = a.parent_id WHERE a.site_id <> p.site_id AND mine IN (a.id, p.id))
     OR EXISTS (SELECT 1 FROM customers_position p JOIN customers_area a ON a.id = p.area_id WHERE a.id = mine AND a.site_id <> p.site_id) THEN
    RAISE EXCEPTION 'area % is in another site than what it is in', mine USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (
    WITH RECURSIVE up(id) AS (
      SELECT parent_id FROM customers_area WHERE id = mine AND parent_id IS NOT NULL
      UNION SELECT a.parent_id FROM customers_area a JOIN up ON a.id = up.id WHERE a.parent_id IS NOT NULL)
    SELECT 1 FROM up WHERE id = mine) THEN
    RAISE EXCEPTION 'area % would lie in itself', mine
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_area_lies_not_in_itself';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS areas_lie_in_their_site ON customers_area;
CREATE CONSTRAINT TRIGGER areas_lie_in_their_site AFTER INSERT OR UPDATE OF site_id, parent_id ON customers_area
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION areas_lie_in_their_site();
DROP TRIGGER IF EXISTS areas_lie_in_their_site ON customers_position;
CREATE CONSTRAINT TRIGGER areas_lie_in_their_site AFTER INSERT OR UPDATE OF site_id, area_id ON customers_position
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION areas_lie_in_their_site();

-- What one of two lists of phones or emails has, then what only the other has; ``key`` tells which are the same.
-- Callable: lists_joined(jsonb, jsonb, text)
CREATE OR REPLACE FUNCTION lists_joined(mine jsonb, others jsonb, key text) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN mine || (SELECT coalesce(jsonb_agg(o), '[]') FROM jsonb_array_elements(others) o
    WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(mine) m WHERE m ->> key = o ->> key));

-- An individual customer and its one contact are the same person: name, phones, emails and language agree.
-- A contact of that name who is there already becomes the person, and keeps what only they had.
CREATE OR REPLACE FUNCTION individual_keeps_its_contact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE known customers_contact;
BEGIN
  IF NEW.kind <> 'individual' THEN
    UPDATE customers_contact SET is_customer = false WHERE customer_id = NEW.id AND is_customer;
    RETURN NULL;
  END IF;
  SELECT * INTO known FROM customers_contact WHERE customer_id = NEW.id AND (is_customer OR (name = NEW.name AND archived_at IS NULL))
    ORDER BY is_customer DESC, id LIMIT 1;
  IF known.id IS NULL THEN
    INSERT INTO customers_contact (customer_id, name, phones, emails, language, is_customer, position, consent, tags, notes, archive_reason, version)
      VALUES (NEW.id, NEW.name, NEW.phones, NEW.emails, NEW.language, true, '', 'unknown', '{}', '', '', 1) RETURNING * INTO known;
  ELSE
    IF NOT known.is_customer THEN
      NEW.phones := lists_joined(NEW.phones, known.phones, 'number');
      NEW.emails := lists_joined(NEW.emails, known.emails, 'address');
      NEW.language := coalesce(nullif(NEW.language, ''), known.language);
      UPDATE customers_customer SET phones = NEW.phones, emails = NEW.emails, language = NEW.language
        WHERE id = NEW.id AND (phones, emails, language) IS DISTINCT FROM (NEW.phones, NEW.emails, NEW.language);
    END IF;
    UPDATE customers_contact SET is_customer = true, name = NEW.name, phones = NEW.phones, emails = NEW.emails, language = NEW.language
      WHERE id = known.id AND (is_customer, name, phones, emails, language) IS DISTINCT FROM (true, NEW.name, NEW.phones, NEW.emails, NEW.language);
  END IF;
  IF (TG_OP = 'INSERT' OR OLD.kind <> 'individual')
     AND NOT EXISTS (SELECT 1 FROM customers_contactrole WHERE customer_id = NEW.id AND site_id IS NULL AND role = 'main' AND upper_inf(during)) THEN
    INSERT INTO customers_contactrole (contact_id, customer_id, role, during, priority)
      SELECT known.id, NEW.id, 'main', daterange(max(upper(during)), NULL), 1 FROM customers_contactrole
      WHERE customer_id = NEW.id AND site_id IS NULL AND role = 'main';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER individual_keeps_its_contact AFTER INSERT OR UPDATE OF kind, name, phones, emails, language ON customers_customer
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION individual_keeps_its_contact();

CREATE OR REPLACE FUNCTION contact_keeps_its_individual() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE customers_customer SET name = NEW.name, phones = NEW.phones, emails = NEW.emails, language = NEW.language
    WHERE id = NEW.customer_id AND (name, phones, emails, language) IS DISTINCT FROM (NEW.name, NEW.phones, NEW.emails, NEW.language);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER contact_keeps_its_individual AFTER UPDATE OF name, phones, emails, language ON customers_contact
  FOR EACH ROW WHEN (NEW.is_customer AND pg_trigger_depth() = 0) EXECUTE FUNCTION contact_keeps_its_individual();

-- The person who is the customer cannot be taken from it, nor to another one.
CREATE OR REPLACE FUNCTION individual_stays_its_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.is_customer AND NEW.is_customer AND NEW.customer_id IS DISTINCT FROM OLD.customer_id THEN
    RAISE EXCEPTION 'contact % is the customer itself', NEW.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_individual_stays_their_own_contact';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER individual_stays_its_customers BEFORE UPDATE OF customer_id ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION individual_stays_its_customers();

-- What is left of an erased person is a stub; no way of writing fills it again, nor takes it out of the archive.
CREATE OR REPLACE FUNCTION an_erased_person_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb := to_jsonb(OLD); fresh jsonb := to_jsonb(NEW); erased boolean;
BEGIN
  IF TG_TABLE_NAME = 'customers_contact' THEN
    erased := was ->> 'erased_at' IS NOT NULL;
  ELSE
    erased := EXISTS (SELECT 1 FROM customers_contact WHERE customer_id = OLD.id AND is_customer AND erased_at IS NOT NULL);
  END IF;
  IF erased AND EXISTS (
      SELECT 1 FROM unnest(ARRAY['name', 'phones', 'emails', 'notes', 'position', 'website', 'vat_number', 'head_line1',
        'bill_line1', 'custom', 'erased_at', 'is_customer', 'kind', 'archived_at']) k WHERE was -> k IS DISTINCT FROM fresh -> k) THEN
    RAISE EXCEPTION '% % was erased', TG_TABLE_NAME, OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_erased_person_stays_erased';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER an_erased_person_stays_erased BEFORE UPDATE ON customers_contact
  FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION an_erased_person_stays_erased();
CREATE OR REPLACE TRIGGER an_erased_person_stays_erased BEFORE UPDATE ON customers_customer
  FOR EACH ROW WHEN (OLD.kind = 'individual') EXECUTE FUNCTION an_erased_person_stays_erased();

-- The firm's custom fields of each register hold what they may (custom_fields/sql/functions.sql).
CREATE OR REPLACE TRIGGER custom_fields_fit BEFORE INSERT OR UPDATE OF custom ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION custom_fields_fit();
CREATE OR REPLACE TRIGGER custom_fields_fit BEFORE INSERT OR UPDATE OF custom ON customers_contact
  FOR EACH ROW EXECUTE FUNCTION custom_fields_fit();
CREATE OR REPLACE TRIGGER custom_fields_fit BEFORE INSERT OR UPDATE OF custom ON customers_site
  FOR EACH ROW EXECUTE FUNCTION custom_fields_fit();

-- This one stood in another room.
DROP FUNCTION IF EXISTS access_new_customer();

-- The maker of a customer sees it: the id and the grant come before the row, which the row policy then lets in.
-- Callable: customers_new()
CREATE OR REPLACE FUNCTION customers_new() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE fresh bigint := nextval('customers_customer_id_seq');
BEGIN
  IF acting_user() IS NOT NULL AND access_reach(acting_user()) <> 'all' THEN
    INSERT INTO access_grant (user_id, customer_id, granted_by_id) VALUES (acting_user(), fresh, acting_user());
  END IF;
  RETURN fresh;
END $$;
