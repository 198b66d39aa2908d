"""An index for who has a role, whatever it is called."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_what_is_in_use'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='contactrole',
            index=models.Index(models.F('role'), models.F('contact'), name='roles_by_name'),
        ),
    ]
