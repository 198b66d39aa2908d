-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- At the end of a transaction each touched site has tenures without a gap, the last one open or ending with the site,
-- and that one's customer is the site's. Overlaps are impossible by constraint.
CREATE OR REPLACE FUNCTION tenures_fit_their_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE the_site bigint := CASE WHEN TG_TABLE_NAME = 'sites_site' THEN coalesce(NEW.id, OLD.id) END;
        now_has bigint; ends date; last_has bigint; last_end date; gaps int;
BEGIN
  IF TG_TABLE_NAME = 'sites_tenure' THEN the_site := coalesce(NEW.site_id, OLD.site_id); END IF;
  SELECT customer_id, ended_on INTO now_has, ends FROM sites_site WHERE id = the_site;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT count(*) INTO gaps FROM (
    SELECT lag(upper(during)) OVER w < lower(during) AS gap FROM sites_tenure WHERE site_id = the_site
    WINDOW w AS (ORDER BY during)) t WHERE gap;
  SELECT customer_id, upper(during) INTO last_has, last_end FROM sites_tenure
    WHERE site_id = the_site ORDER BY during DESC LIMIT 1;
  IF NOT FOUND OR gaps > 0 OR last_end IS DISTINCT FROM ends THEN
    RAISE EXCEPTION 'site % needs exactly one open tenure and no gap between tenures', the_site USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF last_has IS DISTINCT FROM now_has THEN
    RAISE EXCEPTION 'the customer of site % differs from its open tenure', the_site USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS tenures_fit ON sites_tenure;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OF site_id, customer_id, during OR DELETE ON sites_tenure
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();
DROP TRIGGER IF EXISTS tenures_fit ON sites_site;
CREATE CONSTRAINT TRIGGER tenures_fit AFTER INSERT OR UPDATE OF customer_id, ended_on ON sites_site
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenures_fit_their_site();

-- The fields of a site that say what and where it is, as a tenure keeps them.
CREATE OR REPLACE FUNCTION site_as_place(site jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN site - ARRAY['id', 'customer_id', 'name_key', 'archived_at', 'archived_by_id', 'archive_reason', 'archived_with',
    'created_at', 'created_by_id', 'updated_at', 'updated_by_id', 'version', 'ended_on', 'joined_into_id', 'split_from_id'];

-- A site that was joined into another is closed from then on; what it was used as before is what its tenures keep.
CREATE OR REPLACE FUNCTION status_before_its_end(kept jsonb, site bigint, ends date) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = public, pg_temp
  RETURN CASE WHEN ends IS NULL THEN '{}' ELSE jsonb_build_object('status', coalesce(kept ->> 'status', (
    SELECT h.details ->> 'status' FROM sites_handover h
    WHERE h.site_id = site AND h.kind = 'joined' AND h.reversed_at IS NULL ORDER BY h.id DESC LIMIT 1), 'active')) END;

CREATE OR REPLACE FUNCTION tenure_begins_with_its_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.place = '{}' THEN
    SELECT site_as_place(to_jsonb(s)) || status_before_its_end(NULL, s.id, s.ended_on) INTO NEW.place FROM sites_site s
      WHERE s.id = NEW.site_id AND s.customer_id IS NOT DISTINCT FROM NEW.customer_id;
    NEW.place := coalesce(NEW.place, '{}');
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER tenure_begins_with_its_place BEFORE INSERT ON sites_tenure
  FOR EACH ROW EXECUTE FUNCTION tenure_begins_with_its_place();

-- What is written to a site is kept by the tenure of the customer who has it, and by no other one.
CREATE OR REPLACE FUNCTION tenure_keeps_its_place() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE sites_tenure t SET place = site_as_place(to_jsonb(n)) || status_before_its_end(t.place, n.id, n.ended_on)
    FROM new_rows n
    WHERE t.site_id = n.id AND t.customer_id IS NOT DISTINCT FROM n.customer_id
      AND upper(t.during) IS NOT DISTINCT FROM n.ended_on
      AND t.place <> site_as_place(to_jsonb(n)) || status_before_its_end(t.place, n.id, n.ended_on);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER tenure_keeps_its_place AFTER UPDATE ON sites_site
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tenure_keeps_its_place();

-- Areas and positions lie in the site of what they are in, and no area lies in itself.
CREATE OR REPLACE FUNCTION areas_lie_in_their_site() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE mine bigint := NEW.id;
BEGIN
  IF TG_TABLE_NAME = 'sites_position' THEN
    IF EXISTS (SELECT 1 FROM sites_position p JOIN sites_area a ON a.id = p.area_id WHERE p.id = mine AND a.site_id <> p.site_id) THEN
      RAISE EXCEPTION 'position % is in an area of another site', mine USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM sites_area a JOIN sites_area p ON p.id = a.parent_id WHERE a.site_id <> p.site_id AND mine IN (a.id, p.id))
     OR EXISTS (SELECT 1 FROM sites_position p JOIN sites_area a ON a.id = p.area_id WHERE a.id = mine AND a.site_id <> p.site_id) THEN
    RAISE EXCEPTION 'area % is in another site than what it is in', mine USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (
    WITH RECURSIVE up(id) AS (
      SELECT parent_id FROM sites_area WHERE id = mine AND parent_id IS NOT NULL
      UNION SELECT a.parent_id FROM sites_area a JOIN up ON a.id = up.id WHERE a.parent_id IS NOT NULL)
    SELECT 1 FROM up WHERE id = mine) THEN
    RAISE EXCEPTION 'area % would lie in itself', mine
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_area_lies_not_in_itself';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS areas_lie_in_their_site ON sites_area;
CREATE CONSTRAINT TRIGGER areas_lie_in_their_site AFTER INSERT OR UPDATE OF site_id, parent_id ON sites_area
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION areas_lie_in_their_site();
DROP TRIGGER IF EXISTS areas_lie_in_their_site ON sites_position;
CREATE CONSTRAINT TRIGGER areas_lie_in_their_site AFTER INSERT OR UPDATE OF site_id, area_id ON sites_position
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION areas_lie_in_their_site();
