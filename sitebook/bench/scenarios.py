"""What is asked of the large register: every list, sort, filter, page, tab and search of every register, by its
declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import quote

from django.test import Client
from django.urls import get_resolver, reverse

from sitebook.access.identity import acting
from sitebook.config.registers import DECLARED
from sitebook.registers.register import Register
from sitebook.ui import filters
from sitebook.users.models import User

WORD = "northern"
TYPED = ("n", "no", "nor", "north", "northern r", "nothern")
"""What somebody types letter by letter, and what they mistype."""
FORMS = ("edit", "new")
BUSY = {"customers": 1}
"""A record of much: the customer with the chain of sites."""


@dataclass(frozen=True)
class Scenario:
    """One request. ``group``: the goal it counts for. ``headers``: of the request."""

    name: str
    group: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


_HTMX = (("HX-Request", "true"),)
_NEXT = re.compile(r'href="[^"]*\?([^"]*)" rel="next"')


def for_user(user: User, client: Client, token: str) -> list[Scenario]:
    """Everything that is measured for somebody, with addresses of what they may see. ``client``: where they are signed
    in. ``token``: for programs."""
    following = {register.path: _second_page(client, register) for register in DECLARED}
    with acting(user=user, via="screen"):
        return list(_everything(following, token))


def _everything(following: Mapping[str, str], token: str) -> Iterator[Scenario]:
    for register in DECLARED:
        yield from _lists(register, following[register.path])
        for many in (50, 500):
            path = f"/api/v1/{register.path}?limit={many}"
            by_token = (("Authorization", f"Bearer {token}"),)
            yield Scenario(f"{register.model.named.many}, API, {many}", f"API list of {many}", path, by_token)
        yield from _records(register)
    yield Scenario("Nothing found, part of a page", "part", f"/customers/?q={'z' * 12}", _HTMX)
    for typed in TYPED:
        yield Scenario(f"Search “{typed}”", "keystroke", f"/search/?q={quote(typed)}", _HTMX)
        yield Scenario(f"Pick a customer “{typed}”", "keystroke", f"/customers/pick/?q={quote(typed)}", _HTMX)


def _lists(register: Register[Any], second_page: str) -> Iterator[Scenario]:
    base, table = f"/{register.path}/", register.listing.whole()
    title = str(register.model.named.many)
    yield Scenario(title, "list", base)
    yield Scenario(f"{title}, part", "part", base, _HTMX)
    yield Scenario(f"{title}, second page", "list", f"{base}?{second_page}")
    yield Scenario(f"{title} with “{WORD}”", "list", f"{base}?q={WORD}")
    for column in table.columns:
        if column.sort:
            yield Scenario(f"{title} by {column.key}", "list", f"{base}?sort={column.key}")
            yield Scenario(f"{title} by {column.key}, backwards", "list", f"{base}?sort=-{column.key}")
    for each in table.filters:
        if value := _value(each):
            yield Scenario(f"{title}, {each.key}", "list", f"{base}?{each.key}={quote(value)}")


def _records(register: Register[Any]) -> Iterator[Scenario]:
    first = register.queryset().filter(archived_at=None).order_by("-pk").first()
    busy = register.queryset().filter(pk=BUSY.get(register.path)).first()
    noun = str(register.model.named.one).capitalize()
    for kind, record in (("", first), (" with much", busy)):
        if record is not None:
            for name, path in _pages(register, record.pk):
                yield Scenario(f"{noun}{kind}, {name}", "form" if name in FORMS else "record", path)
    yield Scenario(f"{noun}, new", "form", register.url("new"))


def _pages(register: Register[Any], pk: int) -> Iterator[tuple[str, str]]:
    """Every address of the register that takes the number of a record and nothing else."""
    _prefix, resolver = get_resolver().namespace_dict[register.path]
    for name in sorted(key for key in resolver.reverse_dict if isinstance(key, str)):
        if any(len(takes) == 1 for possible in resolver.reverse_dict.getlist(name) for _text, takes in possible[0]):
            yield name, reverse(f"{register.path}:{name}", args=[pk])


def _second_page(client: Client, register: Register[Any]) -> str:
    """What follows the ? in the link to it; "" where there is one page only."""
    page = client.get(f"/{register.path}/").content.decode()
    found = _NEXT.search(page)
    return unescape(found[1]) if found else ""


def _value(each: filters.Filter) -> str:
    """Something to narrow by; "" where only a person knows."""
    if isinstance(each, filters.Day) or each.control == "date":
        return "2026-01-01"
    return next((str(value) for value, _label in each.options() if value), "")
