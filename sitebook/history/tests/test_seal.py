"""What was sealed cannot be changed unnoticed; what was erased on purpose still verifies."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections, transaction

from sitebook.access.identity import acting
from sitebook.history import tasks
from sitebook.history.erasure import erase
from sitebook.history.verification import faults, sealed
from tests.cast import make_customer, see_all

pytestmark = pytest.mark.usefixtures("sealed_days")


BACKDATED = """
INSERT INTO history_change (at, kind, record_id, subject_kind, subject_id, action, changes, via, request_id, reason,
                            db_user)
VALUES (now() - interval '3 days', 'customers_customer', 1, 'customers_customer', 1, 'changed', '{}', 'screen', '', '',
        'x')
"""
BLANKED = """
UPDATE history_change SET changes = jsonb_set(changes, '{notes}', history_blanked(changes -> 'notes')),
  proof = proof #- '{notes,salt}'
"""
SAID_LATER = """
INSERT INTO history_erasure (change_id, keys, db_user)
SELECT id, '{notes}', 'x' FROM history_change WHERE changes ? 'notes'
"""
SWAPPED = """
UPDATE history_change c SET changes = o.changes, proof = o.proof FROM history_change o
WHERE c.seal_id = 1 AND o.seal_id = 1 AND c.id <> o.id
"""
INSERTED = """
INSERT INTO history_change (id, at, kind, record_id, subject_kind, subject_id, action, changes, via, request_id, reason,
                            db_user, proof, seal_id)
OVERRIDING SYSTEM VALUE
SELECT -1, at, kind, 99, subject_kind, 99, action, changes, via, request_id, reason, db_user, proof, 1
FROM history_change WHERE seal_id = 1 LIMIT 1
"""
COPIED = """
INSERT INTO history_change (kind, record_id, subject_kind, subject_id, action, changes, via, request_id, reason,
                            db_user, proof, seal_id)
SELECT kind, record_id, subject_kind, subject_id, action, changes, via, request_id, reason, db_user, proof, seal_id
FROM history_change WHERE seal_id = 1 LIMIT 1
"""


def owner(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


def found() -> list[str]:
    return [fault.fault for fault in faults(connections["owner"])]


@pytest.fixture
def sealed_days(committed: None) -> None:
    """Two sealed links and one change after them."""
    for name in ("Acme", "Birch"):
        customer = make_customer(name)
        with see_all():
            customer.change(version=customer.version, notes=f"Gate code of {name}", payment_days=14)
        tasks.seal()
    make_customer("Not sealed yet")


def test_it_finds_nothing_when_nothing_was_touched() -> None:
    assert found() == []
    seals, changes = sealed(connections["owner"])
    assert seals == 2
    assert changes == owner("SELECT count(*) FROM history_change WHERE seal_id IS NOT NULL")[0][0]


def test_it_seals_nothing_twice() -> None:
    tasks.seal()
    assert tasks.seal() == 0
    assert sealed(connections["owner"])[0] == 3


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE history_change SET changes = jsonb_set(changes, '{notes}', '[1, 2]') WHERE changes ? 'notes'",
        "UPDATE history_change SET changes = changes - 'payment_days' WHERE changes ? 'payment_days'",
        'UPDATE history_change SET changes = changes || \'{"website": ["", "new"]}\' WHERE changes ? \'payment_days\'',
        "UPDATE history_change SET reason = 'a better one' WHERE seal_id = 1",
        "UPDATE history_change SET actor_id = 4711 WHERE seal_id = 1",
        "UPDATE history_change SET at = at + interval '1 second' WHERE seal_id = 1",
        "UPDATE history_change SET via = 'import' WHERE seal_id = 2",
        "DELETE FROM history_change WHERE id = (SELECT min(id) FROM history_change)",
        "DELETE FROM history_change WHERE seal_id = 2",
        "DELETE FROM history_seal WHERE id = 1",
        "DELETE FROM history_seal WHERE id = 2",
        "UPDATE history_seal SET changes = changes + 1 WHERE id = 2",
        "UPDATE history_change SET seal_id = NULL WHERE seal_id = 2",
        "UPDATE history_change SET seal_id = 2 WHERE seal_id = 1",
        "UPDATE history_seal SET made_at = made_at - interval '1 second' WHERE id = 1",
        "UPDATE history_seal SET open_since = open_since - interval '1 day' WHERE id = 1",
        "UPDATE history_seal SET total = total + 1 WHERE id = 2",
        "UPDATE history_seal SET form = 1 WHERE id = 2",
        "UPDATE history_seal SET form = 3 WHERE id = 1",
        "DELETE FROM history_seal WHERE id = 1; DELETE FROM history_change WHERE seal_id = 1",
        f"{BLANKED} WHERE changes ? 'notes'",
        f"{BLANKED} WHERE changes ? 'notes'; {SAID_LATER}; UPDATE history_erasure SET seal_id = 2",
        f"{BLANKED} WHERE changes ? 'notes'; {SAID_LATER}; UPDATE history_erasure SET seal_id = 9",
        "UPDATE history_change SET reason = 'erased', proof = proof #- '{:reason,salt}' WHERE seal_id = 1",
        "UPDATE history_change SET changes = changes - 'notes', proof = proof - 'notes' WHERE changes ? 'notes'",
        SWAPPED,
        INSERTED,
        BACKDATED,
        COPIED,
    ],
)
def test_it_finds_each_forgery(forgery: str) -> None:
    owner(forgery)
    assert found() != []


def test_it_finds_a_backdated_change_also_when_it_was_sealed_since() -> None:
    owner(BACKDATED)
    tasks.seal()
    assert [fault.split(" up to ")[0] for fault in found()] == ["was added after the changes"]


def test_it_finds_a_reason_put_in_place_of_an_erased_one() -> None:
    owner("UPDATE history_change SET reason = 'once', proof = NULL, seal_id = NULL WHERE seal_id = 2")
    owner("DELETE FROM history_seal WHERE id = 2")
    tasks.seal()
    with acting(everything=True):
        assert erase(kind="customers_customer", ids=[2], columns=[":reason"])
    assert found() == []
    owner("UPDATE history_change SET reason = 'forged' WHERE reason = 'erased'")
    assert set(found()) == {"in place of the erased value of :reason another one was put"}


def test_it_names_the_change_and_the_field() -> None:
    ((forged,),) = owner(
        "UPDATE history_change SET changes = jsonb_set(changes, '{notes}', '[\"\", \"forged\"]')"
        " WHERE changes ? 'notes' AND seal_id = 1 RETURNING id"
    )
    (fault,) = faults(connections["owner"])
    assert str(fault) == f"Seal 1, change {forged}: the value of notes is not the one that was sealed"


def erased_notes() -> None:
    """As an administrator does: of both customers."""
    with acting(everything=True):
        assert erase(kind="customers_customer", ids=[1, 2], columns=["notes"]) == 2


def test_it_still_verifies_when_a_value_is_erased_with_its_salt() -> None:
    erased_notes()
    assert found() == []
    assert owner("SELECT 1 FROM history_change WHERE changes::text LIKE '%Gate code%'") == []
    tasks.seal()
    assert found() == []
    assert owner("SELECT erasures FROM history_seal ORDER BY id") == [(0,), (0,), (2,)]


def test_an_erasure_alone_is_sealed_and_cannot_be_taken_back() -> None:
    tasks.seal()
    erased_notes()
    tasks.seal()
    assert sealed(connections["owner"])[0] == 4
    owner("DELETE FROM history_erasure WHERE change_id = (SELECT min(change_id) FROM history_erasure)")
    assert set(found()) == {
        "2 erasures were sealed, 1 are there",
        "the value of notes is gone, and no erasure says so",
    }


def test_an_erasure_excuses_only_the_values_it_names() -> None:
    erased_notes()
    tasks.seal()
    owner(
        "UPDATE history_change SET changes = jsonb_set(changes, '{payment_days}', "
        "history_blanked(changes -> 'payment_days')), proof = proof #- '{payment_days,salt}'"
        " WHERE changes ? 'payment_days'"
    )
    assert set(found()) == {"the value of payment_days is gone, and no erasure says so"}


def test_it_finds_an_erasure_that_puts_another_value_in_place() -> None:
    """Without the salt nothing may stand there: an erased value is gone, not replaced."""
    erased_notes()
    forged = "jsonb_set(changes, '{notes}', '[\"\", \"forged\"]')"
    owner(f"UPDATE history_change SET changes = {forged} WHERE changes ? 'notes'")
    assert set(found()) == {"in place of the erased value of notes another one was put"}


def test_it_names_all_seals_that_are_missing() -> None:
    for name in ("Cedar", "Dogwood", "Elm"):
        make_customer(name)
        tasks.seal()
    owner("DELETE FROM history_seal WHERE id IN (3, 4)")
    owner("DELETE FROM history_change WHERE seal_id IN (3, 4)")
    assert "Seal 3: this seal and the next ones up to 4 are missing" in [
        str(each) for each in faults(connections["owner"])
    ]


def test_it_gives_a_month_its_own_partition_with_what_the_default_one_held() -> None:
    """A month that was not prepared writes into the default partition; preparing moves its rows."""
    with connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute("UPDATE history_change SET at = '2031-05-17 12:00Z' WHERE seal_id IS NULL")
        cursor.execute("SELECT count(*) FROM history_change_default")
        (held,) = cursor.fetchone()
        cursor.execute("SELECT history_make_partitions(0, '2031-05-20')")
        assert cursor.fetchone() == (1,)
        cursor.execute("SELECT count(*) FROM history_change_2031_05")
        assert cursor.fetchone() == (held,)
        assert held > 0
        cursor.execute("SELECT count(*) FROM history_change_default")
        assert cursor.fetchone() == (0,)
        cursor.execute("DROP TABLE history_change_2031_05")


def test_it_gives_no_role_rights_on_a_partition() -> None:
    rights = owner(
        "SELECT c.relname, g.grantee FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " JOIN information_schema.role_table_grants g ON g.table_name = c.relname"
        " WHERE g.grantee <> c.relowner::regrole::text"
    )
    assert rights == []


def test_it_prepares_months_ahead_and_once() -> None:
    assert tasks.check_and_prepare() == 0
    ahead = owner("SELECT count(*) FROM pg_inherits WHERE inhparent = 'history_change'::regclass")
    assert ahead[0][0] >= 5
