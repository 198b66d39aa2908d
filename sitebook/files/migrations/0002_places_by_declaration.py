"""Which records keep what is of the place is said beside their models; a trigger holds it instead of a constraint."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("files", "0001_documents")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE files_document DROP CONSTRAINT IF EXISTS only_sites_keep_what_is_of_the_place",
            migrations.RunSQL.noop,
        )
    ]
