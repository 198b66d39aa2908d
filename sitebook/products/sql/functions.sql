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

-- A supply of another product is a product of kind supply, whichever of the two is written last.
CREATE OR REPLACE FUNCTION products_supplies_are_supplies() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE of_kind text;
BEGIN
  IF TG_TABLE_NAME = 'products_product' THEN
    IF NEW.kind = 'supply' OR OLD.kind <> 'supply'
       OR NOT EXISTS (SELECT 1 FROM products_productrelationship r WHERE r.related_id = NEW.id AND r.kind = 'supply') THEN RETURN NEW; END IF;
  ELSE
    IF NEW.kind <> 'supply' THEN RETURN NEW; END IF;
    SELECT p.kind INTO of_kind FROM products_product p WHERE p.id = NEW.related_id FOR SHARE;
    IF of_kind IS NULL OR of_kind = 'supply' THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION 'a_supply_is_a_product_of_kind_supply' USING ERRCODE = 'check_violation', CONSTRAINT = 'a_supply_is_a_product_of_kind_supply';
END $$;

CREATE OR REPLACE TRIGGER supplies_are_supplies BEFORE INSERT OR UPDATE ON products_productrelationship
  FOR EACH ROW EXECUTE FUNCTION products_supplies_are_supplies();
CREATE OR REPLACE TRIGGER supplies_are_supplies BEFORE UPDATE ON products_product
  FOR EACH ROW EXECUTE FUNCTION products_supplies_are_supplies();
