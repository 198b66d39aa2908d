"""The one table of all changes, cut by month, and the seals over it."""

from django.db import migrations, models

FORWARD = """
CREATE TABLE history_change (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  kind text NOT NULL,
  record_id bigint NOT NULL,
  subject_kind text NOT NULL,
  subject_id bigint NOT NULL,
  customer_id bigint,
  action text NOT NULL CONSTRAINT a_change_makes_changes_or_deletes CHECK (action IN ('made', 'changed', 'deleted')),
  changes jsonb NOT NULL,
  actor_id bigint,
  via text NOT NULL,
  request_id text NOT NULL,
  reason text NOT NULL,
  db_user text NOT NULL,
  proof jsonb,
  seal_id bigint,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE history_change_default PARTITION OF history_change DEFAULT;
CREATE INDEX history_change_by_subject ON history_change (subject_kind, subject_id, id DESC);
CREATE INDEX history_change_by_customer ON history_change (customer_id, id DESC);
CREATE INDEX history_change_by_actor ON history_change (actor_id, id DESC);
CREATE INDEX history_change_by_time ON history_change (at);
CREATE INDEX history_change_unsealed ON history_change (at) WHERE seal_id IS NULL;
CREATE TABLE history_seal (
  id bigint PRIMARY KEY,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  up_to timestamptz NOT NULL,
  changes bigint NOT NULL,
  digest bytea NOT NULL
);
"""

BACKWARD = "DROP TABLE history_seal; DROP TABLE history_change;"


class Migration(migrations.Migration):
    dependencies = [("firm", "0001_text_functions")]
    operations = [
        migrations.RunSQL(
            FORWARD,
            BACKWARD,
            state_operations=[
                migrations.CreateModel(
                    name="Change",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("kind", models.TextField()),
                        ("record_id", models.BigIntegerField()),
                        ("subject_kind", models.TextField()),
                        ("subject_id", models.BigIntegerField()),
                        ("customer_id", models.BigIntegerField(null=True)),
                        ("action", models.TextField()),
                        ("changes", models.JSONField()),
                        ("actor_id", models.BigIntegerField(null=True)),
                        ("via", models.TextField()),
                        ("request_id", models.TextField()),
                        ("reason", models.TextField()),
                        ("db_user", models.TextField()),
                        ("seal_id", models.BigIntegerField(null=True)),
                    ],
                    options={"managed": False, "db_table": "history_change", "ordering": ["-id"]},
                ),
                migrations.CreateModel(
                    name="Seal",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("made_at", models.DateTimeField()),
                        ("up_to", models.DateTimeField()),
                        ("changes", models.BigIntegerField()),
                    ],
                    options={"managed": False, "db_table": "history_seal", "ordering": ["-id"]},
                ),
            ],
        )
    ]
