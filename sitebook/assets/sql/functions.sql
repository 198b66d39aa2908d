-- Replaced each time the schema is migrated; the tables they serve are made by migrations.
DROP FUNCTION IF EXISTS assets_periods(bigint[]);

-- These assets and all that were ever mounted on them, however deep.
CREATE OR REPLACE FUNCTION assets_with_mounted(ids bigint[]) RETURNS bigint[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below(id) AS (
    SELECT unnest(ids) UNION SELECT p.child_id FROM below JOIN assets_parentage p ON p.parent_id = below.id)
  SELECT coalesce(array_agg(id), '{}') FROM below
$$;

-- The periods of these assets, as owner, mounting, place and the customers of the sites say: one for each time in which
-- none of them changed. A mounted asset is where that one is on which it is mounted.
CREATE OR REPLACE FUNCTION assets_periods(ids bigint[])
  RETURNS TABLE (asset_id bigint, during daterange, owner_id bigint, parent_id bigint, kind text, site_id bigint,
                 area_id bigint, position_id bigint, own_place_id bigint, place_customer_id bigint, lifecycle text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE
  up(asset, bearer, days, depth) AS (
    SELECT id, id, daterange(NULL, NULL), 0 FROM unnest(ids) id
    UNION ALL
    SELECT u.asset, p.parent_id, u.days * p.during, u.depth + 1
      FROM up u JOIN assets_parentage p ON p.child_id = u.bearer AND p.during && u.days WHERE u.depth < 30),
  placed AS (
    SELECT u.asset, u.days * p.during AS days, p.kind, p.site_id, p.area_id, p.position_id, p.own_place_id
      FROM up u JOIN assets_placement p ON p.asset_id = u.bearer AND p.during && u.days),
  whose AS (
    SELECT p.asset, CASE WHEN p.site_id IS NULL THEN p.days ELSE p.days * t.during END AS days, p.kind, p.site_id,
           p.area_id, p.position_id, p.own_place_id, t.customer_id
      FROM placed p LEFT JOIN sites_tenure t ON t.site_id = p.site_id AND t.during && p.days
      WHERE p.site_id IS NULL OR t.id IS NOT NULL),
  mounted AS (
    SELECT o.asset_id AS asset, o.owner_id, o.during * p.during AS days, p.parent_id
      FROM assets_ownership o JOIN assets_parentage p ON p.child_id = o.asset_id AND p.during && o.during
      WHERE o.asset_id = ANY (ids)
    UNION ALL
    SELECT o.asset_id, o.owner_id, free, NULL FROM assets_ownership o, LATERAL unnest(datemultirange(o.during) - coalesce(
      (SELECT range_agg(p.during) FROM assets_parentage p WHERE p.child_id = o.asset_id), '{}')) free
      WHERE o.asset_id = ANY (ids)),
  stood AS (
    SELECT m.asset, m.days * w.days AS days, m.owner_id, m.parent_id, w.kind, w.site_id, w.area_id, w.position_id,
           w.own_place_id, w.customer_id
      FROM mounted m JOIN whose w ON w.asset = m.asset AND w.days && m.days
    UNION ALL
    SELECT m.asset, free, m.owner_id, m.parent_id, '', NULL, NULL, NULL, NULL, NULL
      FROM mounted m, LATERAL unnest(datemultirange(m.days) - coalesce(
        (SELECT range_agg(w.days) FROM whose w WHERE w.asset = m.asset AND w.days && m.days), '{}')) free)
  SELECT s.asset, CASE WHEN l.id IS NULL THEN s.days ELSE s.days * l.during END, s.owner_id, s.parent_id, s.kind, s.site_id,
         s.area_id, s.position_id, s.own_place_id, s.customer_id, coalesce(l.state, '')
    FROM stood s LEFT JOIN assets_lifestate l ON l.asset_id = s.asset AND l.during && s.days
$$;

-- Writes the periods of these assets anew, with all that was ever mounted on them, and what holds of each now.
CREATE OR REPLACE FUNCTION assets_write_periods(wanted bigint[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF wanted IS NULL THEN RETURN; END IF;
  ids := assets_with_mounted(wanted);
  DELETE FROM assets_assetperiod WHERE asset_id = ANY (ids);
  INSERT INTO assets_assetperiod (asset_id, during, owner_id, parent_id, kind, site_id, area_id, position_id, own_place_id,
                                  place_customer_id, lifecycle, holder_id, guest_id)
    SELECT p.asset_id, p.during, p.owner_id, p.parent_id, p.kind, p.site_id, p.area_id, p.position_id, p.own_place_id,
           p.place_customer_id, p.lifecycle, coalesce(p.owner_id, p.place_customer_id, 0),
           CASE WHEN p.owner_id <> p.place_customer_id THEN p.place_customer_id END
    FROM assets_periods(ids) p;
  UPDATE assets_asset a SET owner_id = p.owner_id, parent_id = p.parent_id, place_kind = p.kind, site_id = p.site_id,
      area_id = p.area_id, position_id = p.position_id, own_place_id = p.own_place_id, place_customer_id = p.place_customer_id,
      lifecycle = coalesce(nullif(p.lifecycle, ''), a.lifecycle)
    FROM assets_assetperiod p
    WHERE a.id = ANY (ids) AND p.asset_id = a.id AND upper_inf(p.during)
      AND (a.owner_id, a.parent_id, a.place_kind, a.site_id, a.area_id, a.position_id, a.own_place_id, a.place_customer_id,
           a.lifecycle)
        IS DISTINCT FROM
          (p.owner_id, p.parent_id, p.kind, p.site_id, p.area_id, p.position_id, p.own_place_id, p.place_customer_id,
           coalesce(nullif(p.lifecycle, ''), a.lifecycle));
END $$;

-- Argument: the column that names the asset.
CREATE OR REPLACE FUNCTION assets_follow() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF current_setting('sitebook.assets_begin', true) = 'yes' THEN RETURN NULL; END IF; -- assets_begin() does it for all
  EXECUTE format('SELECT array_agg(DISTINCT %I) FROM rows', TG_ARGV[0]) INTO ids;
  PERFORM assets_write_periods(ids);
  RETURN NULL;
END $$;

-- The same for assets at sites whose customer was another one, or from another day on.
CREATE OR REPLACE FUNCTION assets_follow_tenures() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  SELECT array_agg(DISTINCT p.asset_id) INTO ids FROM rows r JOIN assets_placement p ON p.site_id = r.site_id;
  PERFORM assets_write_periods(ids);
  RETURN NULL;
END $$;

-- New assets get their first periods: owner and status for good, place or mounting from the day that the setting says.
CREATE OR REPLACE FUNCTION assets_begin() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE since date := nullif(current_setting('sitebook.asset_since', true), '')::date;
BEGIN
  PERFORM set_config('sitebook.assets_begin', 'yes', true);
  INSERT INTO assets_ownership (asset_id, owner_id, during, document) SELECT id, owner_id, daterange(NULL, NULL), '' FROM fresh;
  INSERT INTO assets_lifestate (asset_id, state, during) SELECT id, lifecycle, daterange(NULL, NULL) FROM fresh;
  INSERT INTO assets_parentage (child_id, parent_id, during, mount_point)
    SELECT id, parent_id, daterange(since, NULL), '' FROM fresh WHERE parent_id IS NOT NULL;
  INSERT INTO assets_placement (asset_id, kind, site_id, area_id, position_id, own_place_id, during, reason)
    SELECT id, place_kind, site_id, area_id, position_id, own_place_id, daterange(since, NULL), '' FROM fresh
    WHERE parent_id IS NULL AND place_kind <> '';
  PERFORM set_config('sitebook.assets_begin', '', true);
  PERFORM assets_write_periods((SELECT array_agg(id) FROM fresh));
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER assets_begin AFTER INSERT ON assets_asset REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION assets_begin();

DO $do$
DECLARE pair text[]; event text;
BEGIN
  FOREACH pair SLICE 1 IN ARRAY ARRAY[['assets_ownership', 'assets_follow(''asset_id'')'],
      ['assets_placement', 'assets_follow(''asset_id'')'], ['assets_lifestate', 'assets_follow(''asset_id'')'],
      ['assets_parentage', 'assets_follow(''child_id'')'],
      ['sites_tenure', 'assets_follow_tenures()']] LOOP
    FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
      EXECUTE format('CREATE OR REPLACE TRIGGER assets_follow_%s AFTER %s ON %I REFERENCING %s TABLE AS rows
                      FOR EACH STATEMENT EXECUTE FUNCTION %s', lower(event), event, pair[1],
                     CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END, pair[2]);
    END LOOP;
  END LOOP;
END $do$;

-- An area or position is at the site, and a place of our own is of the kind the placement says. What was split off or
-- joined since stays as it was written: only what is written anew is asked.
CREATE OR REPLACE FUNCTION placements_fit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.site_id, NEW.area_id, NEW.position_id, NEW.own_place_id, NEW.kind)
       IS NOT DISTINCT FROM (OLD.site_id, OLD.area_id, OLD.position_id, OLD.own_place_id, OLD.kind) THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT 1 FROM sites_area a WHERE a.id = NEW.area_id AND a.site_id <> NEW.site_id)
     OR EXISTS (SELECT 1 FROM sites_position p WHERE p.id = NEW.position_id AND p.site_id <> NEW.site_id) THEN
    RAISE EXCEPTION 'the_area_is_at_the_site: placement of asset % names an area or position of another one', NEW.asset_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'the_area_is_at_the_site';
  END IF;
  IF EXISTS (SELECT 1 FROM assets_ownplace o WHERE o.id = NEW.own_place_id AND o.kind <> NEW.kind) THEN
    RAISE EXCEPTION 'an_own_place_is_of_its_kind: placement of asset % names one of another kind', NEW.asset_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'an_own_place_is_of_its_kind';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER placements_fit BEFORE INSERT OR UPDATE ON assets_placement
  FOR EACH ROW EXECUTE FUNCTION placements_fit();

-- No asset is mounted on itself on any day, however many lie between. Asked before the periods are written, one writer
-- after the other: two could close a loop together.
CREATE OR REPLACE FUNCTION no_asset_is_mounted_on_itself() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('assets_parentage'));
  IF EXISTS (
    WITH RECURSIVE up(id, days, depth) AS (
      SELECT NEW.parent_id, NEW.during, 1
      UNION ALL SELECT p.parent_id, up.days * p.during, up.depth + 1 FROM up
        JOIN assets_parentage p ON p.child_id = up.id AND p.during && up.days AND p.id <> NEW.id WHERE up.depth < 30)
    SELECT 1 FROM up WHERE id = NEW.child_id OR depth = 30) THEN
    RAISE EXCEPTION 'no_asset_is_mounted_on_itself: asset % would be', NEW.child_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'no_asset_is_mounted_on_itself';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER no_asset_is_mounted_on_itself BEFORE INSERT OR UPDATE ON assets_parentage
  FOR EACH ROW EXECUTE FUNCTION no_asset_is_mounted_on_itself();

-- At the end of a transaction an asset has an owner on each day, and what it says of now is what its periods say.
CREATE OR REPLACE FUNCTION assets_fit_their_periods() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one bigint; now_is assets_asset; held datemultirange;
BEGIN
  IF TG_TABLE_NAME = 'assets_asset' THEN one := NEW.id; ELSE one := coalesce(NEW.asset_id, OLD.asset_id); END IF;
  SELECT * INTO now_is FROM assets_asset WHERE id = one;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT range_agg(during) INTO held FROM assets_ownership WHERE asset_id = one;
  IF held IS NULL OR held <> datemultirange(daterange(lower(held), NULL)) THEN
    RAISE EXCEPTION 'asset % needs an owner on every day', one USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM assets_assetperiod p WHERE p.asset_id = one AND upper_inf(p.during)
      AND (p.owner_id, p.parent_id, p.kind, p.site_id, p.area_id, p.position_id, p.own_place_id, p.place_customer_id,
           p.lifecycle) IS NOT DISTINCT FROM (now_is.owner_id, now_is.parent_id, now_is.place_kind, now_is.site_id, now_is.area_id,
                              now_is.position_id, now_is.own_place_id, now_is.place_customer_id, now_is.lifecycle)) THEN
    RAISE EXCEPTION 'what asset % says of now differs from its periods', one USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS assets_fit ON assets_asset;
CREATE CONSTRAINT TRIGGER assets_fit
  AFTER INSERT OR UPDATE OF owner_id, parent_id, place_kind, site_id, area_id, position_id, own_place_id, place_customer_id,
    lifecycle ON assets_asset DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assets_fit_their_periods();
DROP TRIGGER IF EXISTS assets_fit ON assets_ownership;
CREATE CONSTRAINT TRIGGER assets_fit AFTER INSERT OR UPDATE OF asset_id, owner_id, during OR DELETE ON assets_ownership
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assets_fit_their_periods();
DROP TRIGGER IF EXISTS assets_fit ON assets_lifestate;
CREATE CONSTRAINT TRIGGER assets_fit AFTER INSERT OR UPDATE OF asset_id, state, during OR DELETE ON assets_lifestate
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assets_fit_their_periods();

CREATE OR REPLACE TRIGGER specifications_fit BEFORE INSERT OR UPDATE ON assets_asset
  FOR EACH ROW EXECUTE FUNCTION specifications_fit();

-- What a counter showed is never changed: another reading takes its place.
CREATE OR REPLACE FUNCTION a_reading_stays_what_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.span_id, NEW.meter_id, NEW.asset_id, NEW.at, NEW.value, NEW.kind)
       IS DISTINCT FROM (OLD.span_id, OLD.meter_id, OLD.asset_id, OLD.at, OLD.value, OLD.kind)
     OR (OLD.superseded_by_id IS NOT NULL AND NEW.superseded_by_id IS DISTINCT FROM OLD.superseded_by_id) THEN
    RAISE EXCEPTION 'a_reading_stays_what_it_is: reading % is replaced, not changed', OLD.id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_reading_stays_what_it_is';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_reading_stays_what_it_is BEFORE UPDATE ON assets_reading
  FOR EACH ROW EXECUTE FUNCTION a_reading_stays_what_it_is();

CREATE OR REPLACE FUNCTION a_reading_is_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.made_at := clock_timestamp(); NEW.made_by_id := acting_user();
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_reading_is_stamped BEFORE INSERT ON assets_reading
  FOR EACH ROW EXECUTE FUNCTION a_reading_is_stamped();
