"""What was done to assets and can be taken back; in which state each was when."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assets', '0001_assets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='assetperiod',
            name='lifecycle',
            field=models.CharField(blank=True, choices=[('planned', 'Planned'), ('in stock', 'In stock'), ('in transit', 'In transit'), ('in service', 'In service'), ('in workshop', 'In workshop'), ('on loan', 'On loan'), ('removed', 'Removed'), ('retired', 'Retired'), ('scrapped', 'Scrapped'), ('lost', 'Lost')], default='', max_length=12),
        ),
        migrations.CreateModel(
            name='AssetAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('placed', 'Moved'), ('to workshop', 'Sent to the workshop'), ('back', 'Back from the workshop'), ('sold', 'Handed to another owner'), ('mounted', 'Mounted'), ('taken off', 'Taken off'), ('replaced', 'Replaced'), ('status', 'Status changed')], max_length=12, verbose_name='What was done')),
                ('day', models.DateField(verbose_name='From')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('before', models.JSONField(default=dict, editable=False)),
                ('after', models.JSONField(default=dict, editable=False)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('reversed_at', models.DateTimeField(editable=False, null=True, verbose_name='Taken back')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts', to='assets.asset')),
                ('made_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='assets.asset', verbose_name='Other asset')),
            ],
            options={
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LifeState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('in stock', 'In stock'), ('in transit', 'In transit'), ('in service', 'In service'), ('in workshop', 'In workshop'), ('on loan', 'On loan'), ('removed', 'Removed'), ('retired', 'Retired'), ('scrapped', 'Scrapped'), ('lost', 'Lost')], max_length=12, verbose_name='Status')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='states', to='assets.asset')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('asset', '='), ('during', '&&')], name='an_asset_has_one_status_at_a_time'), models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_status_lasts_some_time')],
            },
        ),
        migrations.RunSQL(
            """
            INSERT INTO assets_lifestate (asset_id, state, during) SELECT id, lifecycle, daterange(NULL, NULL) FROM assets_asset;
            UPDATE assets_assetperiod p SET lifecycle = a.lifecycle FROM assets_asset a WHERE a.id = p.asset_id;
            """,
            migrations.RunSQL.noop,
        ),
    ]
