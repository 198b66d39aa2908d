"""What is searched: an entry a record, the words of names, and what they look like one slip away."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('firm', '0001_text_functions'),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch", "DROP EXTENSION fuzzystrmatch"),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.TextField(unique=True)),
            ],
            options={
                'db_table': 'search_word',
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('record_id', models.BigIntegerField()),
                ('customer_id', models.BigIntegerField(null=True)),
                ('everybodys', models.BooleanField()),
                ('title', models.TextField()),
                ('name', models.TextField()),
                ('body', models.TextField()),
            ],
            options={
                'db_table': 'search_entry',
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('body', name='gin_trgm_ops'), name='search_by_part'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('name', name='gin_trgm_ops'), name='search_by_name_part'), models.Index(models.F('kind'), django.contrib.postgres.indexes.OpClass('name', name='text_pattern_ops'), name='search_by_beginning'), models.Index(models.F('customer_id'), models.F('kind'), name='search_by_customer')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'record_id'), name='a_record_has_one_entry')],
            },
        ),
        migrations.CreateModel(
            name='Slip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slip', models.TextField()),
                ('word', models.TextField()),
            ],
            options={
                'db_table': 'search_slip',
                'indexes': [models.Index(models.F('word'), name='slips_of_a_word')],
                'constraints': [models.UniqueConstraint(fields=('slip', 'word'), name='a_slip_of_a_word_once')],
            },
        ),
    ]
