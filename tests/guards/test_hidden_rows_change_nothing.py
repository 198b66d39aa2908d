"""What is hidden changes no page: more hidden rows are made, and every answer stays as it was, letter by letter.

The crawl looks for words; this finds counts, orders and offers too. Every address and every operation that reads is
asked, as a restricted user and as an administrator who sees one customer.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection, models, transaction
from django.test import Client

from sitebook.access.models import give
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer, Membership
from sitebook.sites.models import Site
from sitebook.users.models import PasskeyCounter, User
from tests.cast import make_customer, make_site, see_all
from tests.guards import operations
from tests.guards.crawl import ENDS_THE_SESSION, QUERIES, addresses, groups
from tests.guards.parameters import reads, watching
from tests.guards.planted import Planted, fill_records, make_run, opened, plant, told_of, visits
from tests.guards.test_api import program
from tests.guards.test_every_route import signed_in

PAGES, OPERATIONS = groups(), operations.groups()
# What is new in each answer: tokens of forms, the time, numbers of requests, keys drawn for a second factor.
DRAWN = re.compile(
    r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*|csrf[^ ]*="[^"]*"'
    r'|type="datetime-local" name="\w+" value="[^"]*"'
    r'|"challenge": "[^"]*"|secret=[A-Z2-7]+|<code>[A-Z2-7 ]+</code>|"?request_id"?[:=] ?"[^"]*"',
    re.IGNORECASE,
)
# As many as would move any figure, and beyond what a menu offers.
MORE = 3


def plain(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.status_code} {DRAWN.sub('', body.decode(errors='replace'))}"


def _plainly(planted: Planted, group: str) -> Iterator[str]:
    for route in PAGES[group]:
        if route.name not in ENDS_THE_SESSION:
            yield from addresses(route, planted)


def pages(planted: Planted, client: Client, group: str) -> Iterator[tuple[str, str]]:
    """Every address, and what shows a page with each query of which it reads something."""
    for address in _plainly(planted, group):
        with watching():
            answer = client.get(address)
            yield address, plain(answer)
            asked = [query for query in QUERIES if answer.status_code == 200 and reads(answer, query)]
        for query in asked:
            yield address + query, plain(client.get(address + query))


def answers(planted: Planted, client: Client, group: str) -> Iterator[tuple[str, str]]:
    for operation in OPERATIONS[group]:
        if operation.method == "GET":
            for address, _body in operations.calls(operation, planted):
                yield address, plain(operations.ask(client, operation, address))


def hide_more(planted: Planted) -> None:
    """Rows in every table, all of customers and users who are none of the asker's."""
    alice, keeper = planted.cast.alice, planted.keeper
    for number in range(MORE):
        customer = make_customer(f"Zeta {number}", is_distributor=True, head_town="Zwolle", tags=["zeta"])
        site = make_site(customer, f"Zeta site {number}", tags=["zeta"], type="Zeta house")
        with see_all():
            fill_records(customer, site, text=f"zeta{number}")
            Customer.objects.filter(pk=customer.pk).update(
                custom={"planted": "zeta"}, bill_to=planted.cast.acme, distributor=planted.hidden, bill_outside=True
            )
            Site.objects.filter(pk=site.pk).update(custom={"planted": "zeta"})
            Contact.objects.filter(customer=customer).update(custom={"planted": "zeta"})
            Membership.objects.filter(customer=customer).update(parent=planted.cast.acme)
            give(user_id=keeper.pk, customers=[customer.pk])
            told_of(customer, alice, text=f"zeta{number}")
            make_run(alice, customer, text=f"zeta{number}")
            with connection.cursor() as cursor:
                cursor.execute("SELECT users_make_link(%s, %s, 'asked')", [keeper.pk, f"zeta link {number}"])
        sign_in_rows(keeper, number)


def sign_in_rows(user: User, number: int) -> None:
    """One more device, and one more use of a passkey."""
    UserSession.objects.create(user=user, ip="192.0.2.7", session_key=f"zeta{number}", user_agent="Zeta")
    PasskeyCounter.objects.filter(user=user).update(used=models.F("used") + 1)


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Each address whose answer changed, with the first lines that did."""
    found = []
    for address, was in before.items():
        lines = difflib.unified_diff(was.splitlines(), after[address].splitlines(), lineterm="", n=0)
        if told := [line.strip()[:200] for line in lines][2:6]:
            found.append(f"{address}: {told}")
    return found


def asker(planted: Planted, name: str) -> User:
    return planted.dora if name == "dora" else planted.cast.charlie


def compared(planted: Planted, client: Client, ask: Any, group: str) -> list[str]:
    """What changes where hidden rows come. Pages are opened before, for pickers offer what was opened last."""
    for address in _plainly(planted, group) if ask is pages else []:
        client.get(address)
    before = dict(ask(planted, client, group))
    hide_more(planted)
    return differences(before, dict(ask(planted, client, group)))


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), visits(["charlie", "dora"], PAGES))
def test_hidden_rows_change_no_page(name: str, group: str):
    planted = plant()
    assert compared(planted, signed_in(asker(planted, name)), pages, group) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "group"), visits(["charlie", "dora"], OPERATIONS))
def test_hidden_rows_change_no_answer_to_programs(name: str, group: str):
    planted = plant()
    assert compared(planted, program(asker(planted, name)), answers, group) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "group"), [("customers_customer", "customers"), ("outbox_webhook", "settings")])
def test_the_guard_fails_when_a_policy_is_dropped(table: str, group: str):
    planted = plant()
    with opened(table):
        assert compared(planted, signed_in(planted.dora), pages, group) != []


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["users", "settings"])
def test_a_query_of_which_a_page_reads_nothing_changes_nothing(group: str):
    """So the crawls need not ask it."""
    planted, spared = plant(), 0
    client = signed_in(planted.dora)
    for address in _plainly(planted, group):
        with watching():
            answer = client.get(address)
            shown = plain(answer)
            unread = [query for query in QUERIES if answer.status_code == 200 and not reads(answer, query)]
        spared += len(unread)
        for query in unread:
            told = plain(client.get(address + query))
            assert told.replace(query, "").replace(query.replace("&", "&amp;"), "") == shown, address + query
    assert spared >= len(QUERIES)


@contextmanager
def figures_of_all() -> Iterator[None]:
    """The use of custom fields counted among all records; undone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tests.run(%s)", ["ALTER FUNCTION custom_fields_in_use(bigint, text) SECURITY DEFINER"]
            )
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_it_finds_a_figure_that_counts_what_is_hidden():
    planted = plant()
    with figures_of_all():
        found = compared(planted, signed_in(planted.dora), pages, "settings")
    assert any(each.startswith("/settings/fields/") for each in found), found
