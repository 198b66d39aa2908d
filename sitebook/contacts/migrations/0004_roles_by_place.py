"""The roles at a customer itself are found without reading those at its thousands of sites."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_contact_by_who_sees_them")]

    operations = [
        migrations.AddIndex(
            model_name="contactrole", index=models.Index(fields=["customer", "site"], name="roles_by_place")
        ),
        migrations.AlterField(
            model_name="contactrole",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contact_roles",
                to="customers.customer",
            ),
        ),
    ]
