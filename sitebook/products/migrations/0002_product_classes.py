"""Classes become a register with specifications: each word that products have becomes a class. Back again, the class's name is the word."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


WORDS_TO_CLASSES = """
INSERT INTO products_productclass (name, tags, notes, archive_reason, version)
SELECT DISTINCT ON (lower(product_class)) product_class, '{}', '', '', 1 FROM products_product
WHERE product_class !~ '^\\s*$' ORDER BY lower(product_class), id
"""
# Nobody changed anything: neither history nor versions are touched, and the search still knows the old column.
ALONE = """
ALTER TABLE products_product DISABLE TRIGGER USER;
SET CONSTRAINTS ALL IMMEDIATE;
{};
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE products_product ENABLE TRIGGER USER
"""
PRODUCTS_TO_CLASSES = ALONE.format("""
UPDATE products_product p SET product_class_id = c.id FROM products_productclass c WHERE lower(c.name) = lower(p.class_word)
""")
PRODUCTS_TO_WORDS = ALONE.format("""
UPDATE products_product p SET class_word = c.name FROM products_productclass c WHERE c.id = p.product_class_id
""")


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0001_products'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE products_productclass_reference', 'DROP SEQUENCE products_productclass_reference'),
        migrations.CreateModel(
            name='SpecificationField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=60, verbose_name='Name')),
                ('choices', models.JSONField(blank=True, default=list, verbose_name='Choices')),
                ('position', models.IntegerField(default=0, editable=False, verbose_name='Order')),
                ('archived_at', models.DateTimeField(editable=False, null=True, verbose_name='Archived')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
                ('key', models.SlugField(db_index=False, editable=False, max_length=40, verbose_name='Key')),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('whole', 'Whole number'), ('yesno', 'Yes or no'), ('choice', 'Choice'), ('date', 'Date')], max_length=10, verbose_name='Kind')),
                ('unit', models.CharField(blank=True, default='', max_length=20, verbose_name='Unit')),
                ('least', models.DecimalField(blank=True, decimal_places=6, max_digits=21, null=True, verbose_name='Lowest value')),
                ('most', models.DecimalField(blank=True, decimal_places=6, max_digits=21, null=True, verbose_name='Highest value')),
            ],
            options={
                'verbose_name': 'specification',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='specifications',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='Specifications'),
        ),
        migrations.CreateModel(
            name='ProductClass',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('PC'), models.Value('products_productclass_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('name_key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template='sort_key(name)'), output_field=models.TextField())),
                ('archived_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='specificationfield',
            name='product_class',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='fields', to='products.productclass', verbose_name='Product class'),
        ),
        migrations.AddIndex(
            model_name='productclass',
            index=models.Index(models.F('name_key'), models.F('id'), name='product_classes_by_name'),
        ),
        migrations.AddIndex(
            model_name='productclass',
            index=models.Index(models.F('updated_at'), models.F('id'), name='product_classes_by_change'),
        ),
        migrations.AddIndex(
            model_name='productclass',
            index=models.Index(models.F('created_at'), models.F('id'), name='product_classes_by_addition'),
        ),
        migrations.AddConstraint(
            model_name='productclass',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_product_class'),
        ),
        migrations.AddConstraint(
            model_name='productclass',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_product_class_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.UniqueConstraint(fields=('product_class', 'key'), name='a_specification_has_its_key_alone'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.UniqueConstraint(models.F('product_class'), django.db.models.functions.text.Lower('label'), condition=models.Q(('archived_at__isnull', True)), name='a_specification_has_its_name_alone'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.CheckConstraint(condition=models.Q(('label__regex', '^\\s*$'), _negated=True), name='a_specification_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]*$')), name='a_specification_key_is_of_letters_and_digits'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.CheckConstraint(condition=models.Q(('least__isnull', True), ('most__isnull', True), ('least__lte', models.F('most')), _connector='OR'), name='the_lowest_value_is_not_above_the_highest'),
        ),
        migrations.AddConstraint(
            model_name='specificationfield',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('number', 'whole')), models.Q(('least__isnull', True), ('most__isnull', True), ('unit', '')), _connector='OR'), name='only_numbers_have_units_and_limits'),
        ),
        migrations.RunSQL(WORDS_TO_CLASSES, migrations.RunSQL.noop),
        migrations.RenameField(model_name='product', old_name='product_class', new_name='class_word'),
        migrations.AddField(
            model_name='product',
            name='product_class',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.productclass', verbose_name='Class'),
        ),
        migrations.RunSQL(PRODUCTS_TO_CLASSES, PRODUCTS_TO_WORDS),
        migrations.RemoveField(model_name='product', name='class_word'),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(models.F('product_class'), models.F('name_key'), models.F('id'), name='products_by_class'),
        ),
    ]
