"""Fields that offer records: two letters suffice, recent ones first, archived ones only when typed, and marked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sitebook.contacts.models import Contact
from sitebook.contacts.tests.persons import body
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from tests.cast import Cast, see_all

PICKERS = {
    "/customers/pick/": (Customer, "/customers/{}/"),
    "/customers/pick-distributor/": (Customer, "/customers/{}/"),
    "/contacts/pick/": (Contact, "/contacts/{}/"),
    "/sites/pick/": (Site, "/sites/{}/"),
}


def make(kind: Any, name: str, customer: Customer) -> Any:
    with see_all():
        if kind is Customer:
            return Customer.add(name=name, is_distributor=True)
        return kind.add(name=name, customer=customer)


def offered(client: Any, picker: str, typed: str = "") -> list[str]:
    return re.findall(r'data-label="([^"]*)"', body(client.get(picker, {"q": typed})))


@pytest.mark.django_db
@pytest.mark.parametrize("picker", PICKERS)
def test_two_letters_suffice(cast: Cast, client_of: Any, picker: str) -> None:
    make(PICKERS[picker][0], "Quay West", cast.acme)
    alice = client_of(cast.alice)
    assert offered(alice, picker, "qu") == offered(alice, picker, "Quay") == ["Quay West"]
    assert offered(alice, picker, "q") == []


@pytest.mark.django_db
@pytest.mark.parametrize("picker", PICKERS)
def test_what_was_worked_with_last_comes_first(cast: Cast, client_of: Any, picker: str) -> None:
    """Also where more than the picker shows would come before by name."""
    kind, page = PICKERS[picker]
    for number in range(15):
        make(kind, f"Quay {number}", cast.acme)
    last, before = make(kind, "Quay Zz", cast.acme), make(kind, "Quay Yy", cast.acme)
    alice = client_of(cast.alice)
    for record in (before, last):
        alice.get(page.format(record.pk))
    assert offered(alice, picker) == ["Quay Zz", "Quay Yy"]
    assert offered(alice, picker, "quay")[:3] == ["Quay Yy", "Quay Zz", "Quay 0"]


@pytest.mark.django_db
@pytest.mark.parametrize("picker", PICKERS)
def test_archived_ones_come_only_when_typed_last_and_marked(cast: Cast, client_of: Any, picker: str) -> None:
    kind, page = PICKERS[picker]
    gone = make(kind, "Quay Gone", cast.acme)
    make(kind, "Quay Zz", cast.acme)
    alice = client_of(cast.alice)
    alice.get(page.format(gone.pk))
    with see_all():
        kind.objects.filter(pk=gone.pk).update(archived_at="2026-01-01T00:00Z")
    assert offered(alice, picker) == []
    assert offered(alice, picker, "quay") == ["Quay Zz", "Quay Gone"]
    assert '<span class="aside">archived</span>' in body(alice.get(picker, {"q": "quay gone"}))


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/customers/", "/contacts/", "/sites/"])
def test_lists_hide_archived_ones_and_have_the_option(cast: Cast, client_of: Any, address: str) -> None:
    kind = {"/customers/": Customer, "/contacts/": Contact, "/sites/": Site}[address]
    gone = make(kind, "Quay Gone", cast.acme)
    with see_all():
        kind.objects.filter(pk=gone.pk).update(archived_at="2026-01-01T00:00Z")
    alice = client_of(cast.alice)
    assert "Quay Gone" not in body(alice.get(address))
    assert 'name="archived"' in body(alice.get(f"{address}?choices=all"))
    assert "Quay Gone" in body(alice.get(f"{address}?archived=yes"))


@pytest.mark.django_db
@pytest.mark.parametrize("picker", PICKERS)
def test_nobody_is_offered_what_they_may_not_see(cast: Cast, client_of: Any, picker: str) -> None:
    make(PICKERS[picker][0], "Quay Hidden", cast.cedar)
    assert offered(client_of(cast.bob), picker, "quay") == []
