-- Whose a note is comes from the record it is about, which whoever writes it must see: run with the writer's own rights. A
-- hidden record and one that is not there get the same answer. Arguments, for each table whose records have notes: the
-- table, and the column that says its customer.
CREATE OR REPLACE FUNCTION a_note_is_about_a_record() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE found int := 0; place int := array_position(TG_ARGV, NEW.about_kind);
BEGIN
  IF place IS NOT NULL THEN
    EXECUTE format('SELECT %s FROM %I WHERE id = $1', coalesce(quote_ident(nullif(TG_ARGV[place + 1], '')), 'NULL::bigint'), NEW.about_kind)
      INTO NEW.customer_id USING NEW.about_id;
    GET DIAGNOSTICS found = ROW_COUNT;
  END IF;
  IF found = 0 THEN
    RAISE EXCEPTION 'a note needs a record that is there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION a_note_stays_with_its_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.about_kind, NEW.about_id, NEW.customer_id) IS DISTINCT FROM (OLD.about_kind, OLD.about_id, OLD.customer_id) THEN
    RAISE EXCEPTION 'what a note is about never changes' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

-- The trigger of the first is made by references.py, which knows the tables.
CREATE OR REPLACE TRIGGER a_note_stays_with_its_record BEFORE UPDATE ON notes_note
  FOR EACH ROW EXECUTE FUNCTION a_note_stays_with_its_record();
