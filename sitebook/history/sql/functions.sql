-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- The customer of a row whose parent carries it in a column, or is the customer (column "id"); none where there is no
-- such column.
DROP FUNCTION IF EXISTS parent_customer(text, bigint);
CREATE OR REPLACE FUNCTION parent_customer(parent text, customer_column text, parent_id bigint) RETURNS bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE found bigint;
BEGIN
  IF customer_column = 'id' THEN RETURN parent_id; END IF;
  IF customer_column = '' THEN RETURN NULL; END IF;
  EXECUTE format('SELECT %I FROM %I WHERE id = $1', customer_column, parent) INTO found USING parent_id;
  RETURN found;
END $$;

CREATE OR REPLACE FUNCTION history_hidden(key text, value jsonb, secrets text[]) RETURNS jsonb
  LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN key = ANY (secrets) AND value <> 'null'::jsonb THEN '"secret"'::jsonb ELSE value END;

-- A row with what one of its columns holds by keys as "column.key" each. With another version of the row also what only
-- that one has, as nothing.
CREATE OR REPLACE FUNCTION history_parted(part text, r jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN coalesce(r -> part, '{}') = '{}' AND coalesce(other -> part, '{}') = '{}' THEN r - part
    ELSE r - part || (SELECT coalesce(jsonb_object_agg(part || '.' || key, value), '{}') FROM (
      SELECT key, 'null'::jsonb AS value FROM jsonb_object_keys(coalesce(other -> part, '{}')) key
        WHERE NOT r -> part ? key
      UNION ALL SELECT key, value FROM jsonb_each(r -> part)) each) END;

-- A row as its fields: custom fields and specifications each by itself.
CREATE OR REPLACE FUNCTION history_flat(r jsonb, other jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN history_parted('specifications', history_parted('custom', r, other), other);

-- Arguments: 0 kind, 1 customer column, 2 parent table, 3 parent column, 4 secret columns, 5 quiet columns, 6 customer
-- column of the parent.
-- A plan is kept for the session: one made for a single row would join thousands of old and new rows by nested loops.
CREATE OR REPLACE FUNCTION history_record() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
DECLARE
  secrets text[] := string_to_array(TG_ARGV[4], ',');
  quiet text[] := string_to_array(TG_ARGV[5], ',');
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO history_change (kind, record_id, subject_kind, subject_id, customer_id, action, changes,
                                actor_id, via, request_id, reason, db_user)
    SELECT TG_ARGV[0], (r->>'id')::bigint, s.kind, s.id, s.customer, 'made', c.changes,
           acting_user(), s.via, s.request, s.reason, session_user
    FROM (SELECT to_jsonb(n) AS r FROM new_rows n) x
    CROSS JOIN LATERAL history_subject(TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[6], r) s
    CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(null, history_hidden(key, value, secrets))), '{}') AS changes
                        FROM jsonb_each(history_flat(r)) WHERE value NOT IN ('null', '""', '[]', '{}') AND key <> ALL (quiet)) c;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO history_change (kind, record_id, subject_kind, subject_id, customer_id, action, changes,
                                actor_id, via, request_id, reason, db_user)
    SELECT TG_ARGV[0], (r->>'id')::bigint, s.kind, s.id, s.customer, 'deleted', c.changes,
           acting_user(), s.via, s.request, s.reason, session_user
    FROM (SELECT to_jsonb(o) AS r FROM old_rows o) x
    CROSS JOIN LATERAL history_subject(TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[6], r) s
    CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(key, jsonb_build_array(history_hidden(key, value, secrets), null)), '{}') AS changes
                        FROM jsonb_each(history_flat(r)) WHERE value NOT IN ('null', '""', '[]', '{}') AND key <> ALL (quiet)) c;
  ELSE
    INSERT INTO history_change (kind, record_id, subject_kind, subject_id, customer_id, action, changes,
                                actor_id, via, request_id, reason, db_user)
    SELECT TG_ARGV[0], (r->>'id')::bigint, s.kind, s.id, s.customer, 'changed', c.changes,
           acting_user(), s.via, s.request, s.reason, session_user
    FROM (SELECT to_jsonb(o) AS was, to_jsonb(n) AS r FROM old_rows o JOIN new_rows n USING (id)) x
    CROSS JOIN LATERAL history_subject(TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3], TG_ARGV[6], r) s
    CROSS JOIN LATERAL (SELECT jsonb_object_agg(n.key, jsonb_build_array(history_hidden(n.key, o.value, secrets),
                                                                      history_hidden(n.key, n.value, secrets))) AS changes
                        FROM jsonb_each(history_flat(was, r)) o JOIN jsonb_each(history_flat(r, was)) n USING (key)
                        WHERE o.value IS DISTINCT FROM n.value AND n.key <> ALL (quiet)) c
    WHERE c.changes IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;

-- Where a change belongs: the record on whose page it shows, its customer, and who came by which path.
DROP FUNCTION IF EXISTS history_subject(text, text, text, text, jsonb);
CREATE OR REPLACE FUNCTION history_subject(kind_of text, customer_column text, parent text, parent_column text,
    parents_customer_column text, r jsonb,
    OUT kind text, OUT id bigint, OUT customer bigint, OUT via text, OUT request text, OUT reason text)
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF left(parent, 1) = ':' THEN parent := r ->> substr(parent, 2); END IF;
  kind := CASE WHEN parent = '' THEN kind_of ELSE parent END;
  id := (r ->> CASE WHEN parent = '' THEN 'id' ELSE parent_column END)::bigint;
  customer := CASE WHEN customer_column <> '' THEN (r ->> customer_column)::bigint
                   WHEN parent <> '' THEN parent_customer(parent, parents_customer_column, id) END;
  via := coalesce(nullif(current_setting('sitebook.via', true), ''), 'sql');
  request := coalesce(current_setting('sitebook.request', true), '');
  reason := coalesce(current_setting('sitebook.reason', true), '');
END $$;

-- The partitions of this month, of those ahead and of every month whose rows fell into the default one: a clock that ran
-- ahead, or months in which nothing was prepared. Returns how many were made.
-- Callable: history_make_partitions(int, date)
CREATE OR REPLACE FUNCTION history_make_partitions(ahead int DEFAULT 3, today date DEFAULT current_date) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE first date; name text; made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('history_make_partitions'));
  FOR first IN
    SELECT (date_trunc('month', today) + make_interval(months => month))::date FROM generate_series(0, ahead) month
    UNION SELECT date_trunc('month', at)::date FROM history_change_default ORDER BY 1
  LOOP
    name := 'history_change_' || to_char(first, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
    -- Nobody writes between the moving and the attaching: their row might belong to the new one.
    LOCK TABLE history_change IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE %I (LIKE history_change INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('WITH moved AS (DELETE FROM history_change_default WHERE at >= %L AND at < %L RETURNING *)
                    INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT * FROM moved', first, first + interval '1 month', name);
    EXECUTE format('ALTER TABLE history_change ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, first + interval '1 month');
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;

-- One salted digest a value, so that a value can be erased and the chain still verifies.
CREATE OR REPLACE FUNCTION history_proof(changes jsonb, reason text) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
  SELECT jsonb_object_agg(key, jsonb_build_object('salt', salt, 'digest', history_value_digest(salt, key, value)))
  FROM (SELECT key, value, gen_random_uuid()::text AS salt
        FROM jsonb_each(changes || jsonb_build_object(':reason', reason)) OFFSET 0) v
$$;

CREATE OR REPLACE FUNCTION history_value_digest(salt text, key text, value jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE RETURN encode(sha256(convert_to(salt || '|' || key || '|' || value::text, 'UTF8')), 'hex');

CREATE OR REPLACE FUNCTION history_row_digest(c history_change) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(concat_ws('|', c.id, extract(epoch FROM c.at), c.kind, c.record_id, c.subject_kind, c.subject_id,
      coalesce(c.customer_id, 0), c.action, coalesce(c.actor_id, 0), c.via, c.request_id, c.db_user,
      (SELECT string_agg(key || ':' || (value ->> 'digest'), ',' ORDER BY key COLLATE "C") FROM jsonb_each(c.proof))), 'UTF8'))
$$;

CREATE OR REPLACE FUNCTION history_erasure_digest(e history_erasure) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(concat_ws('|', e.id, extract(epoch FROM e.at), e.change_id, array_to_string(e.keys, ','),
      coalesce(e.actor_id, 0), e.db_user), 'UTF8'))
$$;

-- What a seal says: over the seal before, its changes, the erasures since, and its own columns. Seals of form 1 covered no
-- columns of their own and no erasures.
CREATE OR REPLACE FUNCTION history_seal_digest(s history_seal, before bytea, changes bytea, erasures bytea) RETURNS bytea
  LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN s.form = 1 THEN sha256(before || changes) ELSE sha256(before || sha256(changes) || sha256(erasures)
    || convert_to(concat_ws('|', s.form, s.id, extract(epoch FROM s.made_at), extract(epoch FROM s.up_to),
         extract(epoch FROM s.open_since), s.next_transaction, s.changes, s.erasures, s.total), 'UTF8')) END
$$;

-- Seals all that is not sealed yet and can be seen: by the order of transactions, whatever time a change bears. What is
-- still under way goes into the next seal; "open_since" says which times such a change may bear. Returns how many
-- changes, 0 when there was nothing to seal. An empty seal is made when the clock was put back since the last one, so
-- that the chain itself tells which times are to be trusted.
-- Callable: history_make_seal(timestamptz)
DROP FUNCTION IF EXISTS history_make_seal(timestamptz);
CREATE FUNCTION history_make_seal(made timestamptz DEFAULT clock_timestamp()) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE last history_seal; link history_seal; now_running pg_snapshot; oldest xid8; rows bytea; erased bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('history_make_seal'));
  now_running := pg_current_snapshot();
  SELECT * INTO last FROM history_seal s ORDER BY s.id DESC LIMIT 1;
  link.id := coalesce(last.id, 0) + 1;
  link.form := 2;
  link.made_at := made;
  link.up_to := made;
  link.next_transaction := pg_snapshot_xmax(now_running);
  SELECT min(x) INTO oldest FROM pg_snapshot_xip(now_running) x WHERE x IS DISTINCT FROM pg_current_xact_id_if_assigned();
  link.open_since := CASE WHEN oldest IS NULL THEN made WHEN last.id IS NULL THEN least(pg_postmaster_start_time(), made)
                         WHEN oldest >= last.next_transaction THEN least(last.made_at, made)
                         ELSE least(last.open_since, made) END;
  WITH sealed AS (
    UPDATE history_change c SET proof = history_proof(c.changes, c.reason), seal_id = link.id WHERE c.seal_id IS NULL
    RETURNING c.id, history_row_digest(c) AS digest)
  SELECT count(*), coalesce(string_agg(digest, ''::bytea ORDER BY id), '') INTO link.changes, rows FROM sealed;
  WITH sealed AS (
    UPDATE history_erasure e SET seal_id = link.id WHERE e.seal_id IS NULL RETURNING e.id, history_erasure_digest(e) AS digest)
  SELECT count(*), coalesce(string_agg(digest, ''::bytea ORDER BY id), '') INTO link.erasures, erased FROM sealed;
  IF link.changes = 0 AND link.erasures = 0 AND coalesce(last.made_at <= made, true) THEN RETURN 0; END IF;
  link.total := coalesce(last.total, 0) + link.changes;
  link.digest := history_seal_digest(link, coalesce(last.digest, ''), rows, erased);
  INSERT INTO history_seal SELECT link.*;
  RETURN link.changes;
END $$;

-- For each seal the earliest time that a change in it may bear: what was settled when the newest seal before it was made,
-- of those whose clock was not ahead. The row without a seal is for what is not sealed yet.
CREATE OR REPLACE FUNCTION history_earliest(now timestamptz) RETURNS TABLE (seal bigint, earliest timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE link record; made timestamptz[] := '{}'; since timestamptz[] := '{}'; top int := 0;
BEGIN
  FOR link IN SELECT s.id, s.made_at, s.open_since FROM history_seal s
              UNION ALL SELECT NULL, now, now ORDER BY 1 NULLS LAST LOOP
    WHILE top > 0 AND made[top] > link.made_at LOOP top := top - 1; END LOOP;
    IF top > 0 THEN seal := link.id; earliest := since[top]; RETURN NEXT; END IF;
    top := top + 1;
    made[top] := link.made_at;
    since[top] := link.open_since;
  END LOOP;
END $$;

-- Every fault found, none when the chain holds. A value without salt was erased on purpose, and an erasure says so.
-- Callable: history_faults(timestamptz)
DROP FUNCTION IF EXISTS history_faults();
CREATE OR REPLACE FUNCTION history_faults(now timestamptz DEFAULT clock_timestamp())
  RETURNS TABLE (seal bigint, change bigint, fault text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE link record; expected bigint := 1; total numeric := 0; form int := 1;
BEGIN
  change := NULL;
  FOR link IN
    WITH rows AS (SELECT c.seal_id, count(*) AS n, string_agg(history_row_digest(c), ''::bytea ORDER BY c.id) AS digests
                  FROM history_change c WHERE c.seal_id IS NOT NULL GROUP BY c.seal_id),
      erased AS (SELECT e.seal_id, count(*) AS n, string_agg(history_erasure_digest(e), ''::bytea ORDER BY e.id) AS digests
                 FROM history_erasure e WHERE e.seal_id IS NOT NULL GROUP BY e.seal_id)
    SELECT s.*, coalesce(r.n, 0) AS n, coalesce(e.n, 0) AS erased,
      history_seal_digest(s, coalesce(lag(s.digest) OVER (ORDER BY s.id), ''), coalesce(r.digests, ''), coalesce(e.digests, '')) AS whole
    FROM history_seal s LEFT JOIN rows r ON r.seal_id = s.id LEFT JOIN erased e ON e.seal_id = s.id ORDER BY s.id
  LOOP
    total := total + link.changes;
    seal := link.id;
    IF link.id <> expected THEN
      seal := expected;
      fault := CASE WHEN link.id = expected + 1 THEN 'the seal is missing'
                    ELSE format('this seal and the next ones up to %s are missing', link.id - 1) END;
      RETURN NEXT;
      seal := link.id;
    END IF;
    expected := link.id + 1;
    IF link.n <> link.changes THEN
      fault := format('%s changes were sealed, %s are there', link.changes, link.n); RETURN NEXT;
    ELSIF link.erased <> link.erasures THEN
      fault := format('%s erasures were sealed, %s are there', link.erasures, link.erased); RETURN NEXT;
    ELSIF link.whole <> link.digest THEN
      fault := 'the seal does not fit its changes'; RETURN NEXT;
    END IF;
    IF link.total <> total OR link.form < form OR link.form NOT IN (1, 2) THEN
      fault := 'the seal does not fit the seals before it'; RETURN NEXT;
    END IF;
    form := greatest(form, link.form);
  END LOOP;
  RETURN QUERY
    SELECT c.seal_id, NULL::bigint, format('%s changes carry a seal that is not there', count(*))
    FROM history_change c WHERE c.seal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.id = c.seal_id)
    GROUP BY c.seal_id;
  RETURN QUERY
    SELECT e.seal_id, e.change_id, 'its erasure carries a seal that is not there'
    FROM history_erasure e WHERE e.seal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.id = e.seal_id);
  RETURN QUERY
    SELECT c.seal_id, c.id, format('the value of %s is not the one that was sealed', p.key)
    FROM history_change c CROSS JOIN LATERAL jsonb_each(c.proof) p
    WHERE c.seal_id IS NOT NULL AND p.value ->> 'salt' IS NOT NULL
      AND p.value ->> 'digest' <> history_value_digest(p.value ->> 'salt', p.key,
            CASE WHEN p.key = ':reason' THEN to_jsonb(c.reason) ELSE coalesce(c.changes -> p.key, 'null') END);
  RETURN QUERY
    SELECT c.seal_id, c.id, format('the value of %s was not there when it was sealed', k)
    FROM history_change c CROSS JOIN LATERAL jsonb_object_keys(c.changes) k
    WHERE c.seal_id IS NOT NULL AND NOT coalesce(c.proof ? k, false);
  RETURN QUERY
    SELECT c.seal_id, c.id, 'the reason was not there when it was sealed'
    FROM history_change c WHERE c.seal_id IS NOT NULL AND c.reason <> '' AND NOT coalesce(c.proof ? ':reason', false);
  RETURN QUERY
    SELECT c.seal_id, c.id, CASE WHEN NOT coalesce(named.yes, false)
             THEN format('the value of %s is gone, and no erasure says so', p.key)
             ELSE format('in place of the erased value of %s another one was put', p.key) END
    FROM history_change c CROSS JOIN LATERAL jsonb_each(c.proof) p
    LEFT JOIN LATERAL (SELECT true AS yes FROM history_erasure e WHERE e.change_id = c.id AND p.key = ANY (e.keys) LIMIT 1) named ON true
    WHERE c.seal_id IS NOT NULL AND p.value ->> 'salt' IS NULL
      AND NOT (coalesce(named.yes, false) AND CASE WHEN p.key = ':reason' THEN c.reason IN ('', 'erased')
                                              ELSE coalesce(history_is_erased(c.changes -> p.key), false) END);
  -- A change is written when it happens. One that lies well before what was settled when an earlier seal was made was put
  -- in afterwards; the hour is for a clock that is put right by less.
  RETURN QUERY
    SELECT c.seal_id, c.id, format('was added after the changes up to %s had been sealed', e.earliest)
    FROM history_change c JOIN history_earliest(now) e ON e.seal IS NOT DISTINCT FROM c.seal_id
    WHERE c.at < e.earliest - interval '1 hour';
END $$;

-- Erasing a person: a value goes with its salt, its digest stays, and the chain still verifies. In its place stands the
-- word "erased" and never anything else, so that nobody changes a value by pretending to erase it. What was erased, by
-- whom, is written down and sealed itself.
CREATE OR REPLACE FUNCTION history_blanked(pair jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE
  RETURN (SELECT jsonb_agg(CASE WHEN v = 'null'::jsonb THEN v ELSE '"erased"'::jsonb END) FROM jsonb_array_elements(pair) v);

CREATE OR REPLACE FUNCTION history_is_erased(pair jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN jsonb_typeof(pair) = 'array' THEN pair = history_blanked(pair) ELSE false END;

-- Erases values of records of one kind, in every change of theirs: of these columns all values, or with a pattern
-- (a regular expression, case apart) those that hold it. The column ":reason" is the change's reason. With a customer
-- only what is filed under it. Returns how many changes were touched. For administrators who see all customers.
-- Callable: history_erase(text, bigint[], text[], text, bigint)
CREATE OR REPLACE FUNCTION history_erase(of_kind text, ids bigint[], columns text[], pattern text, of_customer bigint)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE touched bigint;
BEGIN
  PERFORM users_must_be('administrator');
  IF acting_user() IS NOT NULL AND access_reach(acting_user()) <> 'all' THEN
    RAISE EXCEPTION 'only who sees all customers erases a person' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A seal being made reads the same rows.
  PERFORM pg_advisory_xact_lock(hashtext('history_make_seal'));
  WITH hit AS (
    SELECT c.id, c.at, array_agg(v.key) AS keys
    FROM history_change c
    CROSS JOIN LATERAL jsonb_each(c.changes || CASE WHEN c.reason = '' THEN '{}' ELSE jsonb_build_object(':reason', c.reason) END) v
    WHERE c.kind = of_kind AND c.record_id = ANY (ids) AND (of_customer IS NULL OR c.customer_id = of_customer)
      AND v.key = ANY (columns) AND (pattern IS NULL OR v.value::text ~* pattern)
    GROUP BY c.id, c.at),
  blanked AS (
    UPDATE history_change c SET
      changes = (SELECT coalesce(jsonb_object_agg(key, CASE WHEN key = ANY (hit.keys) THEN history_blanked(value) ELSE value END), '{}')
                 FROM jsonb_each(c.changes)),
      reason = CASE WHEN ':reason' = ANY (hit.keys) THEN 'erased' ELSE c.reason END,
      proof = (SELECT jsonb_object_agg(key, CASE WHEN key = ANY (hit.keys) THEN value - 'salt' ELSE value END) FROM jsonb_each(c.proof))
    FROM hit WHERE c.id = hit.id AND c.at = hit.at RETURNING c.id)
  INSERT INTO history_erasure (change_id, keys, actor_id, db_user)
    SELECT hit.id, hit.keys, acting_user(), session_user FROM hit JOIN blanked USING (id) ORDER BY hit.id;
  GET DIAGNOSTICS touched = ROW_COUNT;
  RETURN touched;
END $$;

SELECT history_make_partitions();
