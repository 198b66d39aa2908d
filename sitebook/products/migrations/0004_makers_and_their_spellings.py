"""Makers, and the spellings each is known by."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0003_related_products_and_meter_types'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL('CREATE SEQUENCE products_maker_reference', 'DROP SEQUENCE products_maker_reference'),
        migrations.CreateModel(
            name='Maker',
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
                ('reference', models.CharField(db_default=models.Func(models.Value('MK'), models.Value('products_maker_reference'), function='reference_number', output_field=models.TextField()), editable=False, max_length=20, unique=True, verbose_name='Reference')),
            ],
        ),
        migrations.CreateModel(
            name='MakerSpelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written', models.CharField(max_length=100, verbose_name='Written')),
                ('key', models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="regexp_replace(plain_text(written), '[^[:alnum:]]', '', 'g')"), output_field=models.TextField())),
                ('maker_name', models.CharField(editable=False, max_length=100)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'verbose_name': 'spelling',
                'ordering': ['written', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='product',
            name='brand_key',
            field=models.GeneratedField(db_persist=True, expression=models.Func(output_field=models.TextField(), template="regexp_replace(plain_text(brand), '[^[:alnum:]]', '', 'g')"), output_field=models.TextField()),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(models.F('brand_key'), models.F('id'), name='products_by_brand'),
        ),
        migrations.AddField(
            model_name='maker',
            name='archived_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='maker',
            name='created_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='maker',
            name='updated_by',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='makerspelling',
            name='maker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spellings', to='products.maker', verbose_name='Maker'),
        ),
        migrations.AddIndex(
            model_name='maker',
            index=models.Index(models.F('name_key'), models.F('id'), name='makers_by_name'),
        ),
        migrations.AddIndex(
            model_name='maker',
            index=models.Index(models.F('updated_at'), models.F('id'), name='makers_by_change'),
        ),
        migrations.AddIndex(
            model_name='maker',
            index=models.Index(models.F('created_at'), models.F('id'), name='makers_by_addition'),
        ),
        migrations.AddConstraint(
            model_name='maker',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='a_name_names_one_maker'),
        ),
        migrations.AddConstraint(
            model_name='maker',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '^\\s*$'), _negated=True), name='a_maker_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='makerspelling',
            constraint=models.UniqueConstraint(models.F('key'), name='a_spelling_is_of_one_maker'),
        ),
        migrations.AddConstraint(
            model_name='makerspelling',
            constraint=models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='a_spelling_has_letters_or_digits'),
        ),
    ]
