"""Work log types, work types, services, activities, codings, teams, resources, and what is assigned to what."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import sitebook.catalogue.models.work
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0002_index_for_every_sort'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE catalogue_worklogtype_reference', 'DROP SEQUENCE catalogue_worklogtype_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_worktype_reference', 'DROP SEQUENCE catalogue_worktype_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_service_reference', 'DROP SEQUENCE catalogue_service_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_activity_reference', 'DROP SEQUENCE catalogue_activity_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_coding_reference', 'DROP SEQUENCE catalogue_coding_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_team_reference', 'DROP SEQUENCE catalogue_team_reference'),
        migrations.RunSQL('CREATE SEQUENCE catalogue_resource_reference', 'DROP SEQUENCE catalogue_resource_reference'),
        migrations.CreateModel(
            name='Activity',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('AC'), models.Value('catalogue_activity_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('code', models.CharField(max_length=40, verbose_name='Code')),
                ('code_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(code)'), output_field=models.TextField())),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('name', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="coalesce(nullif(description, ''), code)"), output_field=models.TextField())),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="sort_key(coalesce(nullif(description, ''), code))"), output_field=models.TextField())),
                ('unit', models.CharField(blank=True, default='', max_length=20, verbose_name='Unit')),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Minutes')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Cost')),
                ('sale', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Sale price')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Coding',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('CD'), models.Value('catalogue_coding_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('code', models.CharField(max_length=40, verbose_name='Code')),
                ('code_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(code)'), output_field=models.TextField())),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('name', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="btrim(code || ' ' || description)"), output_field=models.TextField())),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="sort_key(btrim(code || ' ' || description))"), output_field=models.TextField())),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CodingCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('coding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='customer_links', to='catalogue.coding')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coding_links', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerActivity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField(verbose_name='Period')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Cost')),
                ('sale', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Sale price')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('activity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_links', to='catalogue.activity')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activity_links', to='customers.customer')),
                ('source', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.customer', verbose_name='Copied from')),
            ],
        ),
        migrations.CreateModel(
            name='Resource',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('RS'), models.Value('catalogue_resource_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('kind', models.CharField(choices=[('employee', 'Employee'), ('subcontractor', 'Subcontractor'), ('vehicle', 'Vehicle')], default='employee', max_length=15, verbose_name='Kind')),
                ('cost_rate', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Cost of an hour')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('home', models.CharField(blank=True, default='', max_length=200, verbose_name='Starts from')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resources', to=settings.AUTH_USER_MODEL, verbose_name='Signs in as')),
            ],
        ),
        migrations.CreateModel(
            name='Service',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('SV'), models.Value('catalogue_service_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='activity',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='catalogue.service', verbose_name='Service'),
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('certificate', models.CharField(blank=True, default='', max_length=100, verbose_name='Certificate')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='Valid until')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_links', to='catalogue.resource')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='resource_links', to='catalogue.service')),
            ],
        ),
        migrations.CreateModel(
            name='Team',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('TM'), models.Value('catalogue_team_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('serves_all', models.BooleanField(default=False, verbose_name='Serves every customer')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TeamCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('maker', 'taken from who made the team'), ('hand', 'added by hand')], default='hand', max_length=10, verbose_name='How it came')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_links', to='customers.customer')),
                ('maker', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='customer_links', to='catalogue.team')),
            ],
        ),
        migrations.CreateModel(
            name='TeamResource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_links', to='catalogue.resource')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='resource_links', to='catalogue.team')),
            ],
        ),
        migrations.CreateModel(
            name='TeamService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_links', to='catalogue.service')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_links', to='catalogue.team')),
            ],
        ),
        migrations.CreateModel(
            name='WorkLogType',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('WL'), models.Value('catalogue_worklogtype_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=sitebook.catalogue.models.work.every_role, verbose_name='May be used by')),
                ('coding_roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, verbose_name='A coding must be given by')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CodingWorkLogType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('coding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work_log_type_links', to='catalogue.coding')),
                ('work_log_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coding_links', to='catalogue.worklogtype')),
            ],
        ),
        migrations.CreateModel(
            name='WorkType',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('WT'), models.Value('catalogue_worktype_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=100, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('rank', models.PositiveSmallIntegerField(default=100, verbose_name='Order')),
                ('priority', models.CharField(choices=[('low', 'Low'), ('normal', 'Normal'), ('high', 'High'), ('urgent', 'Urgent')], default='normal', max_length=10, verbose_name='Usual priority')),
                ('signature', models.CharField(choices=[('none', 'No signature'), ('asked', 'Asked for, may be missing'), ('required', 'Required to finish a visit')], default='asked', max_length=10, verbose_name='Signature')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('work_log_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_types', to='catalogue.worklogtype', verbose_name='Work log type')),
            ],
        ),
        migrations.CreateModel(
            name='WorkTypeCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work_type_links', to='customers.customer')),
                ('work_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='customer_links', to='catalogue.worktype')),
            ],
        ),
        migrations.CreateModel(
            name='WorkTypeService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='work_type_links', to='catalogue.service')),
                ('work_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='service_links', to='catalogue.worktype')),
            ],
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(models.F('name_key'), models.F('id'), name='codings_by_name'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(models.F('code_key'), models.F('id'), name='codings_by_code'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(models.F('updated_at'), models.F('id'), name='codings_by_change'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=models.Index(models.F('created_at'), models.F('id'), name='codings_by_addition'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='codings_by_tag'),
        ),
        migrations.AddIndex(
            model_name='coding',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='codings_by_own'),
        ),
        migrations.AddConstraint(
            model_name='coding',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='a_code_names_one_coding'),
        ),
        migrations.AddConstraint(
            model_name='coding',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^\\s*$'), _negated=True), name='a_coding_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='codingcustomer',
            constraint=models.UniqueConstraint(models.F('customer'), models.F('coding'), name='a_customer_has_a_coding_once'),
        ),
        migrations.AddConstraint(
            model_name='customeractivity',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(django.db.models.expressions.CombinedExpression(models.F('customer'), '+', models.Value(0)), '='), ('activity', '='), ('during', '&&')], name='a_customer_has_one_price_of_an_activity_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='customeractivity',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_price_of_a_customer_lasts_some_time'),
        ),
        migrations.AddConstraint(
            model_name='customeractivity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), models.Q(('sale__isnull', True), ('sale__gte', 0), _connector='OR')), name='a_price_of_a_customer_is_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='customeractivity',
            constraint=models.CheckConstraint(condition=models.Q(('currency', ''), models.Q(('cost__isnull', False), ('sale__isnull', False)), _connector='OR'), name='another_currency_needs_both_amounts'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(models.F('name_key'), models.F('id'), name='resources_by_name'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(models.F('updated_at'), models.F('id'), name='resources_by_change'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(models.F('created_at'), models.F('id'), name='resources_by_addition'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='resources_by_tag'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='resources_by_own'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.UniqueConstraint(models.F('user'), name='a_user_is_one_resource'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_resource_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('cost_rate__isnull', True), ('cost_rate__gte', 0), _connector='OR'), name='a_resource_is_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('cost_rate__isnull', True), models.Q(('currency', ''), _negated=True), _connector='OR'), name='a_rate_of_a_resource_has_a_currency'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(models.F('name_key'), models.F('id'), name='services_by_name'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(models.F('updated_at'), models.F('id'), name='services_by_change'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(models.F('created_at'), models.F('id'), name='services_by_addition'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='services_by_tag'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='services_by_own'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_service'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_service_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(models.F('name_key'), models.F('id'), name='activities_by_name'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(models.F('code_key'), models.F('id'), name='activities_by_code'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(models.F('updated_at'), models.F('id'), name='activities_by_change'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(models.F('created_at'), models.F('id'), name='activities_by_addition'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='activities_by_tag'),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='activities_by_own'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='a_code_names_one_activity'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('code__regex', '^\\s*$'), _negated=True), name='an_activity_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), models.Q(('sale__isnull', True), ('sale__gte', 0), _connector='OR')), name='an_activity_is_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('sale__isnull', True)), models.Q(('currency', ''), _negated=True), _connector='OR'), name='an_amount_of_an_activity_has_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='skill',
            constraint=models.UniqueConstraint(models.F('resource'), models.F('service'), name='a_resource_has_a_service_once'),
        ),
        migrations.AddIndex(
            model_name='team',
            index=models.Index(models.F('name_key'), models.F('id'), name='teams_by_name'),
        ),
        migrations.AddIndex(
            model_name='team',
            index=models.Index(models.F('updated_at'), models.F('id'), name='teams_by_change'),
        ),
        migrations.AddIndex(
            model_name='team',
            index=models.Index(models.F('created_at'), models.F('id'), name='teams_by_addition'),
        ),
        migrations.AddIndex(
            model_name='team',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='teams_by_tag'),
        ),
        migrations.AddIndex(
            model_name='team',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='teams_by_own'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_team'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_team_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='teamcustomer',
            constraint=models.UniqueConstraint(models.F('customer'), models.F('team'), name='a_customer_has_a_team_once'),
        ),
        migrations.AddConstraint(
            model_name='teamresource',
            constraint=models.UniqueConstraint(models.F('team'), models.F('resource'), name='a_team_has_a_resource_once'),
        ),
        migrations.AddConstraint(
            model_name='teamservice',
            constraint=models.UniqueConstraint(models.F('team'), models.F('service'), name='a_team_has_a_service_once'),
        ),
        migrations.AddIndex(
            model_name='worklogtype',
            index=models.Index(models.F('name_key'), models.F('id'), name='work_log_types_by_name'),
        ),
        migrations.AddIndex(
            model_name='worklogtype',
            index=models.Index(models.F('updated_at'), models.F('id'), name='work_log_types_by_change'),
        ),
        migrations.AddIndex(
            model_name='worklogtype',
            index=models.Index(models.F('created_at'), models.F('id'), name='work_log_types_by_addition'),
        ),
        migrations.AddIndex(
            model_name='worklogtype',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='work_log_types_by_tag'),
        ),
        migrations.AddIndex(
            model_name='worklogtype',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='work_log_types_by_own'),
        ),
        migrations.AddConstraint(
            model_name='worklogtype',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_work_log_type'),
        ),
        migrations.AddConstraint(
            model_name='worklogtype',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_work_log_type_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='codingworklogtype',
            constraint=models.UniqueConstraint(models.F('coding'), models.F('work_log_type'), name='a_coding_has_a_log_type_once'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=models.Index(models.F('name_key'), models.F('id'), name='work_types_by_name'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=models.Index(models.F('rank'), models.F('id'), name='work_types_by_rank'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=models.Index(models.F('updated_at'), models.F('id'), name='work_types_by_change'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=models.Index(models.F('created_at'), models.F('id'), name='work_types_by_addition'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='work_types_by_tag'),
        ),
        migrations.AddIndex(
            model_name='worktype',
            index=django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='work_types_by_own'),
        ),
        migrations.AddConstraint(
            model_name='worktype',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('work_log_type'), name='a_name_names_one_work_type_of_a_log_type'),
        ),
        migrations.AddConstraint(
            model_name='worktype',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_work_type_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='worktypecustomer',
            constraint=models.UniqueConstraint(models.F('customer'), models.F('work_type'), name='a_customer_has_a_work_type_once'),
        ),
        migrations.AddConstraint(
            model_name='worktypeservice',
            constraint=models.UniqueConstraint(models.F('work_type'), models.F('service'), name='a_work_type_names_a_service_once'),
        ),
    ]
