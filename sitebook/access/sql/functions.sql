-- Replaced each time the schema is migrated. Owned by the plain table owner; callers gain only what stands here.

CREATE OR REPLACE FUNCTION allowed_customers() RETURNS bigint[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(customer_id), '{}') FROM access_grant WHERE user_id = acting_user()
$$;

CREATE OR REPLACE FUNCTION allowed_customer_rows() RETURNS SETOF bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 10000 AS $$
  SELECT customer_id FROM access_grant WHERE user_id = acting_user()
$$;

-- Which see-role a user's requests take: all, few (up to 2,000 customers), many, or none.
CREATE OR REPLACE FUNCTION access_reach(someone bigint) RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT CASE WHEN NOT is_active THEN 'none' WHEN all_customers THEN 'all'
    WHEN (SELECT count(*) FROM (SELECT 1 FROM access_grant WHERE user_id = someone LIMIT 2001) g) > 2000 THEN 'many'
    ELSE 'few' END FROM users_user WHERE id = someone), 'none')
$$;

-- A command at the machine acts without a user; everybody else needs one of these roles.
CREATE OR REPLACE FUNCTION access_must_be(VARIADIC roles text[]) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL AND current_setting('sitebook.via', true) = 'command' THEN RETURN; END IF;
  IF NOT EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND role = ANY (roles)) THEN
    RAISE EXCEPTION 'this needs one of the roles %', array_to_string(roles, ', ') USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- The maker of a customer sees it: the id and the grant come before the row, which the row policy then lets in.
CREATE OR REPLACE FUNCTION access_new_customer() RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE fresh bigint := nextval('customers_customer_id_seq');
BEGIN
  IF acting_user() IS NOT NULL AND access_reach(acting_user()) <> 'all' THEN
    INSERT INTO access_grant (user_id, customer_id, granted_by_id) VALUES (acting_user(), fresh, acting_user());
  END IF;
  RETURN fresh;
END $$;

-- Nobody gives or takes what they do not see themselves.
CREATE OR REPLACE FUNCTION access_visible(ids bigint[]) RETURNS bigint[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(c.id), '{}') FROM customers_customer c WHERE c.id = ANY (ids)
    AND (acting_user() IS NULL OR access_reach(acting_user()) = 'all' OR c.id = ANY (allowed_customers()))
$$;

-- These answered with a number only.
DROP FUNCTION IF EXISTS access_give(bigint, bigint[]);
DROP FUNCTION IF EXISTS access_take(bigint, bigint[]);

-- The customers whose grants are new; in the order of their ids, so that two who give wait for each other in turn.
CREATE OR REPLACE FUNCTION access_given(someone bigint, ids bigint[]) RETURNS bigint[]
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE given bigint[];
BEGIN
  PERFORM access_must_be('administrator', 'office');
  WITH fresh AS (
    INSERT INTO access_grant (user_id, customer_id, granted_by_id)
    SELECT someone, one, acting_user() FROM unnest(access_visible(ids)) one ORDER BY one
    ON CONFLICT (user_id, customer_id) DO NOTHING RETURNING customer_id)
  SELECT coalesce(array_agg(customer_id ORDER BY customer_id), '{}') INTO given FROM fresh;
  RETURN given;
END $$;

CREATE OR REPLACE FUNCTION access_taken(someone bigint, ids bigint[]) RETURNS bigint[]
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken bigint[];
BEGIN
  PERFORM access_must_be('administrator', 'office');
  PERFORM 1 FROM access_grant WHERE user_id = someone AND customer_id = ANY (ids) ORDER BY customer_id FOR UPDATE;
  WITH gone AS (
    DELETE FROM access_grant WHERE user_id = someone AND customer_id = ANY (access_visible(ids)) RETURNING customer_id)
  SELECT coalesce(array_agg(customer_id ORDER BY customer_id), '{}') INTO taken FROM gone;
  RETURN taken;
END $$;

-- Seeing Sitebook as another user, for an hour at most: only for who sees every customer, so that it widens nobody's sight.
CREATE OR REPLACE FUNCTION access_begin_seeing(whom bigint, from_address text, OUT number bigint, OUT latest timestamptz)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM access_must_be('administrator');
  IF acting_user() IS NULL OR access_reach(acting_user()) <> 'all' OR access_reach(whom) = 'none' THEN
    RAISE EXCEPTION 'only an administrator who sees all customers sees as another user' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO access_seeing (by_id, user_id, began_at, until, address)
    VALUES (acting_user(), whom, clock_timestamp(), clock_timestamp() + interval '60 minutes', from_address)
    RETURNING id, until INTO number, latest;
END $$;

-- Also for a former administrator: whoever began it ends it, whatever they are by now.
CREATE OR REPLACE FUNCTION access_end_seeing(number bigint) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE access_seeing SET until = clock_timestamp()
    WHERE id = number AND by_id = acting_user() AND until > clock_timestamp()
$$;

-- Only an administrator makes users or changes what they may do, whichever way the change comes.
CREATE OR REPLACE FUNCTION users_are_changed_by_administrators() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF pg_has_role(session_user, current_user, 'MEMBER') THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' OR (NEW.role, NEW.all_customers, NEW.is_active, NEW.email)
       IS DISTINCT FROM (OLD.role, OLD.all_customers, OLD.is_active, OLD.email) THEN
    PERFORM access_must_be('administrator');
  END IF;
  RETURN NEW;
END $$;
