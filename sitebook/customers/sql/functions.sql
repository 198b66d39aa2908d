-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- A group is a tree at every instant: nobody stands under itself, at no time.
CREATE OR REPLACE FUNCTION group_has_no_loop() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('group_has_no_loop'));
  IF EXISTS (
    WITH RECURSIVE up(id, during) AS (
      SELECT NEW.parent_id, NEW.during
      UNION SELECT m.parent_id, m.during * up.during FROM customers_membership m JOIN up ON m.customer_id = up.id
      WHERE m.during && up.during)
    SELECT 1 FROM up WHERE id = NEW.customer_id) THEN
    RAISE EXCEPTION 'customer % would stand under itself', NEW.customer_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_group_has_no_loop';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER group_has_no_loop AFTER INSERT OR UPDATE ON customers_membership
  FOR EACH ROW EXECUTE FUNCTION group_has_no_loop();

-- A customer and all that stand under it on a day; through customers one may not see too, for each is granted by itself.
-- Callable: customers_below(bigint, date)
CREATE OR REPLACE FUNCTION customers_below(root bigint, on_day date) RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 20 AS $$
  WITH RECURSIVE below(id) AS (
    SELECT unnest(access_visible(ARRAY[root]))
    UNION SELECT m.customer_id FROM customers_membership m JOIN below ON m.parent_id = below.id WHERE m.during @> on_day)
  SELECT id FROM below
$$;

-- A customer and all above it on a day, through ones one may not see too: only their numbers, for rules.
-- Callable: customers_above(bigint, date)
CREATE OR REPLACE FUNCTION customers_above(one bigint, on_day date) RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 5 AS $$
  WITH RECURSIVE up(id) AS (
    SELECT unnest(access_visible(ARRAY[one]))
    UNION SELECT m.parent_id FROM customers_membership m JOIN up ON m.customer_id = up.id WHERE m.during @> on_day)
  SELECT id FROM up
$$;

-- Whether two customers stand in one group on a day, as far as the asker sees: they share a customer above them whom the
-- asker sees. NULL where that cannot be said, since one of them, or one above them, is hidden: what stands there must not
-- be read from the answer.
-- Callable: customers_in_one_group(bigint, bigint, date)
CREATE OR REPLACE FUNCTION customers_in_one_group(one bigint, other bigint, on_day date) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE up(start, id) AS (
    SELECT v, v FROM unnest(ARRAY[one, other]) v
    UNION SELECT up.start, m.parent_id FROM customers_membership m JOIN up ON m.customer_id = up.id WHERE m.during @> on_day),
  seen AS MATERIALIZED (SELECT access_visible(ARRAY(SELECT DISTINCT id FROM up)) AS ids)
  SELECT CASE
    WHEN ARRAY[one, other] <@ ids
      AND EXISTS (SELECT 1 FROM up a JOIN up b ON a.id = b.id WHERE a.start = one AND b.start = other AND a.id = ANY (ids)) THEN true
    WHEN ARRAY(SELECT DISTINCT id FROM up) <@ ids THEN false END
  FROM seen
$$;

-- This one stood in another room.
DROP FUNCTION IF EXISTS access_new_customer();

-- The maker of a customer sees it: the id and the grant come before the row, which the row policy then lets in.
-- Callable: customers_new()
CREATE OR REPLACE FUNCTION customers_new() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE fresh bigint := nextval('customers_customer_id_seq');
BEGIN
  IF acting_user() IS NOT NULL AND access_reach(acting_user()) <> 'all' THEN
    INSERT INTO access_grant (user_id, customer_id, granted_by_id) VALUES (acting_user(), fresh, acting_user());
  END IF;
  RETURN fresh;
END $$;
