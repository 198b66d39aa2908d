from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0007_passkeys_count"),
    ]

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("period", models.BigIntegerField(db_default=0)),
                ("count", models.BigIntegerField(db_default=0)),
                ("value", models.JSONField(null=True)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE users_counter SET UNLOGGED; ALTER TABLE users_counter SET (fillfactor = 50)",
            migrations.RunSQL.noop,
        ),
    ]
