"""Products."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('firm', '0001_text_functions'),
        ('records', '0001_reference_number'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE products_product_reference', 'DROP SEQUENCE products_product_reference'),
        migrations.CreateModel(
            name='Product',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('PR'), models.Value('products_product_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('code', models.CharField(max_length=60, verbose_name='Code')),
                ('code_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(code)'), output_field=models.TextField())),
                ('brand', models.CharField(blank=True, default='', max_length=100, verbose_name='Brand')),
                ('model', models.CharField(blank=True, default='', max_length=150, verbose_name='Model')),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='Description')),
                ('name', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="coalesce(nullif(btrim(brand || ' ' || model), ''), nullif(description, ''), code)"), output_field=models.TextField())),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="sort_key(coalesce(nullif(btrim(brand || ' ' || model), ''), nullif(description, ''), code))"), output_field=models.TextField())),
                ('product_class', models.CharField(blank=True, default='', max_length=60, verbose_name='Class')),
                ('kind', models.CharField(choices=[('equipment', 'Equipment'), ('part', 'Part'), ('supply', 'Supply'), ('labour', 'Labour'), ('fee', 'Fee')], default='equipment', max_length=12, verbose_name='Kind')),
                ('unit', models.CharField(blank=True, default='', max_length=20, verbose_name='Unit')),
                ('cost', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Cost')),
                ('price', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True, verbose_name='Price')),
                ('currency', models.CharField(blank=True, default='', max_length=3, verbose_name='Currency')),
                ('warranty_months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='Default warranty (months)')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('name_key'), models.F('id'), name='products_by_name'), models.Index(models.F('code_key'), models.F('id'), name='products_by_code'), models.Index(models.F('updated_at'), models.F('id'), name='products_by_change'), models.Index(models.F('created_at'), models.F('id'), name='products_by_addition'), django.contrib.postgres.indexes.GinIndex(fields=['tags'], name='products_by_tag'), django.contrib.postgres.indexes.GinIndex(fields=['custom'], name='products_by_custom_field')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='a_code_names_one_product'), models.CheckConstraint(condition=models.Q(('code__regex', '^\\s*$'), _negated=True), name='a_product_has_a_code'), models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('price__isnull', True)), models.Q(('currency', ''), _negated=True), _connector='OR'), name='an_amount_has_a_currency'), models.CheckConstraint(condition=models.Q(models.Q(('cost__isnull', True), ('cost__gte', 0), _connector='OR'), models.Q(('price__isnull', True), ('price__gte', 0), _connector='OR')), name='an_amount_is_not_below_zero')],
            },
        ),
    ]
