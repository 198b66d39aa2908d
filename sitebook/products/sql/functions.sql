-- Replaced each time the schema is migrated.

-- What is written in a record's specifications suits the fields of its class. Only what changed is looked at: an archived
-- field keeps its values. For every table with the columns product_class_id and specifications.
CREATE OR REPLACE FUNCTION specifications_fit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE was jsonb := '{}'; each record; known products_specificationfield; fault text;
BEGIN
  IF jsonb_typeof(NEW.specifications) <> 'object' THEN
    RAISE EXCEPTION 'specifications_fit: the specifications of a row in % are an object', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'specifications_fit';
  END IF;
  NEW.specifications := jsonb_strip_nulls(NEW.specifications);
  IF TG_OP = 'UPDATE' AND NEW.product_class_id IS NOT DISTINCT FROM OLD.product_class_id THEN was := OLD.specifications; END IF;
  IF NEW.specifications = was THEN RETURN NEW; END IF;
  FOR each IN SELECT e.key, e.value FROM jsonb_each(NEW.specifications) e WHERE e.value IS DISTINCT FROM was -> e.key LOOP
    SELECT * INTO known FROM products_specificationfield f WHERE f.id::text = each.key FOR SHARE;
    fault := CASE WHEN known.id IS NULL OR known.product_class_id IS DISTINCT FROM NEW.product_class_id
                  THEN 'is not a specification of this class'
                  ELSE custom_fields_fault(CASE known.kind WHEN 'whole' THEN 'number' ELSE known.kind END, known.choices, each.value) END;
    IF fault IS NOT NULL THEN
      RAISE EXCEPTION 'specifications_fit: % of %: “%” %', each.key, TG_TABLE_NAME, left(each.value #>> '{}', 60), fault
        USING ERRCODE = 'check_violation', CONSTRAINT = 'specifications_fit';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER specifications_fit BEFORE INSERT OR UPDATE ON products_product
  FOR EACH ROW EXECUTE FUNCTION specifications_fit();
