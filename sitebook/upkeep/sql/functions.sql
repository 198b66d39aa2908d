-- Regular work writes down when it began and ended. The worker alone does: nobody is acting then.

-- Callable: upkeep_begin(text, timestamptz)
CREATE OR REPLACE FUNCTION upkeep_begin(duty text, began timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM upkeep_must_be_the_worker();
  INSERT INTO upkeep_lastrun (name, state, begun_at, fault) VALUES (duty, 'running', began, '')
  ON CONFLICT (name) DO UPDATE SET state = 'running', begun_at = began;
END $$;

-- Held back since the clock jumped ahead: nothing is begun yet.
-- Callable: upkeep_hold(text, timestamptz)
CREATE OR REPLACE FUNCTION upkeep_hold(duty text, since timestamptz) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM upkeep_must_be_the_worker();
  UPDATE upkeep_lastrun SET state = 'held', begun_at = since, fault = '' WHERE name = duty;
END $$;

-- Without a fault it ended well.
-- Callable: upkeep_end(text, timestamptz, text)
CREATE OR REPLACE FUNCTION upkeep_end(duty text, ended timestamptz, why text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM upkeep_must_be_the_worker();
  UPDATE upkeep_lastrun SET state = CASE WHEN why = '' THEN 'done' ELSE 'failed' END, fault = why,
    finished_at = CASE WHEN why = '' THEN ended ELSE finished_at END WHERE name = duty;
END $$;

CREATE OR REPLACE FUNCTION upkeep_must_be_the_worker() RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NOT NULL THEN
    RAISE EXCEPTION 'only the worker notes regular work' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;
