"""Customers, their groups and their ids elsewhere."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('records', '0001_reference_number'),
        ('firm', '0001_text_functions'),
        ('access', '0001_grants'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE customers_customer_reference", "DROP SEQUENCE customers_customer_reference"
        ),
        migrations.CreateModel(
            name='Customer',
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
                ('bill_outside', models.BooleanField(db_default=False, default=False, verbose_name='May be billed outside the group')),
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
                ('bill_to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bills_for', to='customers.customer', verbose_name='Invoices go to')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('distributor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='end_customers', to='customers.customer', verbose_name='Supplied through')),
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
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='customers.customer')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='customers.customer', verbose_name='Parent customer')),
            ],
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
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='customers_by_custom_field'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='customers_tagged'),
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
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('during', '&&')], name='a_customer_has_one_parent_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_membership_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('customer')), _negated=True), name='nobody_is_their_own_parent'),
        ),
    ]
