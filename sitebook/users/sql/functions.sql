-- Replaced each time the schema is migrated.

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
CREATE OR REPLACE FUNCTION users_second_factors(someone bigint)
  RETURNS TABLE (kind text, since timestamptz, last_used timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM access_must_be('administrator');
  RETURN QUERY SELECT a.type::text, a.created_at, a.last_used_at FROM mfa_authenticator a
    WHERE a.user_id = someone AND a.type <> 'recovery_codes' ORDER BY a.created_at;
END $$;

CREATE OR REPLACE FUNCTION users_remove_second_factors(someone bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
  PERFORM access_must_be('administrator');
  DELETE FROM mfa_authenticator WHERE user_id = someone;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;
