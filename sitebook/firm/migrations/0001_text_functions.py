"""Extensions and the two text functions that indexes and sort keys stand on."""

from django.db import migrations

FORWARD = """
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE FUNCTION plain_text(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN btrim(regexp_replace(lower(public.unaccent('public.unaccent'::regdictionary, value)), '\\s+', ' ', 'g'));
CREATE FUNCTION sort_key(value text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN regexp_replace(regexp_replace(plain_text(value), '(\\d+)', '000000000\\1', 'g'),
                        '\\d*(\\d{10})', '\\1', 'g');
COMMENT ON FUNCTION sort_key IS 'Orders names as people do: no accents, no case, numbers by value';
"""

BACKWARD = "DROP FUNCTION sort_key(text); DROP FUNCTION plain_text(text);"


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
