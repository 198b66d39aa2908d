"""Our own organisation."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('firm', '0001_text_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Firm',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='Name of the firm')),
                ('country', models.CharField(max_length=2, verbose_name='Country')),
                ('time_zone', models.CharField(max_length=64, verbose_name='Time zone')),
                ('language', models.CharField(default='en-gb', max_length=10, verbose_name='Language')),
                ('currency', models.CharField(max_length=3, verbose_name='Currency')),
                ('support_email', models.EmailField(blank=True, max_length=254, verbose_name='Who helps our people')),
                ('is_demo', models.BooleanField(default=False, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_firm'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='the_firm_has_a_name')],
            },
        ),
    ]
