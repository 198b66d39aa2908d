-- What tests need beside the product's schema: functions of the superuser, usable inside a test's own transaction.

CREATE SCHEMA tests;
GRANT USAGE ON SCHEMA tests TO PUBLIC;

-- The tables whose rows tests make; not the schema's own bookkeeping.
CREATE VIEW tests.emptied AS
  SELECT c.oid AS number, c.oid::regclass::text AS name FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname !~ '^(django_migrations|django_content_type|auth_|procrastinate_)';

-- The tables that have rows.
CREATE FUNCTION tests.filled() RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one record; found bigint;
BEGIN
  FOR one IN SELECT * FROM tests.emptied LOOP
    EXECUTE format('SELECT 1 FROM %s LIMIT 1', one.name) INTO found;
    IF found IS NOT NULL THEN RETURN NEXT one.name; END IF;
  END LOOP;
END $$;

-- DELETE, since TRUNCATE costs ten times as much for tables that are empty or nearly so.
CREATE FUNCTION tests.wipe() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET session_replication_role = replica AS $$
DECLARE one text;
BEGIN
  FOR one IN SELECT * FROM tests.filled() LOOP EXECUTE format('DELETE FROM %s', one); END LOOP;
  PERFORM setval(s.seqrelid::regclass, s.seqstart, false) FROM pg_sequence s JOIN pg_depend d ON d.objid = s.seqrelid
    JOIN tests.emptied e ON e.number = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      AND pg_sequence_last_value(s.seqrelid) IS NOT NULL;
END $$;

-- All rows there are: the table, its columns, its rows. Generated columns come by themselves.
CREATE FUNCTION tests.all_rows(OUT name text, OUT columns text, OUT content jsonb) RETURNS SETOF record
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  FOR name IN SELECT * FROM tests.filled() LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
      WHERE attrelid = name::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('SELECT jsonb_agg(to_jsonb(t)) FROM %s t', name) INTO content;
    RETURN NEXT;
  END LOOP;
END $$;

-- Such rows once more, with their ids, without triggers: what these would write is among the rows.
CREATE FUNCTION tests.put_in(names text[], columns text[], contents jsonb[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET session_replication_role = replica AS $$
BEGIN
  FOR i IN 1 .. cardinality(names) LOOP
    EXECUTE format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM jsonb_populate_recordset(NULL::%1$s, $1)',
      names[i], columns[i]) USING contents[i];
  END LOOP;
END $$;

-- How far each sequence has come.
CREATE FUNCTION tests.sequences() RETURNS jsonb
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(seqrelid::regclass::text, pg_sequence_last_value(seqrelid)), '{}') FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
$$;

CREATE FUNCTION tests.advance(sequences jsonb) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT setval(key::regclass, value::bigint) FROM jsonb_each_text(sequences)
    WHERE coalesce(pg_sequence_last_value(key::regclass), 0) < value::bigint
$$;

-- Any statement as the superuser, such as another row policy for the rest of a test's transaction.
CREATE FUNCTION tests.run(statement text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN EXECUTE statement; END $$;
