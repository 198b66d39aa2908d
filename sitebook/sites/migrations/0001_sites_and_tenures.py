"""Sites, who had them when, areas and positions, what was done to whole sites."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('records', '0001_reference_number'),
        ('firm', '0001_text_functions'),
        ('access', '0001_grants'),
        ('customers', '0001_customers_and_groups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE sites_site_reference", "DROP SEQUENCE sites_site_reference"
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('kind', models.CharField(blank=True, default='', max_length=60, verbose_name='Kind')),
                ('notes', models.CharField(blank=True, default='', max_length=300, verbose_name='Notes')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inner', to='sites.area', verbose_name='Inside')),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phones', models.JSONField(blank=True, default=list, verbose_name='Phones')),
                ('emails', models.JSONField(blank=True, default=list, verbose_name='Emails')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name='Tags')),
                ('notes', models.TextField(blank=True, default='', verbose_name='Notes')),
                ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='Custom fields')),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('archived_with', models.CharField(blank=True, db_default='', default='', editable=False, max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(db_default=models.Func(models.Value('S'), models.Value('sites_site_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func('name', function='sort_key'), output_field=models.TextField())),
                ('code', models.CharField(blank=True, default='', max_length=60, verbose_name='Code')),
                ('type', models.CharField(blank=True, default='', max_length=60, verbose_name='Type')),
                ('status', models.CharField(choices=[('prospective', 'Prospective'), ('active', 'Active'), ('dormant', 'Dormant'), ('closed', 'Closed')], default='active', max_length=12, verbose_name='Status')),
                ('own_stock', models.BooleanField(default=False, verbose_name='Counts as our own stock')),
                ('line1', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 1')),
                ('line2', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 2')),
                ('town', models.CharField(blank=True, default='', max_length=100, verbose_name='Town')),
                ('region', models.CharField(blank=True, default='', max_length=100, verbose_name='County, state or province')),
                ('postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='Postcode')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='Country')),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='Latitude')),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='Longitude')),
                ('time_zone', models.CharField(blank=True, default='', max_length=64, verbose_name='Time zone')),
                ('access_instructions', models.TextField(blank=True, default='', verbose_name='Getting in')),
                ('opening_hours', models.CharField(blank=True, default='', max_length=300, verbose_name='Opening hours')),
                ('hazards', models.TextField(blank=True, default='', verbose_name='Hazards')),
                ('ended_on', models.DateField(editable=False, null=True, verbose_name='Ended on')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='customers.customer', verbose_name='Customer')),
                ('joined_into', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined_from', to='sites.site', verbose_name='Joined into')),
                ('split_from', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_into', to='sites.site', verbose_name='Split from')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('tag_number', models.CharField(blank=True, default='', max_length=60, verbose_name='Tag number')),
                ('product_class', models.CharField(blank=True, default='', max_length=60, verbose_name='Kind of equipment')),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='sites.area', verbose_name='Area')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='sites.site')),
            ],
        ),
        migrations.AddField(
            model_name='area',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='sites.site'),
        ),
        migrations.CreateModel(
            name='SiteExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=40, verbose_name='System')),
                ('value', models.CharField(max_length=200, verbose_name='Id there')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='sites.site')),
            ],
        ),
        migrations.CreateModel(
            name='Tenure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('place', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False)),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.fields.json.KeyTextTransform('name', 'place'), function='sort_key'), output_field=models.TextField(null=True))),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tenures', to='customers.customer')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tenures', to='sites.site')),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('handed over', 'Handed over'), ('vacated', 'Vacated'), ('split', 'Split off'), ('joined', 'Joined')], max_length=12, verbose_name='What was done')),
                ('day', models.DateField(verbose_name='From')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('details', models.JSONField(default=dict, editable=False)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('reversed_at', models.DateTimeField(editable=False, null=True, verbose_name='Taken back')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Customer')),
                ('made_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other_site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sites.site', verbose_name='Other site')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handovers', to='sites.site')),
                ('tenure', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sites.tenure')),
            ],
            options={
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('name_key'), models.F('id'), name='sites_by_name'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('customer'), models.F('name_key'), models.F('id'), name='sites_by_customer'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('updated_at'), models.F('id'), name='sites_by_change'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='sites_by_tag'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='sites_by_custom_field'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='sites_tagged'),
        ),
        migrations.AddIndex(
            model_name='site',
            index=models.Index(models.F('updated_at'), condition=models.Q(('type', ''), _negated=True), name='sites_typed'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_site_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(models.F('customer'), django.db.models.functions.text.Upper('code'), condition=models.Q(('code', ''), _negated=True), name='a_code_is_unique_within_the_customer'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='coordinates_lie_on_the_earth'),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_position_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.UniqueConstraint(models.F('site'), models.F('area'), django.db.models.functions.text.Lower('name'), name='a_position_is_named_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='position',
            constraint=models.UniqueConstraint(models.F('site'), django.db.models.functions.text.Upper('tag_number'), condition=models.Q(('tag_number', ''), _negated=True), name='a_tag_number_is_unique_in_the_site'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='an_area_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(models.F('site'), models.F('parent'), django.db.models.functions.text.Lower('name'), name='an_area_is_named_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='siteexternalid',
            constraint=models.UniqueConstraint(fields=('system', 'value'), name='an_outside_id_names_one_site'),
        ),
        migrations.AddConstraint(
            model_name='siteexternalid',
            constraint=models.UniqueConstraint(fields=('site', 'system'), name='a_site_has_one_id_in_a_system'),
        ),
        migrations.AddIndex(
            model_name='tenure',
            index=models.Index(models.F('name_key'), models.F('id'), name='tenures_by_name'),
        ),
        migrations.AddConstraint(
            model_name='tenure',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), ('during', '&&')], name='one_customer_has_a_site_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='tenure',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_tenure_lasts_some_time'),
        ),
    ]
