"""People who sign in."""

import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='Email')),
                ('name', models.CharField(max_length=120, verbose_name='Name')),
                ('role', models.CharField(choices=[('administrator', 'Administrator'), ('office', 'Office'), ('dispatcher', 'Dispatcher'), ('engineer', 'Engineer'), ('viewer', 'Viewer')], default='viewer', max_length=20, verbose_name='Role')),
                ('all_customers', models.BooleanField(default=False, verbose_name='All customers, present and future')),
                ('is_active', models.BooleanField(default=True, verbose_name='May sign in')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='Time zone')),
                ('theme', models.CharField(blank=True, choices=[('light', 'Light'), ('dark', 'Dark')], max_length=5, verbose_name='Look')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('version', models.IntegerField(default=1, editable=False)),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='an_email_belongs_to_one_user'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_user_has_a_name'), models.CheckConstraint(condition=models.Q(('role__in', ['administrator', 'office', 'dispatcher', 'engineer', 'viewer'])), name='a_user_has_a_known_role')],
            },
        ),
    ]
