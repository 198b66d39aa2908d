"""The indexes on parts of words go; ``index.py`` makes one for each kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries_words_and_slips")]

    operations = [
        migrations.RemoveIndex(model_name="entry", name="search_by_part"),
        migrations.RemoveIndex(model_name="entry", name="search_by_name_part"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                fields=["kind"], condition=models.Q(("everybodys", True)), name="search_everybodys"
            ),
        ),
    ]
