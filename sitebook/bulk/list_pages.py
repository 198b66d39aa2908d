"""The page a bulk list stands on: its address, and the rows that an address of it holds."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.bulk.lists import BulkList

# What an address may say that leaves the rows of the list what they are.
ROWS_STAY = {"sort", "columns", "view", "after", "before", "last", "from", "count"}


def page_of(bulk_list: BulkList, address: str, of: int | None) -> str:
    """The list, narrowed as the address says. Raises Http404 without the record on whose page it stands, Refused."""
    if bulk_list.of and of is None:
        raise Http404
    query = _query(address)
    return reverse(bulk_list.view, args=[of] if bulk_list.of else []) + (f"?{query}" if query else "")


def rows_at(bulk_list: BulkList, address: str, of: int | None, *, on: date) -> tuple[QuerySet[Any], str]:
    """All rows the list of this address holds, and what narrows it in words. Raises Http404, Refused."""
    try:
        listing, rows = bulk_list.listed(of, on)
    except ObjectDoesNotExist as fault:
        raise Http404 from fault
    params = QueryDict(_query(address), mutable=True)
    for name in ROWS_STAY & params.keys():
        del params[name]
    asked = listing.asked(params)
    if asked.notices or "on" in asked.chosen:
        said = " ".join(asked.notices) or _("A list as of a day only shows how things were.")
        raise Refused(
            _("All that match cannot be told from this address. %(why)s") % {"why": said}, code="bad_list_address"
        )
    words = [f"{chip.label} {chip.relation} {chip.value}" for chip, _url in asked.chips]
    words = [f"“{asked.query}”", *words] if asked.query else words
    return asked.narrow(rows), ", ".join(words)


def _query(address: str) -> str:
    """Raises Refused (bad_list_address)."""
    try:
        return urlsplit(address).query
    except ValueError as fault:
        text = _("“%(address)s” is not the address of a list. Reload the page and try again.")
        raise Refused(text % {"address": address[:80]}, code="bad_list_address") from fault
