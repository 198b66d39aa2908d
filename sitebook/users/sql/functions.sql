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
