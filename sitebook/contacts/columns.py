"""Roles as the lists of contacts show them, and the main contact in the lists of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as say

from sitebook.contacts.models import Role, role_name
from sitebook.contacts.people import main_contacts


def parted(roles: Sequence[str]) -> list[str]:
    """Roles in words, built-in ones first. Where a role is the row does not say, so the main one is only main."""
    order = Role.values
    ranked = sorted(roles, key=lambda role: (order.index(role) if role in order else len(order), role))
    return [role_name(role, at_site=False) for role in ranked]


def roles_text(row: Any) -> str:
    return ", ".join(parted(row.role_names))


main_contact = attrgetter("main_contact")


def fill_main(rows: Sequence[Any], *, on: date | None) -> None:
    found = main_contacts(
        ((row.pk, None) for row in rows), on=on or timezone.localdate(), hidden=say("another contact")
    )
    for row in rows:
        row.main_contact = found.get((row.pk, None), "")


def fill_default(rows: Sequence[Any], *, on: date | None, site: Callable[[Any], int] = attrgetter("pk")) -> None:
    _fill(rows, [(row.customer_id, site(row)) for row in rows], on)


def _fill(rows: Sequence[Any], places: list[tuple[int | None, int | None]], on: date | None) -> None:
    found = main_contacts(places, on=on or timezone.localdate(), hidden=say("another contact"))
    for row, place in zip(rows, places, strict=True):
        row.main_contact = found.get(place, "")
