-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- A contact's role or a party at a site belongs to a customer that has, or had, the site at some time of it.
CREATE OR REPLACE FUNCTION customer_had_the_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sites_tenure t
      WHERE t.site_id = NEW.site_id AND t.customer_id = NEW.customer_id AND t.during && NEW.during) THEN
    RAISE EXCEPTION 'customer % did not have site % then', NEW.customer_id, NEW.site_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER customer_had_the_site AFTER INSERT OR UPDATE OF site_id, customer_id ON contacts_contactrole
  FOR EACH ROW EXECUTE FUNCTION customer_had_the_site();
CREATE OR REPLACE TRIGGER customer_had_the_site AFTER INSERT OR UPDATE OF site_id, customer_id ON contacts_siteparty
  FOR EACH ROW EXECUTE FUNCTION customer_had_the_site();

-- What one of two lists of phones or emails has, then what only the other has; ``key`` tells which are the same.
-- Callable: lists_joined(jsonb, jsonb, text)
CREATE OR REPLACE FUNCTION lists_joined(mine jsonb, others jsonb, key text) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN mine || (SELECT coalesce(jsonb_agg(o), '[]') FROM jsonb_array_elements(others) o
    WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(mine) m WHERE m ->> key = o ->> key));

-- An individual customer and its one contact are the same person: name, phones, emails and language agree.
-- A contact of that name who is there already becomes the person, and keeps what only they had.
CREATE OR REPLACE FUNCTION individual_keeps_its_contact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE known contacts_contact;
BEGIN
  IF NEW.kind <> 'individual' THEN
    UPDATE contacts_contact SET is_customer = false WHERE customer_id = NEW.id AND is_customer;
    RETURN NULL;
  END IF;
  SELECT * INTO known FROM contacts_contact WHERE customer_id = NEW.id AND (is_customer OR (name = NEW.name AND archived_at IS NULL))
    ORDER BY is_customer DESC, id LIMIT 1;
  IF known.id IS NULL THEN
    INSERT INTO contacts_contact (customer_id, name, phones, emails, language, is_customer, position, consent, tags, notes, archive_reason, version)
      VALUES (NEW.id, NEW.name, NEW.phones, NEW.emails, NEW.language, true, '', 'unknown', '{}', '', '', 1) RETURNING * INTO known;
  ELSE
    IF NOT known.is_customer THEN
      NEW.phones := lists_joined(NEW.phones, known.phones, 'number');
      NEW.emails := lists_joined(NEW.emails, known.emails, 'address');
      NEW.language := coalesce(nullif(NEW.language, ''), known.language);
      UPDATE customers_customer SET phones = NEW.phones, emails = NEW.emails, language = NEW.language
        WHERE id = NEW.id AND (phones, emails, language) IS DISTINCT FROM (NEW.phones, NEW.emails, NEW.language);
    END IF;
    UPDATE contacts_contact SET is_customer = true, name = NEW.name, phones = NEW.phones, emails = NEW.emails, language = NEW.language
      WHERE id = known.id AND (is_customer, name, phones, emails, language) IS DISTINCT FROM (true, NEW.name, NEW.phones, NEW.emails, NEW.language);
  END IF;
  IF (TG_OP = 'INSERT' OR OLD.kind <> 'individual')
     AND NOT EXISTS (SELECT 1 FROM contacts_contactrole WHERE customer_id = NEW.id AND site_id IS NULL AND role = 'main' AND upper_inf(during)) THEN
    INSERT INTO contacts_contactrole (contact_id, customer_id, role, during, priority)
      SELECT known.id, NEW.id, 'main', daterange(max(upper(during)), NULL), 1 FROM contacts_contactrole
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
CREATE OR REPLACE TRIGGER contact_keeps_its_individual AFTER UPDATE OF name, phones, emails, language ON contacts_contact
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
CREATE OR REPLACE TRIGGER individual_stays_its_customers BEFORE UPDATE OF customer_id ON contacts_contact
  FOR EACH ROW EXECUTE FUNCTION individual_stays_its_customers();

-- What is left of an erased person is a stub; no way of writing fills it again, nor takes it out of the archive.
CREATE OR REPLACE FUNCTION an_erased_person_stays_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was jsonb := to_jsonb(OLD); fresh jsonb := to_jsonb(NEW); erased boolean;
BEGIN
  IF TG_TABLE_NAME = 'contacts_contact' THEN
    erased := was ->> 'erased_at' IS NOT NULL;
  ELSE
    erased := EXISTS (SELECT 1 FROM contacts_contact WHERE customer_id = OLD.id AND is_customer AND erased_at IS NOT NULL);
  END IF;
  IF erased AND EXISTS (
      SELECT 1 FROM unnest(ARRAY['name', 'phones', 'emails', 'notes', 'position', 'website', 'vat_number', 'head_line1',
        'bill_line1', 'custom', 'erased_at', 'is_customer', 'kind', 'archived_at']) k WHERE was -> k IS DISTINCT FROM fresh -> k) THEN
    RAISE EXCEPTION '% % was erased', TG_TABLE_NAME, OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_erased_person_stays_erased';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER an_erased_person_stays_erased BEFORE UPDATE ON contacts_contact
  FOR EACH ROW WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION an_erased_person_stays_erased();
CREATE OR REPLACE TRIGGER an_erased_person_stays_erased BEFORE UPDATE ON customers_customer
  FOR EACH ROW WHEN (OLD.kind = 'individual') EXECUTE FUNCTION an_erased_person_stays_erased();
