"""Answers that wait to be given again say which records they are about. Those kept so far do not, and are withheld."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_repeats")]

    operations = [
        migrations.AddField(
            model_name="repeat",
            name="ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="repeat", name="withheld", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(
            "UPDATE api_repeat SET withheld = true, headers = '{}', body = ''", reverse_sql=migrations.RunSQL.noop
        ),
    ]
