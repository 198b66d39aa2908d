-- Replaced each time the schema is migrated.

-- What the world would call a change, or nothing where it need not know.
CREATE OR REPLACE FUNCTION outbox_event(kind text, action text, changes jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE
  RETURN CASE
    WHEN kind = 'customers_sitechange' AND action = 'made' THEN CASE changes #>> '{kind,1}'
      WHEN 'handed over' THEN 'site.handed_over' WHEN 'vacated' THEN 'site.vacated'
      WHEN 'split' THEN 'site.split' WHEN 'joined' THEN 'site.joined' END
    WHEN kind = 'customers_sitechange' AND changes ? 'reversed_at' THEN 'site.taken_back'
    WHEN kind = 'customers_sitechange' OR action = 'deleted' THEN NULL
    WHEN kind NOT IN ('customers_customer', 'customers_site', 'customers_contact', 'files_document') THEN NULL
    ELSE split_part(kind, '_', 2) || CASE
      WHEN action = 'made' THEN '.added'
      WHEN kind <> 'files_document' AND changes ? 'archived_at' AND changes #> '{archived_at,1}' <> 'null' THEN '.archived'
      WHEN kind <> 'files_document' AND changes ? 'archived_at' THEN '.restored'
      ELSE '.changed' END
  END;

-- In the transaction of the change, whichever way it came: nothing is told that did not happen, nothing that did is lost.
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
  PERFORM access_must_be('administrator');
  IF NEW.owner_id <> acting_user() AND access_reach(acting_user()) <> 'all'
     AND (TG_OP = 'INSERT' OR (NEW.owner_id, NEW.url) IS DISTINCT FROM (OLD.owner_id, OLD.url)) THEN
    RAISE EXCEPTION 'a webhook of somebody else is addressed by who sees all customers' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER webhooks_are_the_administrators BEFORE INSERT OR UPDATE ON outbox_webhook
  FOR EACH ROW EXECUTE FUNCTION webhooks_are_the_administrators();
