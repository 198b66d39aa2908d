-- Replaced each time the schema is migrated.

-- Callable: acting_user()
CREATE OR REPLACE FUNCTION acting_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('sitebook.user', true), '')::bigint;

-- This one stood in another room.
DROP FUNCTION IF EXISTS access_must_be(text[]);

-- A command at the machine acts without a user; everybody else needs one of these roles.
-- Callable: users_must_be(text[])
CREATE OR REPLACE FUNCTION users_must_be(VARIADIC roles text[]) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL AND current_setting('sitebook.via', true) = 'command' THEN RETURN; END IF;
  IF NOT EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND role = ANY (roles)) THEN
    RAISE EXCEPTION 'this needs one of the roles %', array_to_string(roles, ', ') USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- Two administrators who switch each other off at once would leave nobody: they wait for each other here.
CREATE OR REPLACE FUNCTION an_administrator_remains() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('an_administrator_remains'));
  IF NOT EXISTS (SELECT 1 FROM users_user WHERE role = 'administrator' AND is_active) THEN
    RAISE EXCEPTION 'an_administrator_remains: somebody who may sign in must stay administrator'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'an_administrator_remains';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER an_administrator_remains AFTER UPDATE ON users_user FOR EACH ROW
  WHEN (OLD.role = 'administrator' AND OLD.is_active AND NOT (NEW.role = 'administrator' AND NEW.is_active))
  EXECUTE FUNCTION an_administrator_remains();

-- What an administrator may know of how others sign in, and take away. What they sign in with stays hidden.
-- Callable: users_second_factors(bigint)
CREATE OR REPLACE FUNCTION users_second_factors(someone bigint)
  RETURNS TABLE (kind text, since timestamptz, last_used timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM users_must_be('administrator');
  RETURN QUERY SELECT a.type::text, a.created_at, a.last_used_at FROM mfa_authenticator a
    WHERE a.user_id = someone AND a.type <> 'recovery_codes' ORDER BY a.created_at;
END $$;

-- Callable: users_remove_second_factors(bigint)
CREATE OR REPLACE FUNCTION users_remove_second_factors(someone bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
  PERFORM users_must_be('administrator');
  DELETE FROM mfa_authenticator WHERE user_id = someone;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
-- Callable: users_is_administrator()
CREATE OR REPLACE FUNCTION users_is_administrator() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND role = 'administrator')
$$;

-- Whose token this is and what for, asked before anybody is known. Its last use is written down once a minute, by one
-- of those who come at the same time: the others wait for no long call.
-- Callable: users_by_token(text)
CREATE OR REPLACE FUNCTION users_by_token(wanted text) RETURNS TABLE (token bigint, owner bigint, may text[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users_token SET last_used_at = now() WHERE id = (
    SELECT t.id FROM users_token t
    WHERE t.digest = wanted AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute')
      AND t.revoked_at IS NULL AND t.expires_at > now()
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN QUERY SELECT t.id, u.id, t.scopes::text[] FROM users_token t JOIN users_user u ON u.id = t.user_id
    WHERE t.digest = wanted AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active;
END $$;

-- Nobody makes a token for somebody else, nor lengthens one: a row is new, or only revoked.
CREATE OR REPLACE FUNCTION a_token_is_its_owners() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND acting_user() IS NOT NULL AND NEW.user_id <> acting_user() THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a token is made by its owner' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.digest, NEW.start, NEW.scopes, NEW.expires_at)
       IS DISTINCT FROM (OLD.user_id, OLD.digest, OLD.start, OLD.scopes, OLD.expires_at) THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a token is only revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a revoked token stays revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_token_is_its_owners BEFORE INSERT OR UPDATE ON users_token
  FOR EACH ROW EXECUTE FUNCTION a_token_is_its_owners();
