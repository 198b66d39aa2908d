"""Which registers are of places is said beside their models; a trigger holds it instead of a constraint."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("custom_fields", "0001_custom_fields")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE custom_fields_customfield DROP CONSTRAINT IF EXISTS only_sites_are_places",
            migrations.RunSQL.noop,
        )
    ]
