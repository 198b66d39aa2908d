"""Jobs with their assets, visits, people and lines."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('assets', '0002_acts_and_states'),
        ('catalogue', '0001_catalogue'),
        ('contacts', '0004_roles_by_place'),
        ('customers', '0002_index_for_every_sort'),
        ('products', '0004_makers_and_their_spellings'),
        ('sites', '0004_codes_in_small_letters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE jobs_job_reference', 'DROP SEQUENCE jobs_job_reference'),
        migrations.CreateModel(
            name='Job',
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
                ('reference', models.CharField(blank=True, db_default=models.Func(models.Value('J'), models.Value('jobs_job_reference'), function='reference_number', output_field=models.TextField()), max_length=40, unique=True, verbose_name='Number')),
                ('description', models.TextField(blank=True, default='', verbose_name='What is wrong')),
                ('name', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="coalesce(nullif(btrim(left(split_part(btrim(description), E'\\n', 1), 120)), ''), reference)"), output_field=models.TextField())),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="sort_key(coalesce(nullif(btrim(left(split_part(btrim(description), E'\\n', 1), 120)), ''), reference))"), output_field=models.TextField())),
                ('no_site', models.BooleanField(default=False, verbose_name='At no site')),
                ('outside_reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Why here')),
                ('contact_name', models.CharField(blank=True, default='', max_length=200, verbose_name='Name for this job')),
                ('contact_phone', models.CharField(blank=True, default='', max_length=40, verbose_name='Telephone for this job')),
                ('contact_email', models.CharField(blank=True, default='', max_length=200, verbose_name='Email for this job')),
                ('category', models.CharField(choices=[('breakdown', 'Breakdown'), ('repair', 'Repair'), ('service', 'Service'), ('inspection', 'Inspection'), ('installation', 'Installation'), ('other', 'Other')], default='repair', max_length=15, verbose_name='Category')),
                ('priority', models.CharField(choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], default='normal', max_length=10, verbose_name='Priority')),
                ('priority_rank', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.SmallIntegerField(), template="CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'normal' THEN 3 WHEN 'low' THEN 4 ELSE 0 END"), output_field=models.SmallIntegerField())),
                ('customer_order', models.CharField(blank=True, default='', max_length=60, verbose_name='Customer’s order number')),
                ('wanted_on', models.DateField(blank=True, null=True, verbose_name='Wanted by')),
                ('reported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='Reported')),
                ('origin', models.CharField(choices=[('phone', 'Phone'), ('email', 'Email'), ('portal', 'Portal'), ('visit', 'Found on a visit'), ('plan', 'Maintenance plan'), ('import', 'Import'), ('callback', 'Callback')], default='phone', max_length=10, verbose_name='How it came')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('logged', 'Logged'), ('planned', 'Planned'), ('scheduled', 'Scheduled'), ('in progress', 'In progress'), ('to re-plan', 'To re-plan'), ('on hold', 'On hold'), ('work done', 'Work done'), ('reviewed', 'Reviewed'), ('invoiced', 'Invoiced'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='logged', editable=False, max_length=12, verbose_name='Status')),
                ('status_rank', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.SmallIntegerField(), template="CASE status WHEN 'draft' THEN 1 WHEN 'logged' THEN 2 WHEN 'planned' THEN 3 WHEN 'scheduled' THEN 4 WHEN 'in progress' THEN 5 WHEN 'to re-plan' THEN 6 WHEN 'on hold' THEN 7 WHEN 'work done' THEN 8 WHEN 'reviewed' THEN 9 WHEN 'invoiced' THEN 10 WHEN 'closed' THEN 11 WHEN 'cancelled' THEN 12 ELSE 0 END"), output_field=models.SmallIntegerField())),
                ('sub_status', models.CharField(blank=True, default='', max_length=60, verbose_name='Sub-status')),
                ('entered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='In this status since')),
                ('reached', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False)),
                ('next_visit_at', models.DateTimeField(editable=False, null=True, verbose_name='Next visit')),
                ('office', models.CharField(blank=True, choices=[('', ''), ('draft', 'Draft'), ('reviewed', 'Reviewed'), ('invoiced', 'Invoiced'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='', editable=False, max_length=10, verbose_name='The office says')),
                ('hold_reason', models.CharField(blank=True, choices=[('parts', 'Waiting for parts'), ('customer', 'Waiting for the customer'), ('access', 'Waiting for access'), ('approval', 'Waiting for approval'), ('credit', 'Account on stop')], default='', editable=False, max_length=10, verbose_name='On hold for')),
                ('hold_until', models.DateField(blank=True, editable=False, null=True, verbose_name='On hold until')),
                ('said', models.CharField(blank=True, default='', editable=False, max_length=300, verbose_name='What was said')),
                ('asked_at', models.DateTimeField(editable=False, null=True, verbose_name='More work asked for')),
                ('settled_at', models.DateTimeField(editable=False, null=True, verbose_name='Nothing more to do')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='first_of_jobs', to='assets.asset', verbose_name='Asset')),
                ('bill_to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer', verbose_name='Billed to')),
                ('callback_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='jobs.job', verbose_name='Callback of')),
                ('coding', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='catalogue.coding', verbose_name='Coding')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='contacts.contact', verbose_name='Contact')),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='customers.customer', verbose_name='Customer')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='catalogue.service', verbose_name='Service')),
                ('site', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='sites.site', verbose_name='Site')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='catalogue.team', verbose_name='Team')),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('work_log_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='catalogue.worklogtype', verbose_name='Work log type')),
                ('work_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to='catalogue.worktype', verbose_name='Work type')),
            ],
        ),
        migrations.CreateModel(
            name='JobAsset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(default=1, verbose_name='Order')),
                ('outcome', models.CharField(blank=True, choices=[('', 'Open'), ('done', 'Done'), ('more work', 'More work needed'), ('not found', 'Not found'), ('not done', 'Not done')], default='', max_length=12, verbose_name='Outcome')),
                ('found', models.CharField(blank=True, choices=[('working', 'Working'), ('limited', 'Limited'), ('down', 'Down'), ('unsafe', 'Unsafe (prohibited)'), ('unknown', 'Unknown')], default='', max_length=10, verbose_name='Condition found')),
                ('left', models.CharField(blank=True, choices=[('working', 'Working'), ('limited', 'Limited'), ('down', 'Down'), ('unsafe', 'Unsafe (prohibited)'), ('unknown', 'Unknown')], default='', max_length=10, verbose_name='Condition left')),
                ('note', models.CharField(blank=True, default='', max_length=300, verbose_name='Note')),
                ('outside_reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Why here')),
                ('asset', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='job_links', to='assets.asset', verbose_name='Asset')),
                ('customer', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assets', to='jobs.job')),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='Visit')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('sent', 'Sent'), ('accepted', 'Accepted'), ('travelling', 'Travelling'), ('on site', 'On site'), ('paused', 'Paused'), ('done', 'Done'), ('more work', 'More work needed'), ('no access', 'No access'), ('aborted', 'Aborted for safety'), ('declined', 'Declined'), ('cancelled', 'Cancelled'), ('moved', 'Moved')], default='proposed', max_length=12, verbose_name='Status')),
                ('planned_from', models.DateTimeField(blank=True, null=True, verbose_name='Planned from')),
                ('planned_to', models.DateTimeField(blank=True, null=True, verbose_name='Planned to')),
                ('shared', models.BooleanField(default=False, verbose_name='May overlap with others')),
                ('instructions', models.CharField(blank=True, default='', max_length=500, verbose_name='Instructions')),
                ('travel_at', models.DateTimeField(blank=True, null=True, verbose_name='Set out')),
                ('arrived_at', models.DateTimeField(blank=True, null=True, verbose_name='Arrived')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='Ended')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='Paused since')),
                ('paused_minutes', models.PositiveIntegerField(default=0, verbose_name='Minutes paused')),
                ('outcome_note', models.TextField(blank=True, default='', verbose_name='What was done')),
                ('reason', models.CharField(blank=True, default='', max_length=300, verbose_name='Reason')),
                ('signed_by', models.CharField(blank=True, default='', max_length=200, verbose_name='Signed by')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='Signed')),
                ('signature', models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list, verbose_name='Signature')),
                ('unsigned_reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Why not signed')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('customer', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='jobs.job')),
                ('moved_from', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_to', to='jobs.visit', verbose_name='In place of')),
            ],
        ),
        migrations.CreateModel(
            name='JobLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveSmallIntegerField(default=1, verbose_name='Order')),
                ('kind', models.CharField(choices=[('activity', 'Activity'), ('labour', 'Labour'), ('part', 'Part'), ('expense', 'Expense')], default='activity', max_length=10, verbose_name='Kind')),
                ('name', models.CharField(max_length=300, verbose_name='Line')),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=12, verbose_name='Quantity')),
                ('unit', models.CharField(blank=True, default='', max_length=20, verbose_name='Unit')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Cost')),
                ('sale', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Sale price')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('charge', models.CharField(choices=[('undecided', 'Not decided'), ('charge', 'Charge'), ('covered', 'Covered'), ('free', 'Free of charge'), ('write-off', 'Written off')], default='undecided', max_length=10, verbose_name='Charge')),
                ('rule', models.CharField(blank=True, default='', max_length=200, verbose_name='By which rule')),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='Reason')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('activity', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='job_lines', to='catalogue.activity', verbose_name='Activity')),
                ('asset', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='job_lines', to='assets.asset', verbose_name='Asset')),
                ('customer', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='jobs.job')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='job_lines', to='products.product', verbose_name='Product')),
                ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.resource', verbose_name='Who worked')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='jobs.visit', verbose_name='Visit')),
            ],
        ),
        migrations.CreateModel(
            name='VisitResource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False, null=True)),
                ('shared', models.BooleanField(default=False, editable=False)),
                ('customer', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visit_links', to='catalogue.resource', verbose_name='Who goes')),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='resources', to='jobs.visit')),
            ],
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('reference'), models.F('id'), name='jobs_by_reference'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('name_key'), models.F('id'), name='jobs_by_name'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('reported_at'), models.F('id'), name='jobs_by_report'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('customer'), models.F('reported_at'), models.F('id'), name='jobs_by_customer'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('site'), models.F('reported_at'), models.F('id'), name='jobs_by_site'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('category'), models.F('id'), name='jobs_by_category'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('priority_rank'), models.F('id'), name='jobs_by_priority'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('status_rank'), models.F('id'), name='jobs_by_status'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('status'), models.F('updated_at'), models.F('id'), name='jobs_by_status_and_change'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('customer'), models.F('status'), name='jobs_by_customer_and_status'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('wanted_on'), models.F('id'), name='jobs_by_wanted_day'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.OrderBy(models.F('wanted_on'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='jobs_latest_wanted'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('next_visit_at'), models.F('id'), name='jobs_by_next_visit'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.OrderBy(models.F('next_visit_at'), descending=True, nulls_last=True), models.OrderBy(models.F('id'), descending=True), name='jobs_latest_visit'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('updated_at'), models.F('id'), name='jobs_by_change'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('created_at'), models.F('id'), name='jobs_by_addition'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='jobs_by_tag'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='jobs_by_custom_field'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(models.F('updated_at'), condition=models.Q(('sub_status', ''), _negated=True), name='jobs_with_sub_status'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(fields=('id', 'customer'), name='a_job_is_one_of_its_customer'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('site__isnull', True), ('no_site', False), _connector='OR'), name='a_job_is_at_a_site_or_at_none'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('contact__isnull', True), models.Q(('contact_email', ''), ('contact_name', ''), ('contact_phone', '')), _connector='OR'), name='a_job_has_one_contact_or_a_name_of_its_own'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'draft'), ('work_type__isnull', False), _connector='OR'), name='a_logged_job_has_a_work_type'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(('hold_until__isnull', True), models.Q(('hold_reason', ''), _negated=True), _connector='OR'), name='a_day_to_wake_up_belongs_to_a_hold'),
        ),
        migrations.AddIndex(
            model_name='jobasset',
            index=models.Index(models.F('customer'), models.F('id'), name='assets_of_jobs_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='jobasset',
            constraint=models.UniqueConstraint(models.F('job'), models.F('asset'), name='a_job_names_an_asset_once'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(models.F('planned_from'), models.F('id'), name='visits_by_time'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(models.F('customer'), models.F('planned_from'), name='visits_by_customer'),
        ),
        migrations.AddIndex(
            model_name='visit',
            index=models.Index(models.F('state'), models.F('planned_from'), name='visits_by_state'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('id', 'customer'), name='a_visit_is_one_of_its_customer'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(models.F('job'), models.F('number'), name='a_number_names_one_visit_of_a_job'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('planned_from__isnull', True), ('planned_to__isnull', True)), ('planned_from__lt', models.F('planned_to')), _connector='OR'), name='a_visit_is_planned_from_and_to'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'cancelled', 'declined', 'moved']), ('planned_from__isnull', False), _connector='OR'), name='a_firm_visit_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['aborted', 'done', 'more work', 'no access']), _negated=True), ('ended_at__isnull', False), _connector='OR'), name='an_ended_visit_says_when'),
        ),
        migrations.AddIndex(
            model_name='jobline',
            index=models.Index(models.F('customer'), models.F('charge'), name='lines_by_customer_and_charge'),
        ),
        migrations.AddConstraint(
            model_name='jobline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='a_line_has_a_quantity'),
        ),
        migrations.AddConstraint(
            model_name='jobline',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_line_has_words'),
        ),
        migrations.AddConstraint(
            model_name='jobline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('sale__isnull', True)), models.Q(('currency', ''), _negated=True), _connector='OR'), name='an_amount_of_a_line_has_a_currency'),
        ),
        migrations.AddIndex(
            model_name='visitresource',
            index=models.Index(models.F('customer'), models.F('id'), name='people_of_visits_by_customer'),
        ),
        migrations.AddIndex(
            model_name='visitresource',
            index=django.contrib.postgres.indexes.GistIndex(fields=['during'], name='people_of_visits_by_time'),
        ),
        migrations.AddConstraint(
            model_name='visitresource',
            constraint=models.UniqueConstraint(models.F('visit'), models.F('resource'), name='a_visit_has_a_person_once'),
        ),
        migrations.AddConstraint(
            model_name='visitresource',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('during__isnull', False), ('shared', False)), expressions=[('resource', '='), ('during', '&&')], name='a_resource_has_one_visit_at_a_time'),
        ),
        # What is part of a job is of its customer.
        migrations.RunSQL(
            "ALTER TABLE jobs_jobasset ADD CONSTRAINT an_asset_of_a_job_is_of_its_customer FOREIGN KEY (job_id, customer_id) "
            "REFERENCES jobs_job (id, customer_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE jobs_jobasset DROP CONSTRAINT an_asset_of_a_job_is_of_its_customer",
        ),
        migrations.RunSQL(
            "ALTER TABLE jobs_visit ADD CONSTRAINT a_visit_is_of_the_customer_of_its_job FOREIGN KEY (job_id, customer_id) "
            "REFERENCES jobs_job (id, customer_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE jobs_visit DROP CONSTRAINT a_visit_is_of_the_customer_of_its_job",
        ),
        migrations.RunSQL(
            "ALTER TABLE jobs_jobline ADD CONSTRAINT a_line_is_of_the_customer_of_its_job FOREIGN KEY (job_id, customer_id) "
            "REFERENCES jobs_job (id, customer_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE jobs_jobline DROP CONSTRAINT a_line_is_of_the_customer_of_its_job",
        ),
        migrations.RunSQL(
            "ALTER TABLE jobs_visitresource ADD CONSTRAINT people_are_of_the_customer_of_the_visit FOREIGN KEY (visit_id, customer_id) "
            "REFERENCES jobs_visit (id, customer_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE jobs_visitresource DROP CONSTRAINT people_are_of_the_customer_of_the_visit",
        ),
    ]
