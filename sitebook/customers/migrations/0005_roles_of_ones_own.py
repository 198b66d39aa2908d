"""An index on the roles that people made up."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0004_roles_by_name'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contactrole',
            index=models.Index(models.F('role'), condition=models.Q(('role__in', ['main', 'billing', 'point of contact', 'site manager', 'lead technician', 'accounts', 'emergency', 'key holder']), _negated=True), name='roles_of_ones_own'),
        ),
    ]
