"""The people and customers of our stories, and plain functions that make more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from sitebook.access.identity import acting
from sitebook.access.models import give
from sitebook.customers.models import Customer
from sitebook.files.models import Document
from sitebook.files.uploads import add as add_document
from sitebook.firm.models import Firm
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.scenes import scene

_number = count(1)


@contextmanager
def see_all() -> Iterator[None]:
    """Look at, or make, anything: as the operator of the machine."""
    with acting(everything=True):
        yield


def make_firm(**values: Any) -> Firm:
    values = {"name": "Northwind Service", "country": "GB", "time_zone": "Europe/London", "currency": "GBP"} | values
    with see_all():
        return Firm.objects.get_or_create(pk=1, defaults=values)[0]


def make_user(*, name: str = "", role: str = "office", sees: tuple[Customer, ...] = (), **values: Any) -> User:
    name = name or f"Person {next(_number)}"
    email = values.pop("email", f"{name.lower().replace(' ', '.')}@northwind.example")
    password = values.pop("password", "correct horse battery")
    with see_all():
        user = User.objects.create_user(email, password, name=name, role=role, **values)
        if sees:
            give(user_id=user.pk, customers=[customer.pk for customer in sees])
    return user


def make_customer(name: str = "", **values: Any) -> Customer:
    with see_all():
        return Customer.add(name=name or f"Customer {next(_number)}", **values)


def make_site(customer: Customer, name: str = "", **values: Any) -> Site:
    with see_all():
        return Site.add(customer=customer, name=name or f"Site {next(_number)}", **values)


def make_document(kind: str, pk: int, name: str = "Plan.txt", content: bytes = b"ground floor") -> Document:
    """A document about the record ``pk`` of the table ``kind``."""
    with see_all():
        return add_document(kind=kind, pk=pk, sent=ContentFile(content, name=name))


@dataclass
class Cast:
    """Alice administers and sees all. Bob works in the office and sees Acme and Birch.
    Charlie, an engineer, sees Acme only. Vera views Birch. Nobody but Alice sees Cedar."""

    firm: Firm
    acme: Customer
    birch: Customer
    cedar: Customer
    depot: Site
    mill: Site
    vault: Site
    alice: User
    bob: User
    charlie: User
    vera: User


@scene
def make_cast() -> Cast:
    firm = make_firm()
    acme = make_customer("Acme Supermarkets", head_town="Leeds")
    birch = make_customer("Birch Housing", head_town="York")
    cedar = make_customer("Cedar Hospital", head_town="Hull")
    return Cast(
        firm=firm,
        acme=acme,
        birch=birch,
        cedar=cedar,
        depot=make_site(acme, "Depot", code="D-1"),
        mill=make_site(birch, "Mill"),
        vault=make_site(cedar, "Vault"),
        alice=make_user(name="Alice Archer", role="administrator", all_customers=True),
        bob=make_user(name="Bob Baker", role="office", sees=(acme, birch)),
        charlie=make_user(name="Charlie Cole", role="engineer", sees=(acme,)),
        vera=make_user(name="Vera Vane", role="viewer", sees=(birch,)),
    )
