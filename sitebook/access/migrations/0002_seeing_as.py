"""Who saw Sitebook as whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0001_grants'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Seeing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('began_at', models.DateTimeField(db_default=Now())),
                ('until', models.DateTimeField()),
                ('address', models.TextField(blank=True, verbose_name='From the address')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'access_seeing',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('began_at'))), name='seeing_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('by', models.F('user')), _negated=True), name='nobody_sees_as_themselves')],
            },
        ),
    ]
