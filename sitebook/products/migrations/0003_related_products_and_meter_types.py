"""Meter types, and what products have to do with each other."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0002_product_classes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE products_metertype_reference', 'DROP SEQUENCE products_metertype_reference'),
        migrations.CreateModel(
            name='MeterType',
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
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('reference', models.CharField(db_default=models.Func(models.Value('MT'), models.Value('products_metertype_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('unit', models.CharField(blank=True, default='', max_length=20, verbose_name='Unit')),
                ('behaviour', models.CharField(choices=[('counting', 'Counting'), ('gauge', 'Gauge')], default='counting', max_length=8, verbose_name='Behaviour')),
                ('decimals', models.PositiveSmallIntegerField(default=0, verbose_name='Digits after the point')),
                ('rollover_limit', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='Begins again at')),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ProductRelationship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('supply', 'Supply'), ('part', 'Part'), ('accessory', 'Accessory'), ('successor', 'Successor')], max_length=10, verbose_name='Kind of relationship')),
                ('expected_yield', models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name='Expected yield')),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=12, verbose_name='Quantity')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('meter_type', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.metertype', verbose_name='Meter type')),
                ('product', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='relationships', to='products.product')),
                ('related', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used_in', to='products.product', verbose_name='Related product')),
            ],
        ),
        migrations.AddIndex(
            model_name='metertype',
            index=models.Index(models.F('name_key'), models.F('id'), name='meter_types_by_name'),
        ),
        migrations.AddIndex(
            model_name='metertype',
            index=models.Index(models.F('updated_at'), models.F('id'), name='meter_types_by_change'),
        ),
        migrations.AddIndex(
            model_name='metertype',
            index=models.Index(models.F('created_at'), models.F('id'), name='meter_types_by_addition'),
        ),
        migrations.AddConstraint(
            model_name='metertype',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_meter_type'),
        ),
        migrations.AddConstraint(
            model_name='metertype',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_meter_type_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='metertype',
            constraint=models.CheckConstraint(condition=models.Q(('decimals__lte', 6)), name='a_meter_has_up_to_six_digits_after_the_point'),
        ),
        migrations.AddConstraint(
            model_name='metertype',
            constraint=models.CheckConstraint(condition=models.Q(('rollover_limit__isnull', True), models.Q(('behaviour', 'counting'), ('rollover_limit__gt', 0)), _connector='OR'), name='only_a_counting_meter_begins_again_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='productrelationship',
            constraint=models.UniqueConstraint(fields=('product', 'related', 'kind'), name='two_products_are_related_once_in_a_way'),
        ),
        migrations.AddConstraint(
            model_name='productrelationship',
            constraint=models.CheckConstraint(condition=models.Q(('product', models.F('related')), _negated=True), name='a_product_is_not_related_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='productrelationship',
            constraint=models.CheckConstraint(condition=models.Q(('expected_yield__isnull', True), ('expected_yield__gt', 0), _connector='OR'), name='an_expected_yield_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='productrelationship',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='a_quantity_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='productrelationship',
            constraint=models.CheckConstraint(condition=models.Q(('expected_yield__isnull', True), ('meter_type__isnull', False), _connector='OR'), name='an_expected_yield_is_counted_by_a_meter'),
        ),
    ]
