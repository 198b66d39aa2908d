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

-- Whoever loses access is told nothing any more that was answered before: the answers to their requests go, their keys
-- stay, so that nothing is done a second time.
CREATE OR REPLACE FUNCTION api_withhold_answers() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_repeat SET withheld = true, headers = '{}', body = '' WHERE user_id IN (SELECT user_id FROM gone) AND NOT withheld;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER api_withhold_answers AFTER DELETE ON access_grant
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION api_withhold_answers();

CREATE OR REPLACE FUNCTION api_withhold_answers_of_one() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE api_repeat SET withheld = true, headers = '{}', body = '' WHERE user_id = NEW.id AND NOT withheld;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER api_withhold_answers AFTER UPDATE ON users_user
  FOR EACH ROW WHEN (OLD.all_customers AND NOT NEW.all_customers) EXECUTE FUNCTION api_withhold_answers_of_one();
