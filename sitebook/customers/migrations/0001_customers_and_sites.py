"""Customers, sites, who had a site when, and their ids elsewhere."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE SEQUENCE customers_customer_reference;
CREATE SEQUENCE customers_site_reference;
CREATE FUNCTION reference_number(prefix text, counter text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE number text := nextval(counter::regclass)::text;
BEGIN
  RETURN prefix || '-' || lpad(number, greatest(4, length(number)), '0');
END $$;
"""

BACKWARD = """
DROP FUNCTION reference_number(text, text);
DROP SEQUENCE customers_customer_reference;
DROP SEQUENCE customers_site_reference;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("firm", "0001_text_functions"),
        ("access", "0001_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phones', models.JSONField(blank=True, default=list, verbose_name='Phones')),
                ('emails', models.JSONField(blank=True, default=list, verbose_name='Emails')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name='Tags')),
                ('notes', models.TextField(blank=True, default='', verbose_name='Notes')),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(db_default=models.Func(models.Value('C'), models.Value('customers_customer_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func('name', function='sort_key'), output_field=models.TextField())),
                ('kind', models.CharField(choices=[('company', 'Company'), ('individual', 'Individual')], default='company', max_length=12, verbose_name='Kind')),
                ('is_distributor', models.BooleanField(default=False, verbose_name='Distributor')),
                ('website', models.CharField(blank=True, default='', max_length=300, verbose_name='Website')),
                ('vat_number', models.CharField(blank=True, default='', max_length=40, verbose_name='VAT number')),
                ('account', models.CharField(choices=[('ok', 'Ok'), ('warning', 'Warning'), ('stop', 'On stop')], default='ok', max_length=10, verbose_name='Account')),
                ('payment_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Payment within (days)')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('send_by', models.CharField(choices=[('email', 'Email'), ('print', 'Print')], default='email', max_length=10, verbose_name='Send invoices by')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='Language')),
                ('head_line1', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 1')),
                ('head_line2', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 2')),
                ('head_town', models.CharField(blank=True, default='', max_length=100, verbose_name='Town')),
                ('head_region', models.CharField(blank=True, default='', max_length=100, verbose_name='County, state or province')),
                ('head_postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='Postcode')),
                ('head_country', models.CharField(blank=True, default='', max_length=2, verbose_name='Country')),
                ('bill_line1', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 1')),
                ('bill_line2', models.CharField(blank=True, default='', max_length=200, verbose_name='Address line 2')),
                ('bill_town', models.CharField(blank=True, default='', max_length=100, verbose_name='Town')),
                ('bill_region', models.CharField(blank=True, default='', max_length=100, verbose_name='County, state or province')),
                ('bill_postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='Postcode')),
                ('bill_country', models.CharField(blank=True, default='', max_length=2, verbose_name='Country')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CustomerExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=40, verbose_name='System')),
                ('value', models.CharField(max_length=200, verbose_name='Id there')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='customers.customer')),
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
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(db_default=models.Func(models.Value('S'), models.Value('customers_site_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
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
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='customers.customer', verbose_name='Customer')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SiteExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=40, verbose_name='System')),
                ('value', models.CharField(max_length=200, verbose_name='Id there')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='customers.site')),
            ],
        ),
        migrations.CreateModel(
            name='Tenure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tenures', to='customers.customer')),
                ('site', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tenures', to='customers.site')),
            ],
            options={
                'db_table': 'customers_tenure',
            },
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('name_key'), models.F('id'), condition=models.Q(('archived_at__isnull', True)), name='customers_by_name'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('name_key'), models.F('id'), name='customers_by_name_all'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('updated_at'), models.F('id'), name='customers_by_change'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='customers_by_tag'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_customer_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='customerexternalid',
            constraint=models.UniqueConstraint(fields=('system', 'value'), name='an_outside_id_names_one_customer'),
        ),
        migrations.AddConstraint(
            model_name='customerexternalid',
            constraint=models.UniqueConstraint(fields=('customer', 'system'), name='a_customer_has_one_id_in_a_system'),
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
            model_name='siteexternalid',
            constraint=models.UniqueConstraint(fields=('system', 'value'), name='an_outside_id_names_one_site'),
        ),
        migrations.AddConstraint(
            model_name='siteexternalid',
            constraint=models.UniqueConstraint(fields=('site', 'system'), name='a_site_has_one_id_in_a_system'),
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
