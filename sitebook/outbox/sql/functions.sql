-- Replaced each time the schema is migrated. What is queued says outbox_follow(), which events.py makes from what the models say.

-- Only administrators say who is told, and nobody lets others be told more than they see themselves. Who wrote the address
-- is noted: it is told of nothing that they do not see either, whatever its owner may see one day.
CREATE OR REPLACE FUNCTION webhooks_are_the_administrators() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' OR (NEW.owner_id, NEW.url) IS DISTINCT FROM (OLD.owner_id, OLD.url) THEN
    NEW.addressed_by_id := acting_user();
  ELSE
    NEW.addressed_by_id := OLD.addressed_by_id;
  END IF;
  IF acting_user() IS NULL THEN RETURN NEW; END IF;
  PERFORM users_must_be('administrator');
  IF NOT users_sees_no_more(NEW.owner_id) OR (TG_OP = 'UPDATE' AND NOT users_sees_no_more(OLD.owner_id)) THEN
    RAISE EXCEPTION 'a webhook sees as oneself or as somebody who sees no more' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER webhooks_are_the_administrators BEFORE INSERT OR UPDATE ON outbox_webhook
  FOR EACH ROW EXECUTE FUNCTION webhooks_are_the_administrators();

-- Whether a change may be told to a webhook's address, as far as who wrote it goes: asked by the worker when it is sent.
-- Callable: outbox_may_be_told(bigint, bigint, timestamptz)
CREATE OR REPLACE FUNCTION outbox_may_be_told(hook bigint, change bigint, changed_at timestamptz) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN acting_user() IS NULL AND outbox_writer_sees(hook, change, changed_at);
END $$;
