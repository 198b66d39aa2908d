"""A second customer whose people find an entry."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0002_parts_by_kind'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='guest_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(models.F('guest_id'), models.F('kind'), condition=models.Q(('guest_id__isnull', False)), name='search_by_guest'),
        ),
    ]
