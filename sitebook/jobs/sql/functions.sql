-- Replaced each time the schema is migrated; the tables they serve are made by migrations.

-- The time in which the people of a visit can be nowhere else: none where it does not take place, until its end where it
-- ended early.
CREATE OR REPLACE FUNCTION jobs_time_taken(state text, since timestamptz, until timestamptz, ended timestamptz)
  RETURNS tstzrange LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN since IS NULL OR state IN ('declined', 'cancelled', 'moved') OR ended <= since THEN NULL
              ELSE tstzrange(since, least(until, ended)) END
$$;

-- Whoever is sent to a visit is taken for its time.
CREATE OR REPLACE FUNCTION jobs_people_take_the_time() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT jobs_time_taken(v.state, v.planned_from, v.planned_to, v.ended_at), v.shared INTO NEW.during, NEW.shared
    FROM jobs_visit v WHERE v.id = NEW.visit_id;
  NEW.shared := coalesce(NEW.shared, false);
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER a_person_takes_the_time_of_the_visit BEFORE INSERT OR UPDATE ON jobs_visitresource
  FOR EACH ROW EXECUTE FUNCTION jobs_people_take_the_time();

CREATE OR REPLACE FUNCTION jobs_people_follow_the_visit() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.shared, jobs_time_taken(NEW.state, NEW.planned_from, NEW.planned_to, NEW.ended_at))
      IS DISTINCT FROM (OLD.shared, jobs_time_taken(OLD.state, OLD.planned_from, OLD.planned_to, OLD.ended_at)) THEN
    UPDATE jobs_visitresource SET shared = NEW.shared WHERE visit_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER people_follow_the_visit AFTER UPDATE ON jobs_visit
  FOR EACH ROW EXECUTE FUNCTION jobs_people_follow_the_visit();

-- A visit is at a site, or at none by choice (F-007); the customer of a job stays.
CREATE OR REPLACE FUNCTION jobs_visit_says_where() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM jobs_job j WHERE j.id = NEW.job_id AND j.site_id IS NULL AND NOT j.no_site) THEN
    RAISE EXCEPTION 'a_visit_says_where: job % names no site', NEW.job_id
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'a_visit_says_where';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_a_visit_says_where BEFORE INSERT ON jobs_visit
  FOR EACH ROW EXECUTE FUNCTION jobs_visit_says_where();

CREATE OR REPLACE FUNCTION jobs_customer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.customer_id <> OLD.customer_id THEN
    RAISE EXCEPTION 'the_customer_of_a_job_stays: job %', NEW.id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'the_customer_of_a_job_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER d_customer_stays BEFORE UPDATE ON jobs_job
  FOR EACH ROW EXECUTE FUNCTION jobs_customer_stays();
