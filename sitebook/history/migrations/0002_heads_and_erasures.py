"""Seals that vouch for themselves, and a record of each erasure in the history."""

from django.db import migrations, models

FORWARD = """
ALTER TABLE history_seal
  ADD form smallint NOT NULL DEFAULT 1, ADD open_since timestamptz, ADD next_transaction xid8,
  ADD erasures bigint NOT NULL DEFAULT 0, ADD total bigint;
UPDATE history_seal s SET open_since = up_to, next_transaction = '0',
  total = (SELECT sum(e.changes) FROM history_seal e WHERE e.id <= s.id);
ALTER TABLE history_seal
  ALTER form SET DEFAULT 2, ALTER open_since SET NOT NULL, ALTER next_transaction SET NOT NULL, ALTER total SET NOT NULL;
CREATE TABLE history_erasure (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  change_id bigint NOT NULL,
  keys text[] NOT NULL,
  actor_id bigint,
  db_user text NOT NULL,
  seal_id bigint
);
CREATE INDEX history_erasure_by_change ON history_erasure (change_id);
CREATE INDEX history_erasure_unsealed ON history_erasure (id) WHERE seal_id IS NULL;
INSERT INTO history_erasure (change_id, keys, db_user)
  SELECT c.id, array_agg(p.key ORDER BY p.key), session_user FROM history_change c, jsonb_each(c.proof) p
  WHERE c.seal_id IS NOT NULL AND p.value ->> 'salt' IS NULL GROUP BY c.id;
"""

BACKWARD = """
DROP TABLE history_erasure;
ALTER TABLE history_seal DROP form, DROP open_since, DROP next_transaction, DROP erasures, DROP total;
"""


class Migration(migrations.Migration):
    dependencies = [("history", "0001_changes")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.AddField("seal", "erasures", models.BigIntegerField()),
                migrations.AddField("seal", "total", models.BigIntegerField()),
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("change_id", models.BigIntegerField()),
                        ("actor_id", models.BigIntegerField(null=True)),
                        ("seal_id", models.BigIntegerField(null=True)),
                    ],
                    options={"managed": False, "db_table": "history_erasure", "ordering": ["-id"]},
                ),
            ],
        )
    ]
