"""Persons with dated roles, groups, parties, areas and positions, and what was done to whole sites."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


FORWARD = "CREATE SEQUENCE customers_contact_reference"
BACKWARD = "DROP SEQUENCE customers_contact_reference"

# Sites and individual customers that are there already: what triggers keep from now on.
TAKE_OVER = """
ALTER TABLE customers_tenure DISABLE TRIGGER USER;
UPDATE customers_tenure t SET place = to_jsonb(s) - ARRAY['id', 'customer_id', 'name_key', 'archived_at',
    'archived_by_id', 'archive_reason', 'archived_with', 'created_at', 'created_by_id', 'updated_at', 'updated_by_id',
    'version', 'ended_on', 'joined_into_id', 'split_from_id']
  FROM customers_site s WHERE s.id = t.site_id AND upper_inf(t.during);
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE customers_tenure ENABLE TRIGGER USER;
WITH person AS (
  INSERT INTO customers_contact (customer_id, name, phones, emails, language, is_customer, position, consent, tags,
      notes, archive_reason, version, archived_at)
    SELECT id, name, phones, emails, language, true, '', 'unknown', '{}', '', '', 1, archived_at
    FROM customers_customer WHERE kind = 'individual' RETURNING id, customer_id)
INSERT INTO customers_contactrole (contact_id, customer_id, role, during, priority)
  SELECT id, customer_id, 'main', daterange(NULL, NULL), 1 FROM person;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_customers_and_sites'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('kind', models.CharField(blank=True, default='', max_length=60, verbose_name='Kind')),
                ('notes', models.CharField(blank=True, default='', max_length=300, verbose_name='Notes')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phones', models.JSONField(blank=True, default=list, verbose_name='Phones')),
                ('emails', models.JSONField(blank=True, default=list, verbose_name='Emails')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, verbose_name='Tags')),
                ('notes', models.TextField(blank=True, default='', verbose_name='Notes')),
                ('archived_at', models.DateTimeField(editable=False, null=True)),
                ('archive_reason', models.CharField(blank=True, default='', editable=False, max_length=200)),
                ('archived_with', models.CharField(blank=True, db_default='', default='', editable=False, max_length=32)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('reference', models.CharField(db_default=models.Func(models.Value('P'), models.Value('customers_contact_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=200, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func('name', function='sort_key'), output_field=models.TextField())),
                ('position', models.CharField(blank=True, default='', max_length=100, verbose_name='Position')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='Language')),
                ('consent', models.CharField(choices=[('unknown', 'Not asked'), ('agreed', 'Agreed to messages'), ('refused', 'Wants no messages')], default='unknown', max_length=10, verbose_name='Consent to messages')),
                ('consent_on', models.DateField(blank=True, null=True, verbose_name='Consent given or refused on')),
                ('is_customer', models.BooleanField(default=False, editable=False)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ContactRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=60, verbose_name='Role')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('priority', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='Order')),
            ],
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
            ],
        ),
        migrations.CreateModel(
            name='Position',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('tag_number', models.CharField(blank=True, default='', max_length=60, verbose_name='Tag number')),
                ('product_class', models.CharField(blank=True, default='', max_length=60, verbose_name='Kind of equipment')),
            ],
        ),
        migrations.CreateModel(
            name='SiteChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('handed over', 'Handed over'), ('vacated', 'Vacated'), ('split', 'Split off'), ('joined', 'Joined')], max_length=12, verbose_name='What was done')),
                ('day', models.DateField(verbose_name='From')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('details', models.JSONField(default=dict, editable=False)),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('reversed_at', models.DateTimeField(editable=False, null=True, verbose_name='Taken back')),
            ],
            options={
                'ordering': ['-day', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SiteParty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner or landlord'), ('agent', 'Managing agent'), ('occupier', 'Occupier or tenant'), ('payer', 'Pays instead')], max_length=12, verbose_name='Role')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='archived_with',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='customer',
            name='bill_outside',
            field=models.BooleanField(db_default=False, default=False, verbose_name='May be billed outside the group'),
        ),
        migrations.AddField(
            model_name='customer',
            name='bill_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bills_for', to='customers.customer', verbose_name='Invoices go to'),
        ),
        migrations.AddField(
            model_name='customer',
            name='distributor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='end_customers', to='customers.customer', verbose_name='Supplied through'),
        ),
        migrations.AddField(
            model_name='site',
            name='archived_with',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='site',
            name='ended_on',
            field=models.DateField(editable=False, null=True, verbose_name='Ended on'),
        ),
        migrations.AddField(
            model_name='site',
            name='joined_into',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined_from', to='customers.site', verbose_name='Joined into'),
        ),
        migrations.AddField(
            model_name='site',
            name='split_from',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_into', to='customers.site', verbose_name='Split from'),
        ),
        migrations.AddField(
            model_name='tenure',
            name='place',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='area',
            name='parent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inner', to='customers.area', verbose_name='Inside'),
        ),
        migrations.AddField(
            model_name='area',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='customers.site'),
        ),
        migrations.AddField(
            model_name='contact',
            name='archived_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contact',
            name='created_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contact',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.customer', verbose_name='Customer'),
        ),
        migrations.AddField(
            model_name='contact',
            name='updated_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contactrole',
            name='contact',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles', to='customers.contact'),
        ),
        migrations.AddField(
            model_name='contactrole',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_roles', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='contactrole',
            name='site',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contact_roles', to='customers.site'),
        ),
        migrations.AddField(
            model_name='membership',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='membership',
            name='parent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='customers.customer', verbose_name='Parent customer'),
        ),
        migrations.AddField(
            model_name='position',
            name='area',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='positions', to='customers.area', verbose_name='Area'),
        ),
        migrations.AddField(
            model_name='position',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='positions', to='customers.site'),
        ),
        migrations.AddField(
            model_name='sitechange',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Customer'),
        ),
        migrations.AddField(
            model_name='sitechange',
            name='made_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sitechange',
            name='other_site',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.site', verbose_name='Other site'),
        ),
        migrations.AddField(
            model_name='sitechange',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='customers.site'),
        ),
        migrations.AddField(
            model_name='sitechange',
            name='tenure',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.tenure'),
        ),
        migrations.AddField(
            model_name='siteparty',
            name='carried_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.sitechange'),
        ),
        migrations.AddField(
            model_name='siteparty',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='siteparty',
            name='party',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='party_of', to='customers.customer', verbose_name='Customer'),
        ),
        migrations.AddField(
            model_name='siteparty',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='party_of', to='customers.contact', verbose_name='Contact'),
        ),
        migrations.AddField(
            model_name='siteparty',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='customers.site'),
        ),
        migrations.AddField(
            model_name='tenure',
            name='name_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.fields.json.KeyTextTransform('name', 'place'), function='sort_key'), output_field=models.TextField(null=True)),
        ),
        migrations.AddIndex(
            model_name='tenure',
            index=models.Index(models.F('name_key'), models.F('id'), name='tenures_by_name'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='an_area_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(models.F('site'), models.F('parent'), django.db.models.functions.text.Lower('name'), name='an_area_is_named_once', nulls_distinct=False),
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
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_contact_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(models.F('customer'), condition=models.Q(('is_customer', True)), name='an_individual_has_one_contact_in_step'),
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
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('contact', '='), (django.db.models.functions.text.Lower('role'), '='), ('customer', '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('during', '&&')], name='a_contact_has_a_role_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='contactrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ('main', 'billing'))), expressions=[('customer', '='), (django.db.models.functions.comparison.Coalesce('site', 0), '='), ('role', '='), ('during', '&&')], name='one_main_and_one_billing_contact_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('during', '&&')], name='a_customer_has_one_parent_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_membership_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('customer')), _negated=True), name='nobody_is_their_own_parent'),
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
            model_name='siteparty',
            constraint=models.CheckConstraint(condition=models.Q(('party__isnull', True), ('person__isnull', True), _connector='XOR'), name='a_party_is_a_customer_or_a_contact'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_party_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'payer')), expressions=[('site', '='), ('customer', '='), ('during', '&&')], name='one_pays_instead_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='siteparty',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), ('customer', '='), ('role', '='), (django.db.models.functions.comparison.Coalesce('party', 0), '='), (django.db.models.functions.comparison.Coalesce('person', 0), '='), ('during', '&&')], name='a_party_has_a_role_once_at_a_time'),
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
    ]
