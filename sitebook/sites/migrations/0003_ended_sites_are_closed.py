"""A site that was joined into another is closed; taking that back gives it the status it had."""

from django.db import migrations, models

# Its last tenure keeps the status it had.
CLOSED = """
UPDATE sites_handover h SET details = h.details || jsonb_build_object('status', s.status)
  FROM sites_site s WHERE s.id = h.site_id AND h.kind = 'joined' AND h.reversed_at IS NULL;
ALTER TABLE sites_site DISABLE TRIGGER tenure_keeps_its_place;
UPDATE sites_site SET status = 'closed' WHERE ended_on IS NOT NULL AND status <> 'closed';
ALTER TABLE sites_site ENABLE TRIGGER tenure_keeps_its_place;
"""
OPENED = """
ALTER TABLE sites_site DISABLE TRIGGER tenure_keeps_its_place;
UPDATE sites_site s SET status = coalesce(h.details ->> 'status', 'active')
  FROM sites_handover h WHERE s.id = h.site_id AND h.kind = 'joined' AND h.reversed_at IS NULL;
ALTER TABLE sites_site ENABLE TRIGGER tenure_keeps_its_place;
"""
# The trigger is made after all migrations, so that a new database has none yet.
WHERE_IT_IS = """
DO $do$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'tenure_keeps_its_place' AND tgrelid = 'sites_site'::regclass) THEN
    {};
  END IF;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies = [("sites", "0002_index_for_every_sort")]

    operations = [
        migrations.RunSQL(WHERE_IT_IS.format(CLOSED.strip().rstrip(";")), WHERE_IT_IS.format(OPENED.strip().rstrip(";"))),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_on__isnull", True), ("status", "closed"), _connector="OR"),
                name="a_site_that_ended_is_closed",
            ),
        ),
    ]
