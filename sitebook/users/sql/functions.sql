-- Replaced each time the schema is migrated.

-- Callable: acting_user()
CREATE OR REPLACE FUNCTION acting_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('sitebook.user', true), '')::bigint;

-- This one stood in another room.
DROP FUNCTION IF EXISTS access_must_be(text[]);

-- A command at the machine acts without a user; everybody else needs one of these roles.
-- Callable: users_must_be(text[])
CREATE OR REPLACE FUNCTION users_must_be(VARIADIC roles text[]) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL AND current_setting('sitebook.via', true) = 'command' THEN RETURN; END IF;
  IF NOT EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND role = ANY (roles)) THEN
    RAISE EXCEPTION 'this needs one of the roles %', array_to_string(roles, ', ') USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

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

-- Whether one user sees every customer that another one does. Who may not sign in any more counts as they would see again,
-- and acts for nobody.
CREATE OR REPLACE FUNCTION users_sees_as_much(one bigint, other bigint) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT u.all_customers OR one = other OR (
      EXISTS (SELECT 1 FROM users_user WHERE id = other AND NOT all_customers) AND NOT EXISTS (
        SELECT 1 FROM access_grant theirs WHERE theirs.user_id = other AND NOT EXISTS (
          SELECT 1 FROM access_grant mine WHERE mine.user_id = one AND mine.customer_id = theirs.customer_id)))
    FROM users_user u WHERE u.id = one AND u.is_active), false)
$$;

-- Whether somebody sees no customer that the asker does not see: what lets one act for another widens nobody's sight.
-- Callable: users_sees_no_more(bigint)
CREATE OR REPLACE FUNCTION users_sees_no_more(someone bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL THEN RETURN current_setting('sitebook.via', true) IN ('command', 'worker'); END IF;
  RETURN users_sees_as_much(acting_user(), someone);
END $$;

-- Only who sees every customer lets somebody see every customer; a command does.
-- Callable: users_may_show_all()
CREATE OR REPLACE FUNCTION users_may_show_all() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT acting_user() IS NULL OR EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND all_customers)
$$;

-- The one rule about how somebody signs in: they themselves, or an administrator who sees all they see. On the sign-in
-- pages nobody acts: there a password, a code or a link proves who it is.
CREATE OR REPLACE FUNCTION users_must_manage_sign_in_of(someone bigint) RETURNS void
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_user() IS NULL OR acting_user() = someone THEN RETURN; END IF;
  PERFORM users_must_be('administrator');
  IF NOT users_sees_no_more(someone) THEN
    RAISE EXCEPTION 'users_sees_more: user % sees customers that user % does not', someone, acting_user()
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

-- Of a table whose rows are what a user signs in with; the row's user_id says whose.
CREATE OR REPLACE FUNCTION a_sign_in_is_managed_by_who_sees_as_much() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'DELETE' THEN PERFORM users_must_manage_sign_in_of(NEW.user_id); END IF;
  IF TG_OP <> 'INSERT' THEN PERFORM users_must_manage_sign_in_of(OLD.user_id); END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

-- What an administrator may know of how others sign in, and take away. What they sign in with stays hidden.
-- Callable: users_second_factors(bigint)
CREATE OR REPLACE FUNCTION users_second_factors(someone bigint)
  RETURNS TABLE (kind text, since timestamptz, last_used timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM users_must_be('administrator');
  PERFORM users_must_manage_sign_in_of(someone);
  RETURN QUERY SELECT a.type::text, a.created_at, a.last_used_at FROM mfa_authenticator a
    WHERE a.user_id = someone AND a.type <> 'recovery_codes' ORDER BY a.created_at;
END $$;

-- Callable: users_remove_second_factors(bigint)
CREATE OR REPLACE FUNCTION users_remove_second_factors(someone bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE removed bigint;
BEGIN
  PERFORM users_must_be('administrator');
  PERFORM users_must_manage_sign_in_of(someone);
  DELETE FROM users_passkeycounter WHERE user_id = someone;
  DELETE FROM mfa_authenticator WHERE user_id = someone;
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN removed;
END $$;

-- Tokens in use are revoked, by their owner or who may act on their sign-in. How many.
-- Callable: users_revoke_tokens(bigint)
CREATE OR REPLACE FUNCTION users_revoke_tokens(someone bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE revoked bigint;
BEGIN
  IF acting_user() IS DISTINCT FROM someone THEN PERFORM users_must_be('administrator'); END IF;
  UPDATE users_token SET revoked_at = clock_timestamp() WHERE user_id = someone AND revoked_at IS NULL;
  GET DIAGNOSTICS revoked = ROW_COUNT;
  RETURN revoked;
END $$;

-- A link to set a password exists by its row. What is asked for on the sign-in page goes to the user's own address, so
-- that anybody may ask; others are made by the user, or by who may act on their sign-in.
-- Callable: users_make_link(bigint, text, text)
CREATE OR REPLACE FUNCTION users_make_link(someone bigint, digest_of text, how_it_goes text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF how_it_goes <> 'asked' THEN
    IF acting_user() IS DISTINCT FROM someone THEN PERFORM users_must_be('administrator'); END IF;
    PERFORM users_must_manage_sign_in_of(someone);
  END IF;
  INSERT INTO users_passwordlink (user_id, how, digest, made_by_id, until) VALUES (someone, how_it_goes, digest_of,
    CASE WHEN how_it_goes <> 'asked' THEN acting_user() END, clock_timestamp() + interval '3 days');
END $$;

-- It opens the page as long as who made it still sees all its user sees: a link that was kept does not open what its
-- user was shown later. What ends further ahead than a link lasts was made by a clock that ran ahead, and is over.
-- Callable: users_link_is_good(bigint, text)
CREATE OR REPLACE FUNCTION users_link_is_good(someone bigint, digest_of text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM users_passwordlink WHERE user_id = someone AND digest = digest_of
    AND used_at IS NULL AND ended_at IS NULL AND until > clock_timestamp()
    AND until <= clock_timestamp() + interval '3 days 1 hour'
    AND (made_by_id IS NULL OR users_sees_as_much(made_by_id, someone)))
$$;

-- Whoever comes with a link sets a password once: it and every other link of the user are over, and the tokens too,
-- since whoever held the old password could have made some.
-- Callable: users_use_link(bigint, text)
CREATE OR REPLACE FUNCTION users_use_link(someone bigint, digest_of text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM users_passwordlink WHERE user_id = someone AND digest = digest_of FOR UPDATE;
  IF NOT users_link_is_good(someone, digest_of) THEN RETURN false; END IF;
  UPDATE users_passwordlink SET used_at = clock_timestamp() WHERE user_id = someone AND digest = digest_of;
  PERFORM users_end_links(someone);
  UPDATE users_token SET revoked_at = clock_timestamp() WHERE user_id = someone AND revoked_at IS NULL;
  RETURN true;
END $$;

-- Links that were handed out open nothing any more. How many.
-- Callable: users_end_links(bigint)
CREATE OR REPLACE FUNCTION users_end_links(someone bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ended bigint;
BEGIN
  UPDATE users_passwordlink SET ended_at = clock_timestamp()
    WHERE user_id = someone AND used_at IS NULL AND ended_at IS NULL AND until > clock_timestamp();
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;

-- Callable: users_is_administrator()
CREATE OR REPLACE FUNCTION users_is_administrator() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM users_user WHERE id = acting_user() AND is_active AND role = 'administrator')
$$;

-- Anybody may ask for a link to their own address; invitations come from who may act on the user's sign-in. What was given
-- up is forgotten after a month.
-- Callable: users_ask_for_mail(text, text, bigint)
CREATE OR REPLACE FUNCTION users_ask_for_mail(kind_of text, address_of text, someone bigint) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF kind_of <> 'reset' AND someone IS DISTINCT FROM acting_user() THEN
    PERFORM users_must_be('administrator');
    PERFORM users_must_manage_sign_in_of(someone);
  END IF;
  DELETE FROM users_mail WHERE given_up_at < clock_timestamp() - interval '30 days';
  INSERT INTO users_mail (kind, address, user_id, asked_by_id, tries, fault)
    VALUES (kind_of, address_of, CASE WHEN kind_of <> 'reset' THEN someone END, acting_user(), 0, '');
END $$;

-- A person who is erased is in no mail that waits or was given up.
-- Callable: users_forget_mail(text)
CREATE OR REPLACE FUNCTION users_forget_mail(pattern text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
  PERFORM users_must_be('administrator');
  DELETE FROM users_mail WHERE concat_ws(chr(31), address, fault) ~* pattern;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

-- Whom an administrator lets link the provider's account without the password; taking that back is anybody's who may write
-- the row, as the link itself does.
CREATE OR REPLACE FUNCTION an_administrator_lets_link() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM users_must_be('administrator');
  PERFORM users_must_manage_sign_in_of(NEW.id);
  IF NEW.may_link_until > clock_timestamp() + interval '25 hours' THEN
    RAISE EXCEPTION 'an_administrator_lets_link: for a day at most' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER an_administrator_lets_link BEFORE UPDATE OF may_link_until ON users_user FOR EACH ROW
  WHEN (NEW.may_link_until IS NOT NULL AND NEW.may_link_until IS DISTINCT FROM OLD.may_link_until)
  EXECUTE FUNCTION an_administrator_lets_link();

-- Whose token this is and what for, asked before anybody is known. Its last use is written down once a minute, by one
-- of those who come at the same time: the others wait for no long call.
-- Callable: users_by_token(text)
CREATE OR REPLACE FUNCTION users_by_token(wanted text) RETURNS TABLE (token bigint, owner bigint, may text[])
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE users_token SET last_used_at = now() WHERE id = (
    SELECT t.id FROM users_token t
    WHERE t.digest = wanted AND (t.last_used_at IS NULL OR t.last_used_at NOT BETWEEN now() - interval '1 minute' AND now())
      AND t.revoked_at IS NULL AND t.expires_at > now()
    FOR NO KEY UPDATE SKIP LOCKED);
  RETURN QUERY SELECT t.id, u.id, t.scopes::text[] FROM users_token t JOIN users_user u ON u.id = t.user_id
    WHERE t.digest = wanted AND t.revoked_at IS NULL AND t.expires_at > now() AND u.is_active;
END $$;

-- Nobody makes a token for somebody else, nor lengthens one: a row is new, or only revoked.
CREATE OR REPLACE FUNCTION a_token_is_its_owners() RETURNS trigger
  LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND acting_user() IS NOT NULL AND NEW.user_id <> acting_user() THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a token is made by its owner' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.user_id, NEW.digest, NEW.start, NEW.scopes, NEW.expires_at)
       IS DISTINCT FROM (OLD.user_id, OLD.digest, OLD.start, OLD.scopes, OLD.expires_at) THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a token is only revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a_token_is_its_owners: a revoked token stays revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER a_token_is_its_owners BEFORE INSERT OR UPDATE ON users_token
  FOR EACH ROW EXECUTE FUNCTION a_token_is_its_owners();
