"""Assets, who owned them when, where they stood, what they were mounted on."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0002_index_for_every_sort'),
        ('products', '0002_product_classes'),
        ('records', '0001_reference_number'),
        ('sites', '0003_ended_sites_are_closed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE assets_asset_reference', 'DROP SEQUENCE assets_asset_reference'),
        migrations.RunSQL('CREATE SEQUENCE assets_ownplace_reference', 'DROP SEQUENCE assets_ownplace_reference'),
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name='Tags')),
                ('notes', models.TextField(blank=True, default='', verbose_name='Notes')),
                ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='Custom fields')),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('archived_with', models.CharField(blank=True, db_default='', default='', editable=False, max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(blank=True, db_default=models.Func(models.Value('A'), models.Value('assets_asset_reference'), function='reference_number', output_field=models.TextField()), max_length=40, unique=True, verbose_name='Reference')),
                ('serial', models.CharField(blank=True, default='', max_length=100, verbose_name='Serial number')),
                ('serial_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="upper(regexp_replace(serial, '[[:space:]\\u2010-\\u2015_-]+', '', 'g'))"), output_field=models.TextField())),
                ('brand', models.CharField(blank=True, default='', max_length=100, verbose_name='Brand')),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('type', models.CharField(blank=True, default='', max_length=60, verbose_name='Type')),
                ('name', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="coalesce(nullif(description, ''), nullif(btrim(brand || ' ' || type), ''), nullif(serial, ''), reference)"), output_field=models.TextField())),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="sort_key(coalesce(nullif(description, ''), nullif(btrim(brand || ' ' || type), ''), nullif(serial, ''), reference))"), output_field=models.TextField())),
                ('lifecycle', models.CharField(choices=[('planned', 'Planned'), ('in stock', 'In stock'), ('in transit', 'In transit'), ('in service', 'In service'), ('in workshop', 'In workshop'), ('on loan', 'On loan'), ('removed', 'Removed'), ('retired', 'Retired'), ('scrapped', 'Scrapped'), ('lost', 'Lost')], default='in service', max_length=12, verbose_name='Status')),
                ('condition', models.CharField(choices=[('working', 'Working'), ('limited', 'Limited'), ('down', 'Down'), ('unsafe', 'Unsafe (prohibited)'), ('unknown', 'Unknown')], default='working', max_length=10, verbose_name='Condition')),
                ('criticality', models.CharField(blank=True, choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High'), ('critical', 'Critical')], default='', max_length=10, verbose_name='Criticality')),
                ('installed_on', models.DateField(blank=True, null=True, verbose_name='Installed on')),
                ('warranty_start', models.DateField(blank=True, null=True, verbose_name='Warranty from')),
                ('warranty_end', models.DateField(blank=True, null=True, verbose_name='Warranty until')),
                ('warranty_terms', models.CharField(blank=True, default='', max_length=300, verbose_name='Warranty terms')),
                ('cost_centre', models.CharField(blank=True, default='', max_length=100, verbose_name='Cost centre')),
                ('specifications', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='Specifications')),
                ('place_kind', models.CharField(blank=True, choices=[('site', 'At a site'), ('store', 'In our store'), ('van', 'In a van'), ('workshop', 'In the workshop'), ('transit', 'In transit')], default='', max_length=10, verbose_name='Kind of place')),
                ('holder_id', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.BigIntegerField(), template='coalesce(owner_id, place_customer_id, 0)'), output_field=models.BigIntegerField())),
                ('guest_id', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.BigIntegerField(), template='CASE WHEN owner_id <> place_customer_id THEN place_customer_id END'), output_field=models.BigIntegerField(null=True))),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='sites.area', verbose_name='Area')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_assets', to='customers.customer', verbose_name='Owner')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mounted', to='assets.asset', verbose_name='Mounted on')),
                ('place_customer', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets_on_location', to='customers.customer', verbose_name='Customer at the place')),
                ('position', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='sites.position', verbose_name='Position')),
                ('product_class', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.productclass', verbose_name='Class')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='products.product', verbose_name='Product')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='sites.site', verbose_name='Site')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OwnPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name='Tags')),
                ('notes', models.TextField(blank=True, default='', verbose_name='Notes')),
                ('custom', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='Custom fields')),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('archived_with', models.CharField(blank=True, db_default='', default='', editable=False, max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(db_default=models.Func(models.Value('OP'), models.Value('assets_ownplace_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func('name', function='sort_key'), output_field=models.TextField())),
                ('kind', models.CharField(choices=[('store', 'Store'), ('van', 'Van'), ('workshop', 'Workshop')], default='store', max_length=10, verbose_name='Kind')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AssetPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('kind', models.CharField(blank=True, choices=[('site', 'At a site'), ('store', 'In our store'), ('van', 'In a van'), ('workshop', 'In the workshop'), ('transit', 'In transit')], default='', max_length=10)),
                ('holder_id', models.BigIntegerField()),
                ('guest_id', models.BigIntegerField(null=True)),
                ('area', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='sites.area')),
                ('asset', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='assets.asset')),
                ('owner', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('parent', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='assets.asset')),
                ('place_customer', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.customer')),
                ('position', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='sites.position')),
                ('site', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='sites.site')),
                ('own_place', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='assets.ownplace')),
            ],
        ),
        migrations.AddField(
            model_name='asset',
            name='own_place',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assets', to='assets.ownplace', verbose_name='Place of our own'),
        ),
        migrations.CreateModel(
            name='Parentage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('mount_point', models.CharField(blank=True, default='', max_length=100, verbose_name='Mounted where')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('child', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parentages', to='assets.asset')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mountings', to='assets.asset', verbose_name='Mounted on')),
            ],
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('kind', models.CharField(choices=[('site', 'At a site'), ('store', 'In our store'), ('van', 'In a van'), ('workshop', 'In the workshop'), ('transit', 'In transit')], max_length=10, verbose_name='Kind of place')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sites.area', verbose_name='Area')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='placements', to='assets.asset')),
                ('handover', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sites.handover')),
                ('own_place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assets.ownplace', verbose_name='Place of our own')),
                ('position', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sites.position', verbose_name='Position')),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sites.site', verbose_name='Site')),
            ],
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('document', models.CharField(blank=True, default='', max_length=200, verbose_name='Document')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ownerships', to='assets.asset')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_assets_ever', to='customers.customer', verbose_name='Owner')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('asset', '='), ('during', '&&')], name='an_asset_has_one_owner_at_a_time'), models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='an_ownership_lasts_some_time')],
            },
        ),
        migrations.AddIndex(
            model_name='ownplace',
            index=models.Index(models.F('name_key'), models.F('id'), name='own_places_by_name'),
        ),
        migrations.AddIndex(
            model_name='ownplace',
            index=models.Index(models.F('kind'), models.F('id'), name='own_places_by_kind'),
        ),
        migrations.AddIndex(
            model_name='ownplace',
            index=models.Index(models.F('updated_at'), models.F('id'), name='own_places_by_change'),
        ),
        migrations.AddIndex(
            model_name='ownplace',
            index=models.Index(models.F('created_at'), models.F('id'), name='own_places_by_addition'),
        ),
        migrations.AddConstraint(
            model_name='ownplace',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_place_of_our_own_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='assetperiod',
            index=models.Index(models.F('holder_id'), models.F('asset'), name='asset_periods_by_holder'),
        ),
        migrations.AddIndex(
            model_name='assetperiod',
            index=models.Index(models.F('guest_id'), models.F('asset'), condition=models.Q(('guest_id__isnull', False)), name='asset_periods_by_guest'),
        ),
        migrations.AddConstraint(
            model_name='assetperiod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('asset', '='), ('during', '&&')], name='an_asset_has_one_period_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('reference'), models.F('id'), name='assets_by_reference'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('name_key'), models.F('id'), name='assets_by_name'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('serial'), models.F('id'), name='assets_by_serial'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('type'), models.F('id'), name='assets_by_type'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('brand'), models.F('id'), name='assets_by_brand'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('product_class'), models.F('id'), name='assets_by_class'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('lifecycle'), models.F('id'), name='assets_by_lifecycle'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('condition'), models.F('id'), name='assets_by_condition'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('installed_on'), models.F('id'), name='assets_by_installation'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('warranty_end'), models.F('id'), name='assets_by_warranty'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.OrderBy(models.F('installed_on'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='assets_latest_installed'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.OrderBy(models.F('warranty_end'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='assets_latest_warranty'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('updated_at'), models.F('id'), name='assets_by_change'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('created_at'), models.F('id'), name='assets_by_addition'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('holder_id'), models.F('id'), name='assets_by_holder'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=models.Index(models.F('guest_id'), models.F('id'), condition=models.Q(('guest_id__isnull', False)), name='assets_by_guest'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='assets_by_tag'),
        ),
        migrations.AddIndex(
            model_name='asset',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='assets_by_custom_field'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.UniqueConstraint(models.F('serial_key'), condition=models.Q(('serial_key', ''), _negated=True), name='a_serial_names_one_asset'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('reference__regex', '^\\s*$'), _negated=True), name='an_asset_has_a_reference'),
        ),
        migrations.AddConstraint(
            model_name='asset',
            constraint=models.CheckConstraint(condition=models.Q(('warranty_start__isnull', True), ('warranty_end__isnull', True), ('warranty_start__lte', models.F('warranty_end')), _connector='OR'), name='a_warranty_begins_before_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('child', '='), ('during', '&&')], name='an_asset_is_mounted_on_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='parentage',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_mounting_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('asset', '='), ('during', '&&')], name='an_asset_stands_in_one_place_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('position__isnull', False)), expressions=[('position', '='), ('during', '&&')], name='a_position_holds_one_asset_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_placement_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'site'), ('own_place__isnull', True), ('site__isnull', False)), models.Q(('kind__in', ('store', 'van', 'workshop')), ('own_place__isnull', False), ('site__isnull', True)), models.Q(('kind', 'transit'), ('own_place__isnull', True), ('site__isnull', True)), _connector='OR'), name='a_placement_names_the_place_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('site__isnull', False), models.Q(('area__isnull', True), ('position__isnull', True)), _connector='OR'), name='an_area_or_position_is_at_a_site'),
        ),
    ]
