-- Replaced each time the schema is migrated.

-- A person who is erased is in no answer that waits to be given again.
-- Callable: api_forget(text)
CREATE OR REPLACE FUNCTION api_forget(pattern text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
  PERFORM users_must_be('administrator');
  DELETE FROM api_repeat WHERE concat_ws(chr(31), key, headers, body) ~* pattern;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
