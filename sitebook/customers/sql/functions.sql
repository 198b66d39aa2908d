-- The promises about tenures that span rows. Checked when the transaction ends, seeing all rows.

CREATE OR REPLACE FUNCTION tenures_fit_their_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE place bigint := CASE WHEN TG_TABLE_NAME = 'customers_site' THEN coalesce(NEW.id, OLD.id) END;
        now_has bigint; open_rows int; gaps int;
BEGIN
  IF TG_TABLE_NAME = 'customers_tenure' THEN place := coalesce(NEW.site_id, OLD.site_id); END IF;
  SELECT customer_id INTO now_has FROM customers_site WHERE id = place;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT count(*) FILTER (WHERE upper_inf(during)), count(*) FILTER (WHERE gap) INTO open_rows, gaps FROM (
    SELECT during, lag(upper(during)) OVER (ORDER BY during) < lower(during) AS gap
    FROM customers_tenure WHERE site_id = place) t;
  IF open_rows <> 1 OR gaps > 0 THEN
    RAISE EXCEPTION 'site % needs exactly one open tenure and no gap between tenures', place USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM customers_tenure WHERE site_id = place AND upper_inf(during) AND customer_id IS NOT DISTINCT FROM now_has) THEN
    RAISE EXCEPTION 'the customer of site % differs from its open tenure', place USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS tenures_fit ON customers_tenure;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OR DELETE ON customers_tenure
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();
DROP TRIGGER IF EXISTS tenures_fit ON customers_site;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OF customer_id ON customers_site
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();
