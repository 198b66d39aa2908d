-- Replaced each time the schema is migrated.

-- In the transaction of the change, whichever way it came: nothing is told that did not happen, nothing that did is lost.
-- Which event a change is says outbox_event(), which events.py makes from what the models say.
CREATE OR REPLACE FUNCTION outbox_follow() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM outbox_webhook WHERE is_active) THEN RETURN NULL; END IF;
  INSERT INTO outbox_delivery (webhook_id, event, change_id, change_at, state, attempts)
    SELECT w.id, n.event, n.id, n.at, 'waiting', 0
    FROM (SELECT id, at, outbox_event(kind, action, changes) AS event FROM new_rows) n
    JOIN outbox_webhook w ON w.is_active AND (w.events = '{}' OR n.event = ANY (w.events))
    WHERE n.event IS NOT NULL
    ORDER BY n.id, w.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER outbox_follow AFTER INSERT ON history_change REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION outbox_follow();

-- Only administrators say who is told; who does not see all customers lets nobody be told more than they see.
CREATE OR REPLACE FUNCTION webhooks_are_the_administrators() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL THEN RETURN NEW; END IF;
  PERFORM users_must_be('administrator');
  IF NEW.owner_id <> acting_user() AND access_reach(acting_user()) <> 'all'
     AND (TG_OP = 'INSERT' OR (NEW.owner_id, NEW.url) IS DISTINCT FROM (OLD.owner_id, OLD.url)) THEN
    RAISE EXCEPTION 'a webhook of somebody else is addressed by who sees all customers' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER webhooks_are_the_administrators BEFORE INSERT OR UPDATE ON outbox_webhook
  FOR EACH ROW EXECUTE FUNCTION webhooks_are_the_administrators();
