-- Replaced each time the schema is migrated. What is found how: docs/decisions/search.md.

-- Every text one keystroke short of a word, and the word itself: two words one slip apart share one of them
-- (dropped, added, doubled, wrong letter, two letters swapped).
-- Callable: search_slips(text)
CREATE OR REPLACE FUNCTION search_slips(word text) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT DISTINCT left(word, i) || substr(word, i + 2) FROM generate_series(0, length(word) - 1) i UNION SELECT word
$$;

-- Callable: search_words(text)
CREATE OR REPLACE FUNCTION search_words(plain text) RETURNS SETOF text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT DISTINCT word FROM regexp_split_to_table(plain, '[^[:alnum:]]+') word WHERE length(word) BETWEEN 3 AND 40
$$;

-- Digits as people dial them: without the sign, the optional zero in brackets and leading zeros.
-- Callable: search_digits(text)
CREATE OR REPLACE FUNCTION search_digits(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN ltrim(regexp_replace(typed, '\(0\)|\D', '', 'g'), '0');

-- The kinds that are searched: each has its function that says by what (indexing.py).
CREATE OR REPLACE FUNCTION search_kinds() RETURNS SETOF text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT substr(proname, 15) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'search_source_')
$$;

-- Writes the entries of these records anew from the function that says what is searched of their kind.
CREATE OR REPLACE FUNCTION search_write(kind_of text, ids bigint[]) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE before text[]; after text[]; living text;
BEGIN
  EXECUTE format($q$
    WITH source AS (SELECT * FROM %I() WHERE id = ANY ($2)),
    gone AS (DELETE FROM search_entry e WHERE e.kind = $1 AND e.record_id = ANY ($2)
             AND NOT EXISTS (SELECT 1 FROM source s WHERE s.id = e.record_id) RETURNING e.name AS was),
    written AS (
      INSERT INTO search_entry AS e (kind, record_id, customer_id, guest_id, everybodys, title, name, body)
      SELECT $1, id, customer_id, guest_id, everybodys, title, plain_text(title), plain_text(body) FROM source
      ON CONFLICT (kind, record_id) DO UPDATE SET customer_id = excluded.customer_id, guest_id = excluded.guest_id,
        everybodys = excluded.everybodys, title = excluded.title, name = excluded.name, body = excluded.body
      WHERE (e.customer_id, e.guest_id, e.everybodys, e.title, e.body)
        IS DISTINCT FROM (excluded.customer_id, excluded.guest_id, excluded.everybodys, excluded.title, excluded.body)
      RETURNING old.name AS was, new.name AS now)
    SELECT ARRAY(SELECT DISTINCT w FROM (SELECT was FROM gone UNION SELECT was FROM written) x, search_words(was) w),
           ARRAY(SELECT DISTINCT w FROM written, search_words(now) w)
  $q$, 'search_source_' || kind_of) INTO before, after USING kind_of, ids;
  WITH word AS (INSERT INTO search_word (word) SELECT unnest(after) EXCEPT SELECT unnest(before) ON CONFLICT DO NOTHING RETURNING word)
    INSERT INTO search_slip (slip, word) SELECT slip, word FROM word, search_slips(word) slip ON CONFLICT DO NOTHING;
  -- What no name holds any more is forgotten: an erased person's name must not live on as a word.
  before := ARRAY(SELECT unnest(before) EXCEPT SELECT unnest(after));
  IF before = '{}' THEN RETURN; END IF;
  SELECT string_agg(format('EXISTS (SELECT 1 FROM search_entry e WHERE e.kind = %L AND e.body LIKE ''%%'' || w.word || ''%%'' AND strpos(e.name, w.word) > 0)',
                           each.kind), ' OR ') INTO living FROM search_kinds() each(kind);
  EXECUTE format($q$
    WITH unused AS (DELETE FROM search_word w WHERE word = ANY ($1) AND NOT (%s) RETURNING word)
      DELETE FROM search_slip s USING unused WHERE s.word = unused.word $q$, living) USING before;
END $$;

-- Arguments: the kind whose entries the changed rows belong to, the column that names the record, and the columns that
-- are searched: an UPDATE that leaves them alone costs nothing here.
CREATE OR REPLACE FUNCTION search_follow() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE format('SELECT array_agg(DISTINCT v) FROM new_rows n JOIN old_rows o USING (id), LATERAL (VALUES (n.%1$I), (o.%1$I)) u(v)
                    WHERE v IS NOT NULL AND (%2$s) IS DISTINCT FROM (%3$s)', TG_ARGV[1],
                   'n.' || replace(TG_ARGV[2], ',', ', n.'), 'o.' || replace(TG_ARGV[2], ',', ', o.')) INTO ids;
  ELSE
    EXECUTE format('SELECT array_agg(DISTINCT %1$I) FROM %2$I WHERE %1$I IS NOT NULL', TG_ARGV[1],
                   CASE WHEN TG_OP = 'DELETE' THEN 'old_rows' ELSE 'new_rows' END) INTO ids;
  END IF;
  IF ids IS NOT NULL THEN PERFORM search_write(TG_ARGV[0], ids); END IF;
  RETURN NULL;
END $$;

-- Entries of the records that name what changed. Arguments: their kind, their column, the column there that equals it,
-- and the text that is searched.
CREATE OR REPLACE FUNCTION search_follow_named() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ids bigint[]; changed text;
BEGIN
  changed := CASE TG_OP
    WHEN 'UPDATE' THEN 'new_rows n JOIN old_rows o USING (id), LATERAL (VALUES (n.%3$I), (o.%3$I)) u(v)
                        WHERE (n.%3$I, n.%4$I) IS DISTINCT FROM (o.%3$I, o.%4$I)'
    WHEN 'INSERT' THEN '(SELECT %3$I AS v FROM new_rows) u'
    ELSE '(SELECT %3$I AS v FROM old_rows) u' END;
  EXECUTE format('SELECT array_agg(r.id) FROM %1$I r WHERE r.%2$I IN (SELECT u.v FROM ' || changed || ')',
                 TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]) INTO ids;
  IF ids IS NOT NULL THEN PERFORM search_write(TG_ARGV[0], ids); END IF;
  RETURN NULL;
END $$;

-- What the asker may see, as a condition on search_entry: policies cannot be asked, for an index that knows parts of
-- words is not used behind them. A few customers lead to their entries; of more than 200 the grants are read once for all
-- entries, since the planner weighs every id of a list in each statement anew; of more than 5,000 each entry asks for its own.
CREATE OR REPLACE FUNCTION search_allowed() RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE own bigint[];
BEGIN
  IF acting_user() IS NULL THEN RETURN CASE WHEN current_setting('sitebook.via', true) = 'command' THEN 'true' ELSE 'false' END; END IF;
  CASE access_reach(acting_user())
    WHEN 'all' THEN RETURN 'true';
    WHEN 'few', 'many' THEN own := ARRAY(SELECT customer_id FROM access_grant WHERE user_id = acting_user() LIMIT 5001);
    ELSE RETURN 'false';
  END CASE;
  IF cardinality(own) <= 200 THEN RETURN format('(customer_id = ANY (%1$L::bigint[]) OR guest_id = ANY (%1$L::bigint[]) OR everybodys)', own); END IF;
  IF cardinality(own) <= 5000 THEN
    RETURN format('(everybodys OR customer_id IN (SELECT customer_id FROM access_grant WHERE user_id = %1$s)
      OR guest_id IN (SELECT customer_id FROM access_grant WHERE user_id = %1$s))', acting_user());
  END IF;
  RETURN format('(everybodys OR (SELECT true FROM access_grant g WHERE g.user_id = %1$s AND g.customer_id = search_entry.customer_id)
    OR guest_id IS NOT NULL AND (SELECT true FROM access_grant g WHERE g.user_id = %1$s AND g.customer_id = search_entry.guest_id))', acting_user());
END $$;

-- Callable: search_escaped(text)
CREATE OR REPLACE FUNCTION search_escaped(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_');

-- Which of these words stand in a name that the asker may see (allowed: as search_allowed() says), up to so many, in their
-- order. Others' names must not even choose which words are tried: whoever plants near-words would read from the answer
-- whether a word stands in a hidden name.
CREATE OR REPLACE FUNCTION search_words_seen(words text[], allowed text, most int) RETURNS text[]
  LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE one text; each text; found text[] := '{}'; there boolean; expression text;
BEGIN
  IF words IS NULL OR allowed = 'true' THEN RETURN words[:most]; END IF;
  -- Many words are looked for in one pass through what somebody with up to 5,000 customers sees.
  IF cardinality(words) > 4 AND (SELECT count(*) <= 5000 FROM (SELECT FROM access_grant WHERE user_id = acting_user() LIMIT 5001) g) THEN
    expression := '(^|[^[:alnum:]])(' || array_to_string(words, '|') || ')($|[^[:alnum:]])';
    found := ARRAY(SELECT DISTINCT w FROM (
      SELECT name FROM access_grant g JOIN search_entry e ON e.customer_id = g.customer_id
        WHERE g.user_id = acting_user() AND name ~ expression
      UNION ALL SELECT name FROM search_entry WHERE everybodys AND name ~ expression) e, search_words(e.name) w WHERE w = ANY (words));
    RETURN (ARRAY(SELECT w FROM unnest(words) WITH ORDINALITY u(w, i) WHERE w = ANY (found) ORDER BY i))[:most];
  END IF;
  FOREACH one IN ARRAY words LOOP
    FOR each IN SELECT search_kinds() LOOP
      -- Only where the part stands at all the name is cut into words; of a few customers their index is read instead.
      EXECUTE format('SELECT EXISTS (SELECT 1 FROM search_entry WHERE kind = %L AND body LIKE %L AND %s AND strpos(name, %L) > 0
                        AND %L IN (SELECT search_words(name)))', each, '%' || one || '%', allowed, one, one) INTO there;
      IF there THEN found := found || one; EXIT; END IF;
    END LOOP;
    EXIT WHEN cardinality(found) >= most;
  END LOOP;
  RETURN found;
END $$;

-- Words of names the asker may see that are one slip away from this one: a letter dropped, added, doubled, wrong, or two
-- swapped. The likeliest first.
DROP FUNCTION IF EXISTS search_meant(text, int);
CREATE OR REPLACE FUNCTION search_meant(word text, allowed text, most int) RETURNS text[]
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT search_words_seen(array_agg(near.word ORDER BY length(near.word) <> length($1), left(near.word, 1) <> left($1, 1),
                                     near.word COLLATE "C"), $2, $3) FROM (
    SELECT DISTINCT s.word FROM search_slip s WHERE s.slip IN (SELECT search_slips($1)) AND s.word <> $1
      AND (levenshtein_less_equal(s.word, $1, 1) <= 1
           OR (length(s.word) = length($1) AND levenshtein_less_equal(s.word, $1, 2) = 2
               AND (SELECT count(*) FROM generate_series(1, length($1) - 1) i WHERE substr($1, i, 1) = substr(s.word, i + 1, 1)
                    AND substr($1, i + 1, 1) = substr(s.word, i, 1) AND substr($1, i, 2) <> substr(s.word, i, 2)) >= 1))) near
$$;

-- A word of a record, as typed or one slip away in its name; as a condition on search_entry.
CREATE OR REPLACE FUNCTION search_meant_as(word text, meant text[]) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT format('(body LIKE %L%s)', '%' || search_escaped($1) || '%',
                (SELECT string_agg(format(' OR body LIKE %L AND strpos(name, %L) > 0', '%' || one || '%', one), '') FROM unnest(meant) one))
$$;

-- A record in which every word of the query, or one it may have been meant as, stands; each meant word in turn, so that
-- a frequent one does not crowd out the others. First come those whose name has the rest of the query as well, such as
-- the number of a house: rank 5, else 6.
CREATE OR REPLACE FUNCTION search_near(typed text, wanted text, allowed text, without bigint[], most int)
  RETURNS TABLE (kind text, record_id bigint, title text, archived boolean, rank int)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE one text; meant text[]; every text[] := '{}'; condition text := 'true'; rest text := 'true';
BEGIN
  FOR one IN SELECT DISTINCT w FROM regexp_split_to_table(typed, '[^[:alnum:]]+') w WHERE length(w) BETWEEN 1 AND 40 LOOP
    IF length(one) < 3 OR one ~ '^\d+$' THEN
      rest := rest || format(' AND strpos('' '' || name || '' '', %L) > 0', ' ' || one || ' ');
    ELSE
      meant := coalesce(search_meant(one, allowed, 8), '{}');
      every := every || meant;
      condition := condition || ' AND ' || search_meant_as(one, meant);
    END IF;
  END LOOP;
  IF every = '{}' THEN RETURN; END IF;
  RETURN QUERY EXECUTE format($q$
    WITH best AS (SELECT *, 5 AS near FROM search_entry WHERE kind = %1$L AND NOT record_id = ANY ($1) AND %2$s AND %3$s AND %4$s LIMIT 300),
      other AS (SELECT *, 6 AS near FROM search_entry WHERE kind = %1$L AND NOT record_id = ANY ($1) AND %2$s AND %3$s AND NOT (%4$s)
                AND (SELECT count(*) < $3 FROM best) LIMIT 300)
    SELECT kind, record_id, title, archived, near + CASE WHEN archived THEN 10 ELSE 0 END FROM (
      SELECT e.*, r.archived_at IS NOT NULL AS archived, w.place,
             row_number() OVER (PARTITION BY near, r.archived_at IS NULL, w.place ORDER BY length(e.name), e.name, record_id) AS turn
      FROM (SELECT * FROM best UNION ALL SELECT * FROM other) e JOIN %1$I r ON r.id = e.record_id,
      LATERAL (SELECT min(i) AS place FROM unnest($2) WITH ORDINALITY u(word, i) WHERE strpos(e.name, u.word) > 0) w) t
    ORDER BY archived, near, turn, place LIMIT $3 $q$, wanted, allowed, condition, rest) USING without, every, most;
END $$;

-- A word within a name, as typed, one slip away, or written as two; as a condition on search_entry. Numbers are meant
-- as they stand.
DROP FUNCTION IF EXISTS search_meant_within(text);
CREATE OR REPLACE FUNCTION search_meant_within(word text, allowed text) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN length($1) > 7 AND $1 !~ '\d' THEN format('(body LIKE %L OR %s)', '%' || left($1, 4) || '%' || right($1, 4) || '%', near.near)
    ELSE near.near END
  FROM (SELECT search_meant_as($1, CASE WHEN length($1) > 3 AND $1 !~ '\d' THEN search_meant($1, $2, 30) END) AS near) near
$$;

-- Ids of records of a kind that are worth comparing with one that is being typed. words: up to three of its name, of
-- which a name holds two (holder: only this customer's), the likest names first. named: whole names. sharing: lists of
-- parts of which a record holds all.
-- Callable: search_resembling(text, text, text[], bigint, text[], jsonb)
CREATE OR REPLACE FUNCTION search_resembling(wanted text, typed text, words text[], holder bigint, named text[], sharing jsonb) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 50 AS $$
DECLARE
  allowed text := search_allowed();
  head text := format('SELECT record_id FROM search_entry WHERE kind = %L AND %s AND ', wanted, allowed);
  each text[] := ARRAY(SELECT search_meant_within(plain_text(word), allowed) FROM unnest(words) word);
  part jsonb; condition text;
BEGIN
  IF cardinality(each) > 0 THEN
    condition := CASE cardinality(each) WHEN 1 THEN each[1] WHEN 2 THEN each[1] || ' AND ' || each[2]
      ELSE format('(%1$s AND %2$s OR %1$s AND %3$s OR %2$s AND %3$s)', each[1], each[2], each[3]) END;
    IF holder IS NOT NULL THEN condition := format('customer_id = %s AND %s', holder, condition); END IF;
    RETURN QUERY EXECUTE head || condition || ' ORDER BY similarity(name, $1) DESC, record_id LIMIT 60' USING typed;
  END IF;
  RETURN QUERY EXECUTE head || 'name = ANY ($1) LIMIT 100' USING ARRAY(SELECT plain_text(name) FROM unnest(named) name);
  FOR part IN SELECT jsonb_array_elements(sharing) LOOP
    SELECT string_agg(format('body LIKE %L', '%' || search_escaped(plain_text(one)) || '%'), ' AND ') INTO condition
      FROM jsonb_array_elements_text(part) one;
    RETURN QUERY EXECUTE head || condition || ' ORDER BY record_id LIMIT 40';
  END LOOP;
END $$;

-- Every word of the query as a part of the entry, or all of it as a telephone number; as a condition on search_entry.
CREATE OR REPLACE FUNCTION search_within(typed text) RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
  plain text := plain_text(left(typed, 200));
  digits text := CASE WHEN typed ~ '^[[:digit:][:space:]()+./-]+$' THEN search_digits(typed) ELSE '' END;
  one text; within text := '';
BEGIN
  -- Fewer than three letters: the beginning of the name, for which there is an index.
  IF length(plain) < 3 THEN RETURN format('name LIKE %L', search_escaped(plain) || '%'); END IF;
  FOREACH one IN ARRAY string_to_array(plain, ' ') LOOP
    within := within || format(' AND body LIKE %L', '%' || search_escaped(one) || '%');
  END LOOP;
  -- Only short words: as they stand together, for which the index knows where words begin and end.
  IF plain !~ '[^ ]{3}' THEN RETURN format('body LIKE %L', '%' || search_escaped(plain) || '%'); END IF;
  within := substr(within, 6);
  RETURN CASE WHEN length(digits) >= 4 THEN format('((%s) OR body LIKE %L)', within, '%' || digits || '%') ELSE within END;
END $$;

-- All records of a kind that hold every word of the query: what narrows a list.
-- Callable: search_ids(text, text)
CREATE OR REPLACE FUNCTION search_ids(typed text, wanted text) RETURNS SETOF bigint
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 200 AS $$
BEGIN
  IF plain_text(typed) = '' THEN RETURN; END IF;
  RETURN QUERY EXECUTE format('SELECT record_id FROM search_entry WHERE kind = %L AND %s AND %s', wanted, search_within(typed), search_allowed());
END $$;

-- Up to `want` records of each kind, best first. Found by every word of the query, in any notation of a telephone
-- number; where little is found so of all kinds, by words one slip away too. rank: 0 the name itself, 1 its beginning,
-- 2 a word's beginning, 3 within the name, 4 elsewhere (code, postcode, number, address), 5 and 6 one slip away; 10 more
-- when archived.
-- Callable: search_find(text, text[], int)
CREATE OR REPLACE FUNCTION search_find(typed text, kinds text[], want int)
  RETURNS TABLE (kind text, record_id bigint, title text, archived boolean, rank int)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  plain text := plain_text(left(typed, 200));
  named boolean := false; -- somebody bears this very name, of several words: nothing else was meant
  allowed text := search_allowed();
  within text := search_within(typed);
  wanted text; ids bigint[] := '{}'; found text[] := '{}'; own bigint[];
BEGIN
  IF plain IS NULL OR length(plain) < 2 THEN RETURN; END IF;
  FOREACH wanted IN ARRAY kinds LOOP
    FOR kind, record_id, title, archived, rank IN EXECUTE format($q$
      WITH begins AS MATERIALIZED (
        SELECT e.* FROM (SELECT * FROM search_entry WHERE kind = %4$L AND name LIKE %1$L AND %2$s ORDER BY name USING ~<~) e
        JOIN %4$I r ON r.id = e.record_id WHERE r.archived_at IS NULL ORDER BY e.name USING ~<~ LIMIT $1),
      holds AS MATERIALIZED (
        SELECT * FROM search_entry WHERE kind = %4$L AND %3$s AND %2$s AND (SELECT count(*) < $1 FROM begins) LIMIT 300)
      SELECT kind, record_id, title, a.archived, r.rank + CASE WHEN a.archived THEN 10 ELSE 0 END AS rank
      FROM (SELECT * FROM begins UNION SELECT * FROM holds) e,
      LATERAL (SELECT archived_at IS NOT NULL AS archived FROM %4$I x WHERE x.id = e.record_id) a,
      LATERAL (SELECT CASE WHEN name = $2 THEN 0 WHEN starts_with(name, $2) THEN 1
        WHEN strpos(' ' || name, ' ' || $2) > 0 THEN 2 WHEN name LIKE ALL ($3) THEN 3 ELSE 4 END AS rank) r
      ORDER BY 5, length(name), name, record_id LIMIT $1 $q$,
      search_escaped(plain) || '%', allowed, within, wanted)
      USING want, plain, ARRAY(SELECT '%' || search_escaped(w) || '%' FROM unnest(string_to_array(plain, ' ')) w)
    LOOP
      ids := ids || record_id;
      found := found || wanted;
      named := named OR (rank % 10 = 0 AND plain LIKE '% %');
      RETURN NEXT;
    END LOOP;
  END LOOP;
  IF cardinality(ids) < want AND NOT named AND length(plain) > 2 AND typed !~ '^[[:digit:][:space:]()+./-]+$' THEN
    FOREACH wanted IN ARRAY kinds LOOP
      own := ARRAY(SELECT i FROM unnest(ids, found) u(i, k) WHERE k = wanted);
      RETURN QUERY SELECT * FROM search_near(plain, wanted, allowed, own, want - cardinality(own));
    END LOOP;
  END IF;
END $$;
