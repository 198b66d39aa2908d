"""The number of a new record: a letter and the next one of a sequence, with at least four digits."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reference_number(prefix text, counter text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
DECLARE number text := nextval(counter::regclass)::text;
BEGIN
  RETURN prefix || '-' || lpad(number, greatest(4, length(number)), '0');
END $$;
"""


class Migration(migrations.Migration):

    initial = True

    operations = [
        migrations.RunSQL(FORWARD, "DROP FUNCTION reference_number(text, text)"),
    ]
