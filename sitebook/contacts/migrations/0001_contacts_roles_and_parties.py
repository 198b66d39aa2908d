"""Persons with dated roles, and the parties of sites."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
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
        ('sites', '0001_sites_and_tenures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE contacts_contact_reference", "DROP SEQUENCE contacts_contact_reference"
        ),
        migrations.CreateModel(
            name='Contact',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('P'), models.Value('contacts_contact_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func('name', function='sort_key'), output_field=models.TextField())),
                ('position', models.CharField(blank=True, default='', max_length=100, verbose_name='Position')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='Language')),
                ('consent', models.CharField(choices=[('unknown', 'Not asked'), ('agreed', 'Agreed to messages'), ('refused', 'Wants no messages')], default='unknown', max_length=10, verbose_name='Consent to messages')),
                ('consent_on', models.DateField(blank=True, null=True, verbose_name='Consent given or refused on')),
                ('is_customer', models.BooleanField(default=False, editable=False)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.customer', verbose_name='Customer')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ContactRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('role', models.CharField(max_length=60, verbose_name='Role')),
                ('priority', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='Order')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='contacts.contact')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_roles', to='customers.customer')),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contact_roles', to='sites.site')),
            ],
        ),
        migrations.CreateModel(
            name='SiteParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('role', models.CharField(choices=[('owner', 'Owner or landlord'), ('agent', 'Managing agent'), ('occupier', 'Occupier or tenant'), ('payer', 'Pays instead')], max_length=12, verbose_name='Role')),
                ('carried_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sites.handover')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('party', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='party_of', to='customers.customer', verbose_name='Customer')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='party_of', to='contacts.contact', verbose_name='Contact')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='sites.site')),
            ],
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(models.F('name_key'), models.F('id'), name='contacts_by_name'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(models.F('updated_at'), models.F('id'), name='contacts_by_change'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='contacts_by_tag'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='contacts_by_custom_field'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(models.F('updated_at'), condition=models.Q(('tags', []), _negated=True), name='contacts_tagged'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_contact_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(models.F('customer'), condition=models.Q(('is_customer', True)), name='an_individual_has_one_contact_in_step'),
        ),
        migrations.AddIndex(
            model_name='contactrole',
            index=models.Index(models.F('role'), models.F('contact'), name='roles_by_name'),
        ),
        migrations.AddIndex(
            model_name='contactrole',
            index=models.Index(models.F('role'), condition=models.Q(('role__in', ['main', 'billing', 'point of contact', 'site manager', 'lead technician', 'accounts', 'emergency', 'key holder']), _negated=True), name='roles_of_ones_own'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_role_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=models.CheckConstraint(condition=models.Q(('role__regex', '^\\s*$'), _negated=True), name='a_role_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('contact', '='), (django.db.models.functions.text.Lower('role'), '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('during', '&&')], name='a_contact_has_a_role_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ('main', 'billing'))), expressions=[(django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('role', '='), ('during', '&&')], name='one_main_and_one_billing_contact_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=models.CheckConstraint(condition=models.Q(('party__isnull', True), ('person__isnull', True), _connector='XOR'), name='a_party_is_a_customer_or_a_contact'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_party_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'payer')), expressions=[('site', '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('during', '&&')], name='one_pays_instead_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), (django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('role', '='), (django.db.models.functions.comparison.Coalesce('party', 0), '='), (django.db.models.functions.comparison.Coalesce('person', 0), '='), ('during', '&&')], name='a_party_has_a_role_once_at_a_time'),
        ),
    ]
