"""What is hidden changes no answer: near-words are planted in hidden names, and every answer stays as it was, letter by
letter. Each register that is searched is planted and asked, as it is declared; a new one needs no line here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.assets.models import Asset
from sitebook.config.registers import REGISTERS
from sitebook.config.search_groups import SEARCH_GROUPS
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job
from sitebook.jobs.new_job import log
from sitebook.search.index import declared
from sitebook.search.queries import find
from sitebook.sites.models import Site
from sitebook.users import tokens
from sitebook.users.models import Scope, User
from tests.cast import Cast, make_cast, make_user, see_all

SEEN = "Harbourside Quay harboux"
# One slip away from what is typed, more of them than any list of candidates holds, and parts of visible names.
NEAR = [f"h{letter}rbouz" for letter in "bcdefghijklmnopqrstuvwxyz"]
NEAR += [f"harbou{letter}" for letter in "abcdefghijklmnopqrstuvw"] + ["arbour", "quas", "qua", "side"]
TYPED = ["harbouz", "harborz", "quax", "harboux", "qay harbouz", "hrbouz quay", "quaa", "sida"]
STAMPS = re.compile(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*|csrf[^ ]*="[^"]*"', re.I)


def plant(cast: Cast, names: list[str], customer: Customer) -> None:
    """Each name in every searched register, at this customer where its records have one."""
    with see_all():
        for model, found_by in declared().items():
            if not found_by.customer:
                continue  # everybody sees all of them: nothing can be hidden
            for name in names:
                made(model, customer, name)


def made(model: type[models.Model], customer: Customer, name: str) -> None:
    record: Any
    if model is Asset:
        record = Asset.add(owner=customer, description=name)
    elif model is Job:
        record = log(customer=customer, at=timezone.now(), draft=True, contact_name=name)
    else:
        add: Any = model.add  # type: ignore[attr-defined]
        record = add(name=name) if model is Customer else add(customer=customer, name=name)
    type(record).objects.filter(pk=record.pk).update(tags=[name.split()[0]])


def answers(user: User, token: str) -> Iterator[tuple[str, str]]:
    client = Client()
    client.force_login(user)
    for typed in TYPED:
        for address in (
            *(f"/search/?q={typed}", f"/search/?q={typed}&part=found"),
            *(f"/{each.path}/{what}" for each in REGISTERS for what in (f"?q={typed}", f"pick/?q={typed}")),
            *(f"/{each.path}/twins/?name={typed}" for each in REGISTERS),
        ):
            answer = client.get(address)
            yield address, STAMPS.sub("", f"{answer.status_code} {answer.content.decode()}")
        told = client.get(f"/api/v1/search?q={typed}", headers={"Authorization": f"Bearer {token}"})
        yield f"api {typed}", f"{told.status_code} {told.content.decode()}"
        with acting(user=user, via="screen"), connection.cursor() as cursor:
            yield f"find {typed}", repr(find(typed, kinds=[each.kind for each in SEARCH_GROUPS], want=20))
            for kind in sorted(model._meta.db_table for model in declared()):
                words = typed.split()
                cursor.execute(
                    "SELECT search_resembling(%s, %s, %s::text[], NULL, %s::text[], '[]')",
                    [kind, typed, words, [typed]],
                )
                yield f"twins {kind} {typed}", repr(cursor.fetchall())
    for each in REGISTERS:  # its filters offer the tags and other words in use
        yield f"list {each.path}", STAMPS.sub("", client.get(f"/{each.path}/").content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["engineer", "administrator"])
def test_words_in_hidden_names_change_no_answer(role: str):
    cast = make_cast()
    user = make_user(name="Asker", role=role, sees=(cast.acme,))
    with acting(user=user, via="screen"):
        _token, secret = tokens.make(user, name="Asker", scopes=[Scope.READ], days=1, now=timezone.now())
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(name=SEEN)
        for name in (SEEN, "Quayle House", "harbxur"):
            Site.add(customer=cast.acme, name=name)
    before = dict(answers(user, secret))
    assert SEEN in before["find harbouz"], "a slip of the finger leads to what one sees"
    plant(cast, NEAR, cast.cedar)
    after = dict(answers(user, secret))
    assert [address for address in before if before[address] != after[address]] == []
