-- Replaced each time the schema is migrated.

-- What people call their views and narrow them by, private ones too: only to find a person who is to be erased.
-- Callable: lists_all_views()
CREATE OR REPLACE FUNCTION lists_all_views() RETURNS TABLE (id bigint, name text, query text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM users_must_be('administrator');
  RETURN QUERY SELECT v.id, v.name::text, v.query::text FROM lists_view v;
END $$;

-- Callable: lists_forget(bigint[])
CREATE OR REPLACE FUNCTION lists_forget(ids bigint[]) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
  PERFORM users_must_be('administrator');
  DELETE FROM lists_view WHERE id = ANY (ids);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
