"""Changes read as sentences: who, what, by which path, old and new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sitebook.access.identity import acting
from sitebook.customers.models import Customer
from sitebook.handovers.handover import hand_over
from sitebook.history import labels, timeline
from sitebook.history.models import Change
from sitebook.history.timeline import Entry
from sitebook.sites.models import Site
from tests.cast import Cast, make_document, see_all

ClientOf = Callable[[Any], Client]


def entries(kind: str, pk: int, *, reader: Any = None, own: bool = True) -> list[Entry]:
    with acting(user=reader, via="screen", everything=reader is None):
        rows = list(Change.objects.filter(subject_kind=kind, subject_id=pk))
        return [entry for _day, found in timeline.days(rows, own=own) for entry in found]


def test_it_says_who_changed_what_by_which_path(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen", request_id="a"):
        cast.acme.change(version=cast.acme.version, name="Acme Stores", payment_days=30, account="warning")
    entry = entries("customers_customer", cast.acme.pk)[0]
    assert (entry.who, str(entry.did), entry.via) == (
        "Bob Baker",
        "changed the name and 2 more fields",
        "on the screen",
    )
    lines = {line.label: (line.old, line.new) for line in entry.lines}
    assert lines == {
        "Name": ("Acme Supermarkets", "Acme Stores"),
        "Account": ("Ok", "Warning"),
        "Payment within (days)": ("", "30"),
    }


def test_it_names_the_record_in_the_register(cast: Cast) -> None:
    with acting(user=cast.bob, via="api", request_id="a"):
        cast.acme.change(version=cast.acme.version, name="A & B <Stores>")
    entry = entries("customers_customer", cast.acme.pk, own=False)[0]
    assert str(entry.did) == (f'changed the name of <a href="/customers/{cast.acme.pk}/">A &amp; B &lt;Stores&gt;</a>')


def test_a_hand_over_says_what_a_person_would_and_no_inner_number(cast: Cast) -> None:
    day = date(2026, 10, 1)
    with acting(user=cast.alice, via="screen"):
        hand_over(cast.depot, to=cast.birch, day=day, today=day, by_id=cast.alice.pk, reason="Sold")
    for entry in entries("sites_site", cast.depot.pk, reader=cast.alice):
        if str(entry.did).startswith("handed"):
            said = {line.label: line.new for line in entry.lines}
            break
    assert said == {"What was done": "Handed over", "From": "1 Oct 2026", "Customer": "Birch Housing", "Reason": "Sold"}


def test_it_tells_archiving_with_its_reason_and_restoring(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen", request_id="a"):
        cast.acme.archive(by_id=cast.bob.pk, at=datetime.now(UTC), reason="Gone bust")
    with acting(user=cast.bob, via="screen", request_id="b"):
        cast.acme.restore()
    restored, archived = entries("customers_customer", cast.acme.pk)[:2]
    assert (str(archived.did), archived.reason, archived.lines) == ("archived this customer", "Gone bust", [])
    assert str(restored.did) == "took the archive mark off"


def test_it_makes_one_sentence_of_one_request(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen", request_id="a"):
        site = Site.add(customer=cast.acme, name="New depot", since=date(2026, 3, 1))
    (entry,) = entries("sites_site", site.pk)
    assert str(entry.did) == "made this site"
    assert ("Period", "since 1 Mar 2026") in [(line.label, line.new) for line in entry.lines]


@pytest.mark.parametrize(
    ("via", "who", "did_by"),
    [
        ("import", "An import", ""),
        ("command", "A command", ""),
        ("worker", "Sitebook", ""),
        ("api", "Somebody", "by API"),
    ],
)
def test_it_names_who_is_no_person(cast: Cast, via: str, who: str, did_by: str) -> None:
    with acting(via=via, everything=True):
        Customer.objects.filter(pk=cast.acme.pk).update(notes="x")
    entry = entries("customers_customer", cast.acme.pk)[0]
    assert (entry.who, entry.via) == (who, did_by)


def test_it_never_names_what_the_reader_may_not_see(cast: Cast) -> None:
    with see_all():
        site = Site.objects.get(pk=cast.vault.pk)
        site.tenures.update(during=DateRange(None, date(2026, 1, 1)))
        site.tenures.create(customer=cast.acme, during=DateRange(date(2026, 1, 1), None))
        Site.objects.filter(pk=site.pk).update(customer=cast.acme)
    said = str(entries("sites_site", site.pk, reader=cast.charlie))
    assert "another customer" in said
    assert "Cedar" not in said
    assert "Cedar Hospital" in str(entries("sites_site", site.pk))


@pytest.mark.parametrize(
    ("kind", "column", "value", "shown"),
    [
        ("customers_customer", "phones", [{"kind": "office", "number": "+442071838750", "odd": False}], "(office)"),
        ("customers_customer", "emails", [{"kind": "accounts", "address": "a@b.example"}], "a@b.example (accounts)"),
        ("customers_customer", "tags", ["lifts", "boilers"], "lifts, boilers"),
        ("customers_customer", "head_country", "DE", "Germany"),
        ("customers_customer", "is_distributor", True, "yes"),
        ("sites_site", "status", "dormant", "Dormant"),
        ("sites_tenure", "during", "[2020-01-01,2021-01-01)", "1 Jan 2020 until 1 Jan 2021"),
        ("sites_tenure", "during", "(,)", "always"),
        ("sites_tenure", "during", "(,2021-01-01)", "until 1 Jan 2021"),
        ("users_user", "password", "secret", "not shown"),
        ("a_table_of_former_days", "former_field", {"a": 1}, "1"),
        ("customers_customer", "notes", "[not, a period", "[not, a period"),
        ("customers_customer", "notes", "2026-13-45 is no day", "2026-13-45 is no day"),
    ],
)
def test_it_writes_values_as_people_read_them(cast: Cast, kind: str, column: str, value: Any, shown: str) -> None:
    assert labels.readable(kind, column, value, labels.Names([])).endswith(shown)


def test_it_asks_the_same_number_of_questions_for_more_rows(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    alice.get("/changes/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get("/changes/").status_code == 200
        return len(queries)

    before = asked()
    for number in range(30):
        with acting(user=cast.bob, via="screen", request_id=str(number)):
            Customer.objects.filter(pk=cast.acme.pk).update(notes=f"Note {number}")
    assert asked() == before


def test_it_filters_by_field_person_and_value(cast: Cast, client_of: ClientOf) -> None:
    for user, values in ((cast.bob, {"notes": "By Bob"}), (cast.alice, {"website": "https://alice.example"})):
        with acting(user=user, via="screen", request_id=user.name):
            Customer.objects.filter(pk=cast.acme.pk).update(**values)
    alice, address = client_of(cast.alice), f"/changes/customers_customer/{cast.acme.pk}/"
    for query in ("field=notes", f"by={cast.bob.pk}", "q=by+bob"):
        page = alice.get(f"{address}?{query}").content.decode()
        assert "By Bob" in page
        assert "alice.example" not in page


def test_it_filters_the_register(cast: Cast, client_of: ClientOf) -> None:
    with acting(user=cast.bob, via="import", request_id="a"):
        Customer.objects.filter(pk=cast.acme.pk).update(notes="From a file")
    alice = client_of(cast.alice)
    hits = ("via=import", f"by={cast.bob.pk}", "kind=customers_customer", f"q={cast.acme.reference}", "q=acme")
    for query in hits:
        assert "From a file" in alice.get(f"/changes/?{query}").content.decode(), query
    for query in ("via=api", "kind=sites_site", "q=birch", "until=2020-01-01", "from=2999-01-01"):
        assert "From a file" not in alice.get(f"/changes/?{query}").content.decode(), query


def test_it_turns_pages(cast: Cast, client_of: ClientOf) -> None:
    for number in range(60):
        with acting(user=cast.bob, via="screen", request_id=str(number)):
            Customer.objects.filter(pk=cast.acme.pk).update(notes=f"Note {number}!")
    alice, address = client_of(cast.alice), f"/changes/customers_customer/{cast.acme.pk}/"
    first = alice.get(address)
    assert "Note 59!" in first.content.decode()
    assert "Note 5!" not in first.content.decode()
    following = first.content.decode().split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "Note 5!" in alice.get(following.replace("&amp;", "&")).content.decode()


def test_it_keeps_the_register_to_administrators(cast: Cast, client_of: ClientOf) -> None:
    for user in (cast.bob, cast.charlie, cast.vera):
        client = client_of(user)
        assert client.get("/changes/").status_code == 403
        assert client.get(f"/changes/users_user/{cast.alice.pk}/").status_code == 403
        assert client.get("/changes/firm_firm/1/").status_code == 403
        assert client.get(f"/changes/customers_customer/{cast.cedar.pk}/").status_code == 404
    assert client_of(cast.alice).get("/changes/pg_authid/1/").status_code == 404


def test_it_shows_restricted_users_the_history_of_what_they_see(cast: Cast, client_of: ClientOf) -> None:
    page = client_of(cast.charlie).get(f"/changes/customers_customer/{cast.acme.pk}/")
    assert page.status_code == 200
    assert "made this customer" in page.content.decode()


def test_it_says_that_a_document_was_removed_and_brought_back(cast: Cast, client_of: ClientOf) -> None:
    plan = make_document("customers_customer", cast.acme.pk, "Plan.txt")
    bob = client_of(cast.bob)
    bob.post(f"/documents/{plan.pk}/edit/", {"name": "Plan 2.txt", "note": ""})
    bob.post(f"/documents/{plan.pk}/remove/")
    bob.post(f"/documents/{plan.pk}/bring-back/")
    said = [str(entry.did) for entry in entries("customers_customer", cast.acme.pk)[:4]]
    assert said == [
        "brought back: document Plan 2.txt",
        "removed: document Plan 2.txt",
        "changed: document Plan 2.txt",
        "added: document Plan 2.txt",
    ]
