-- Whose a document is comes from the record it is about, which whoever adds it must see: run with the adder's own rights.
-- A hidden record and one that is not there get the same answer. Arguments, for each table whose records have documents:
-- the table, the column that says its customer, and "passes" where its records pass from customer to customer.

CREATE OR REPLACE FUNCTION a_document_is_about_a_record() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE found int := 0; place int := array_position(TG_ARGV, NEW.about_kind);
BEGIN
  IF place IS NOT NULL AND NEW.of_place AND TG_ARGV[place + 2] <> 'passes' THEN
    RAISE EXCEPTION 'only_sites_keep_what_is_of_the_place: a document of % is of no place', NEW.about_kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_sites_keep_what_is_of_the_place';
  END IF;
  IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF;
  IF place IS NOT NULL THEN
    EXECUTE format('SELECT %s FROM %I WHERE id = $1', coalesce(quote_ident(nullif(TG_ARGV[place + 1], '')), 'NULL::bigint'), NEW.about_kind)
      INTO NEW.customer_id USING NEW.about_id;
    GET DIAGNOSTICS found = ROW_COUNT;
  END IF;
  IF found = 0 THEN
    RAISE EXCEPTION 'a document needs a record that is there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  NEW.uploaded_at := clock_timestamp();
  NEW.uploaded_by_id := acting_user();
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION a_document_stays_what_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.about_kind, NEW.about_id, NEW.sha256, NEW.size, NEW.media_type, NEW.uploaded_at)
       <> (OLD.about_kind, OLD.about_id, OLD.sha256, OLD.size, OLD.media_type, OLD.uploaded_at)
     OR (NEW.customer_id, NEW.uploaded_by_id) IS DISTINCT FROM (OLD.customer_id, OLD.uploaded_by_id) THEN
    RAISE EXCEPTION 'what a document is about, its bytes and who added it never change'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

-- Who sees a document only because it is of the place reads it; it stays with the customer it was added for. Argument:
-- the customers' table.
CREATE OR REPLACE FUNCTION a_document_is_changed_by_who_sees_its_customer() RETURNS trigger
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE there boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1)', TG_ARGV[0]) INTO there USING OLD.customer_id;
  IF OLD.customer_id IS NOT NULL AND NOT there THEN
    RAISE EXCEPTION 'a document of another time of the place is only read' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- The triggers of these two are made by references.py, which knows the tables.
CREATE OR REPLACE TRIGGER a_document_stays_what_it_is BEFORE UPDATE ON files_document
  FOR EACH ROW EXECUTE FUNCTION a_document_stays_what_it_is();

-- Which of these bytes any document names, whoever may see it. Not for people: it would tell them what others hold.
-- Callable: files_named(text[])
CREATE OR REPLACE FUNCTION files_named(hashes text[]) RETURNS SETOF text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NOT NULL THEN
    RAISE EXCEPTION 'only Sitebook itself asks which bytes are in use' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY SELECT DISTINCT sha256::text FROM files_document WHERE sha256 = ANY (hashes);
END $$;
