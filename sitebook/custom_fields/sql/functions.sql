-- Replaced each time the schema is migrated.

-- Why a value does not suit a field, or nothing. Numbers are kept as their digits.
CREATE OR REPLACE FUNCTION custom_fields_fault(kind text, choices jsonb, value jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN kind = 'yesno' THEN CASE WHEN jsonb_typeof(value) <> 'boolean' THEN 'is neither yes nor no' END
    WHEN jsonb_typeof(value) <> 'string' THEN 'is not text in JSON'
    WHEN kind = 'text' THEN CASE WHEN length(value #>> '{}') > 1000 THEN 'is longer than 1000 characters'
                                 WHEN value #>> '{}' ~ '^\s*$' THEN 'says nothing' END
    WHEN kind = 'number' THEN CASE WHEN value #>> '{}' !~ '^-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,5}[1-9])?$' OR value = '"-0"'
                                   THEN 'is not a number like 12.5' END
    WHEN kind = 'date' THEN CASE WHEN value #>> '{}' !~ '^[1-8][0-9]{3}-[0-9]{2}-[0-9]{2}$' OR NOT pg_input_is_valid(value #>> '{}', 'date')
                                 THEN 'is not a day like 2026-03-01' END
    WHEN NOT EXISTS (SELECT 1 FROM jsonb_array_elements(choices) c WHERE c -> 'value' = custom_fields_fault.value) THEN 'is not offered'
  END
$$;

-- What is written in a record's custom fields suits what they are. Only what changed is looked at: a field that was
-- archived keeps its values. The definition is locked, so that no choice goes while somebody chooses it.
CREATE OR REPLACE FUNCTION custom_fields_fit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN OLD.custom ELSE '{}' END; each record; known custom_fields_customfield; fault text;
BEGIN
  IF NEW.custom = was THEN RETURN NEW; END IF;
  IF jsonb_typeof(NEW.custom) <> 'object' THEN
    RAISE EXCEPTION 'custom_fields_fit: the custom fields of a row in % are an object', TG_TABLE_NAME USING ERRCODE = 'check_violation', CONSTRAINT = 'custom_fields_fit';
  END IF;
  NEW.custom := jsonb_strip_nulls(NEW.custom);
  FOR each IN SELECT e.key, e.value FROM jsonb_each(NEW.custom) e WHERE e.value IS DISTINCT FROM was -> e.key LOOP
    SELECT * INTO known FROM custom_fields_customfield f WHERE f.register = TG_TABLE_NAME AND f.key = each.key FOR SHARE;
    fault := CASE WHEN known.id IS NULL THEN 'there is no custom field of this key'
                  ELSE custom_fields_fault(known.kind, known.choices, each.value) END;
    IF fault IS NOT NULL THEN
      RAISE EXCEPTION 'custom_fields_fit: % of %: “%” %', each.key, TG_TABLE_NAME, left(each.value #>> '{}', 60), fault
        USING ERRCODE = 'check_violation', CONSTRAINT = 'custom_fields_fit';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- In how many records a field is written, or one choice of it: of all records, so that none is left with a choice that is
-- not offered. Asked by the trigger below only.
CREATE OR REPLACE FUNCTION custom_fields_counted(register text, key text, value text) RETURNS bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint;
BEGIN
  EXECUTE format('SELECT count(*) FROM %I WHERE CASE WHEN $2 IS NULL THEN custom ? $1 ELSE custom @> jsonb_build_object($1, $2) END', register)
    INTO found USING key, value;
  RETURN found;
END $$;

-- In how many records the asker sees: with their own eyes, by the row policies.
-- Callable: custom_fields_in_use(bigint, text)
CREATE OR REPLACE FUNCTION custom_fields_in_use(field bigint, value text) RETURNS bigint
  LANGUAGE plpgsql STABLE SECURITY INVOKER SET search_path = public, pg_temp AS $$
DECLARE known custom_fields_customfield; found bigint;
BEGIN
  PERFORM users_must_be('administrator');
  SELECT * INTO known FROM custom_fields_customfield WHERE id = field;
  IF known.id IS NULL THEN RETURN 0; END IF;
  EXECUTE format('SELECT count(*) FROM %I WHERE CASE WHEN $2 IS NULL THEN custom ? $1 ELSE custom @> jsonb_build_object($1, $2) END', known.register)
    INTO found USING known.key, value;
  RETURN found;
END $$;

-- Arguments: the tables whose records pass from customer to customer. A field is made and changed by administrators. Its
-- register, key and kind stay, and so do choices that are chosen.
CREATE OR REPLACE FUNCTION custom_fields_are_changed_by_administrators() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone text;
BEGIN
  IF NOT pg_has_role(session_user, current_user, 'MEMBER') THEN PERFORM users_must_be('administrator'); END IF;
  IF jsonb_typeof(NEW.choices) <> 'array' OR EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.choices) c
      WHERE coalesce(c ->> 'value', '') = '' OR coalesce(c ->> 'label', '') ~ '^\s*$') THEN
    RAISE EXCEPTION 'each choice of % has a value and a label', NEW.key USING ERRCODE = 'check_violation', CONSTRAINT = 'choices_have_names';
  END IF;
  IF NEW.of_place AND array_position(TG_ARGV, NEW.register::text) IS NULL THEN
    RAISE EXCEPTION 'only_sites_are_places: no field of % belongs to a place', NEW.register
      USING ERRCODE = 'check_violation', CONSTRAINT = 'only_sites_are_places';
  END IF;
  IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
  IF (NEW.register, NEW.key, NEW.kind) IS DISTINCT FROM (OLD.register, OLD.key, OLD.kind) THEN
    RAISE EXCEPTION 'the register, key and kind of the custom field % stay', OLD.key
      USING ERRCODE = 'check_violation', CONSTRAINT = 'a_custom_field_keeps_its_kind';
  END IF;
  FOR gone IN SELECT o ->> 'value' FROM jsonb_array_elements(OLD.choices) o
      WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(NEW.choices) n WHERE n -> 'value' = o -> 'value') LOOP
    -- Before anything is counted: the answer must not tell whether a record that the asker does not see has this choice.
    IF acting_user() IS NOT NULL AND access_reach(acting_user()) <> 'all' THEN
      RAISE EXCEPTION 'the choice % of % is taken away by who sees all customers', gone, OLD.key
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF custom_fields_counted(OLD.register, OLD.key, gone) > 0 THEN
      RAISE EXCEPTION 'the choice % of % is in use', gone, OLD.key USING ERRCODE = 'check_violation', CONSTRAINT = 'a_choice_in_use_stays';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
-- Its trigger is made by places.py, which knows the tables.

-- The texts of a record's custom fields, for the search, of fields in use.
CREATE OR REPLACE FUNCTION custom_fields_texts(register_of text, custom jsonb) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN custom <> '{}' THEN (
    SELECT string_agg(v.value, ' ' ORDER BY f.position, f.id) FROM jsonb_each_text(custom) v
    JOIN custom_fields_customfield f ON f.register = register_of AND f.key = v.key AND f.kind = 'text' AND f.archived_at IS NULL) END
$$;

-- A field that is archived is not found by any more; one restored is again.
CREATE OR REPLACE FUNCTION custom_fields_are_found_while_in_use() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  EXECUTE format('SELECT array_agg(id) FROM %I WHERE custom ? $1', NEW.register) INTO ids USING NEW.key;
  IF ids IS NOT NULL THEN PERFORM search_write(NEW.register, ids); END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER custom_fields_are_found_while_in_use AFTER UPDATE OF archived_at ON custom_fields_customfield
  FOR EACH ROW WHEN (NEW.kind = 'text' AND (OLD.archived_at IS NULL) <> (NEW.archived_at IS NULL))
  EXECUTE FUNCTION custom_fields_are_found_while_in_use();
