-- Replaced each time the schema is migrated. Owned by the plain table owner; callers gain only what stands here.

-- Made by policies.py, for the one table that it asks.
-- Callable: access_visible(bigint[])

-- Callable: allowed_customers()
CREATE OR REPLACE FUNCTION allowed_customers() RETURNS bigint[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(customer_id), '{}') FROM access_grant WHERE user_id = acting_user()
$$;

-- One's own grants, for policies that ask row by row: the owner's view, as a policy on access_grant that asked access_grant
-- would never end.
CREATE OR REPLACE VIEW access_own AS SELECT customer_id AS granted FROM access_grant WHERE user_id = acting_user();

-- Which see-role a user's requests take: all, few (up to 10,000 customers), many, or none.
-- Callable: access_reach(bigint)
CREATE OR REPLACE FUNCTION access_reach(someone bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT CASE WHEN NOT is_active THEN 'none' WHEN all_customers THEN 'all'
    WHEN (SELECT count(*) FROM (SELECT 1 FROM access_grant WHERE user_id = someone LIMIT 10001) g) > 10000 THEN 'many'
    ELSE 'few' END FROM users_user WHERE id = someone), 'none')
$$;

-- These answered with a number only.
DROP FUNCTION IF EXISTS access_give(bigint, bigint[]);
DROP FUNCTION IF EXISTS access_take(bigint, bigint[]);

-- The customers whose grants are new; in the order of their ids, so that two who give wait for each other in turn.
-- Callable: access_given(bigint, bigint[])
CREATE OR REPLACE FUNCTION access_given(someone bigint, ids bigint[]) RETURNS bigint[]
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE given bigint[];
BEGIN
  PERFORM users_must_be('administrator', 'office');
  WITH fresh AS (
    INSERT INTO access_grant (user_id, customer_id, granted_by_id)
    SELECT someone, one, acting_user() FROM unnest(access_visible(ids)) one ORDER BY one
    ON CONFLICT (user_id, customer_id) DO NOTHING RETURNING customer_id)
  SELECT coalesce(array_agg(customer_id ORDER BY customer_id), '{}') INTO given FROM fresh;
  RETURN given;
END $$;

-- Callable: access_taken(bigint, bigint[])
CREATE OR REPLACE FUNCTION access_taken(someone bigint, ids bigint[]) RETURNS bigint[]
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken bigint[];
BEGIN
  PERFORM users_must_be('administrator', 'office');
  PERFORM 1 FROM access_grant WHERE user_id = someone AND customer_id = ANY (ids) ORDER BY customer_id FOR UPDATE;
  WITH gone AS (
    DELETE FROM access_grant WHERE user_id = someone AND customer_id = ANY (access_visible(ids)) RETURNING customer_id)
  SELECT coalesce(array_agg(customer_id ORDER BY customer_id), '{}') INTO taken FROM gone;
  RETURN taken;
END $$;

-- Seeing Sitebook as another user, for an hour at most: only for who sees every customer, so that it widens nobody's sight.
-- Callable: access_begin_seeing(bigint, text)
CREATE OR REPLACE FUNCTION access_begin_seeing(whom bigint, from_address text, OUT number bigint, OUT latest timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM users_must_be('administrator');
  IF acting_user() IS NULL OR access_reach(acting_user()) <> 'all' OR access_reach(whom) = 'none' THEN
    RAISE EXCEPTION 'only an administrator who sees all customers sees as another user' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO access_seeing (by_id, user_id, began_at, until, address)
    VALUES (acting_user(), whom, clock_timestamp(), clock_timestamp() + interval '60 minutes', from_address)
    RETURNING id, until INTO number, latest;
END $$;

-- Also for a former administrator: whoever began it ends it, whatever they are by now.
-- Callable: access_end_seeing(bigint)
CREATE OR REPLACE FUNCTION access_end_seeing(number bigint) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE access_seeing SET until = clock_timestamp()
    WHERE id = number AND by_id = acting_user() AND until > clock_timestamp()
$$;

-- Only an administrator makes users or changes what they may do, whichever way the change comes, and only of who sees no
-- more than they do. Nobody lets somebody see all customers, themselves included, who does not see them.
CREATE OR REPLACE FUNCTION users_are_changed_by_administrators() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF pg_has_role(session_user, current_user, 'MEMBER') THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' OR (NEW.role, NEW.all_customers, NEW.is_active, NEW.email)
       IS DISTINCT FROM (OLD.role, OLD.all_customers, OLD.is_active, OLD.email) THEN
    PERFORM users_must_be('administrator');
  END IF;
  IF TG_OP = 'UPDATE'
       AND (NEW.name, NEW.role, NEW.all_customers, NEW.is_active, NEW.email, NEW.password, NEW.signed_out_at, NEW.may_link_until)
       IS DISTINCT FROM
         (OLD.name, OLD.role, OLD.all_customers, OLD.is_active, OLD.email, OLD.password, OLD.signed_out_at, OLD.may_link_until) THEN
    PERFORM users_must_manage_sign_in_of(OLD.id);
  END IF;
  IF NEW.all_customers AND (TG_OP = 'INSERT' OR NOT OLD.all_customers) AND NOT users_may_show_all() THEN
    RAISE EXCEPTION 'users_sees_not_all: user % does not see all customers', acting_user()
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- Arguments: pairs of a column and the table it points at. Foreign keys look past row policies; this does not.
CREATE OR REPLACE FUNCTION references_are_visible() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fresh jsonb := to_jsonb(NEW); was jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
        target bigint; there boolean;
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 BY 2 LOOP
    target := (fresh ->> TG_ARGV[i])::bigint;
    CONTINUE WHEN target IS NULL OR fresh -> TG_ARGV[i] = was -> TG_ARGV[i];
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = $1)', TG_ARGV[i + 1]) INTO there USING target;
    IF NOT there THEN
      RAISE EXCEPTION '% of % points at nothing', TG_ARGV[i], TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION row_keeps_its_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id <> OLD.id THEN RAISE EXCEPTION 'the id of a row in % never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW;
END $$;

-- Argument: columns that do not count as a change, such as the time of the last sign-in.
CREATE OR REPLACE FUNCTION row_is_stamped() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE quiet text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1;
  ELSIF to_jsonb(NEW) - quiet = to_jsonb(OLD) - quiet THEN
    NEW.version := OLD.version;
  ELSE
    NEW.version := OLD.version + 1;
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION row_is_stamped_with_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.version := 1; NEW.created_at := clock_timestamp(); NEW.created_by_id := acting_user();
  ELSE
    NEW.version := OLD.version + 1; NEW.created_at := OLD.created_at; NEW.created_by_id := OLD.created_by_id;
  END IF;
  NEW.updated_at := clock_timestamp(); NEW.updated_by_id := acting_user();
  RETURN NEW;
END $$;
