"""What the world would call a change: events, from what the models say of themselves (``named``).

A kind with ``event="site"`` has ``site.added`` and ``site.changed``, and where it can be archived ``site.archived`` and
``site.restored``; further events it names itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.basics.database_roles import role_names
from sitebook.basics.named import Event, Named, has_column, models_named, named
from sitebook.history.reach import seen_by

# What each usual event tells, of a kind that begins with a consonant and of one that begins with a vowel.
_TOLD = {
    "added": (_("A %(kind)s is added"), _("An %(kind)s is added")),
    "changed": (_("A %(kind)s is changed"), _("An %(kind)s is changed")),
    "archived": (_("A %(kind)s is archived"), _("An %(kind)s is archived")),
    "restored": (_("A %(kind)s is restored"), _("An %(kind)s is restored")),
}


class _Rule(NamedTuple):
    """``name`` is told when ``condition`` (SQL over kind, action and changes) holds and none before it does."""

    name: str
    label: str | Promise
    condition: str


def events() -> dict[str, str | Promise]:
    """Every event and what it tells, in the order in which pages show them."""
    return {rule.name: rule.label for table in models_named() for rule in _rules(table)}


# In the transaction of the change, whichever way it came: nothing is told that did not happen, and what did is not
# lost. What the owner does not see is not even noted, nor what is hidden from who wrote the address.
_FOLLOW = """
CREATE OR REPLACE FUNCTION outbox_follow() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM outbox_webhook WHERE is_active) THEN RETURN NULL; END IF;
  INSERT INTO outbox_delivery (webhook_id, event, change_id, change_at, state, attempts)
    WITH hook AS MATERIALIZED (
      SELECT w.id, w.events, owner.id AS owner, owner.all_customers AS owner_sees_all,
             writer.id AS writer, writer.id IS NULL OR writer.id = owner.id OR writer.all_customers AS writer_sees_all
      FROM outbox_webhook w JOIN users_user owner ON owner.id = w.owner_id AND owner.is_active
      LEFT JOIN users_user writer ON writer.id = w.addressed_by_id WHERE w.is_active)
    SELECT w.id, n.event, n.id, n.at, 'waiting', 0
    FROM (SELECT *, outbox_event(kind, action, changes) AS event FROM new_rows) n
    JOIN hook w ON w.events = '{{}}' OR n.event = ANY (w.events)
    WHERE n.event IS NOT NULL AND {owner} AND {writer}
    ORDER BY n.id, w.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER outbox_follow AFTER INSERT ON history_change REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION outbox_follow();
CREATE OR REPLACE FUNCTION outbox_writer_sees(hook bigint, change bigint, changed_at timestamptz) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM history_change n, outbox_webhook w LEFT JOIN users_user u ON u.id = w.addressed_by_id
    WHERE w.id = hook AND n.id = change AND n.at = changed_at AND {told})
$$;
"""


def apply_all(connection: Any) -> None:
    """Make the functions by which the database tells events. ``connection``: Django's, of the owner."""
    rules = [(table, rule) for table in models_named() for rule in _rules(table)]
    cases = " ".join(f"WHEN kind = '{table}' AND {rule.condition} THEN '{rule.name}'" for table, rule in rules)
    head = "CREATE OR REPLACE FUNCTION outbox_event(kind text, action text, changes jsonb) RETURNS text"
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"{head} LANGUAGE sql IMMUTABLE RETURN CASE {cases} END")
        cursor.execute(
            _FOLLOW.format(
                owner=seen_by("w.owner", "w.owner_sees_all", "n"),
                writer=seen_by("w.writer", "w.writer_sees_all", "n"),
                told=seen_by("u.id", "u.id IS NULL OR u.all_customers", "n"),
            )
        )
        made = ("outbox_event(text, text, jsonb)", "outbox_follow()", "outbox_writer_sees(bigint, bigint, timestamptz)")
        roles = role_names(connection.settings_dict["NAME"])
        everybody = ", ".join(f'"{name}"' for name in (*roles.seeing, roles.app))
        cursor.execute(f"REVOKE ALL ON FUNCTION {', '.join(made)} FROM PUBLIC, {everybody}")


def _rules(table: str) -> list[_Rule]:
    said = named(table)
    own = [_Rule(event.name, event.label, _condition(event)) for event in said.events]
    return own + (_usual(table, said) if said.event else [])


def _usual(table: str, said: Named) -> list[_Rule]:
    name, archived = said.event, "action = 'changed' AND changes ? 'archived_at'"
    added = _Rule(f"{name}.added", _told(said, "added"), "action = 'made'")
    changed = _Rule(f"{name}.changed", _told(said, "changed"), "action = 'changed'")
    if not has_column(models_named()[table], "archived_at"):
        return [added, changed]
    return [
        added,
        _Rule(f"{name}.archived", _told(said, "archived"), f"{archived} AND changes #> '{{archived_at,1}}' <> 'null'"),
        _Rule(f"{name}.restored", _told(said, "restored"), archived),
        changed,
    ]


def _told(said: Named, what: str) -> str:
    kind = str(said.one)
    return str(_TOLD[what][kind[:1] in "aeiou"]) % {"kind": kind}


def _condition(event: Event) -> str:
    if event.value:
        return f"action = 'made' AND changes #>> '{{{event.column},1}}' = '{event.value}'"
    return f"action = 'changed' AND changes ? '{event.column}'"
