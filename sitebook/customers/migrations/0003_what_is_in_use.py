"""Indexes on what people tagged and typed last: lists offer it to filter by."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_contacts_groups_areas_and_turns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='contacts_tagged'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='customers_tagged'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='sites_tagged'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('updated_at'), condition=models.Q(('type', ''), _negated=True), name='sites_typed'),
        ),
    ]
