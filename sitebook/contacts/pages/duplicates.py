"""Likely twins of what is being typed: shown while typing, and asked about before a new record is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.email_addresses import comparable
from sitebook.basics.texts import id_in
from sitebook.contacts.duplicates import Kind, Twin, Typed, digits, twins
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.records.pages.frame import present
from sitebook.sites.models import Site
from sitebook.ui import current
from sitebook.values import contact_details

# The areas of the addresses, which are the names of a form's kind too.
KINDS: dict[str, Kind] = {"customer": Customer, "contact": Contact, "site": Site}
PAGES = {Customer: "customers:customer", Contact: "contacts:contact", Site: "sites:site"}
RESTORE = {
    Customer: ("customers:restore", Permission.ARCHIVE_CUSTOMERS),
    Contact: ("contacts:restore", Permission.ARCHIVE_CONTACTS),
    Site: ("sites:restore", Permission.ARCHIVE_SITES),
}
LINES = 20


@page(may=Permission.SEE_CUSTOMERS)
@require_POST
def likely(request: HttpRequest, what: str) -> HttpResponse:
    """The panel beside the form; nothing (204) where it would show what it shows already."""
    found = twins(KINDS[what], _typed(request.POST, of=request.GET.get("of", "")))
    context = twin_context(request, what, found)
    if request.POST.get("twins_said", "") == context["twins_said"]:
        return HttpResponse(status=204)
    return present(request, "registers/twins.html", context | {"help": "customers"}, block="twins")


def ask_first(request: HttpRequest, what: str) -> dict[str, Any] | None:
    """What to ask before a new record is added: strong twins that the user was not shown yet."""
    found = twins(KINDS[what], _typed(request.POST))
    shown = request.POST.getlist("twin")
    if all(str(each.record.pk) in shown for each in found if each.strong):
        return None
    return twin_context(request, what, found) | {"asking": True}


def twin_context(request: HttpRequest, what: str, found: list[Twin]) -> dict[str, Any]:
    """What the panel shows: each twin with its page, and what may be done with an archived one."""
    lines = []
    for twin in found:
        kind = type(twin.record)
        view, needed = RESTORE[kind]
        may_restore = twin.record.is_archived and may(request.user, needed)
        lines.append(
            {
                "twin": twin,
                "url": reverse(PAGES[kind], args=[twin.record.pk]),
                "restore": reverse(view, args=[twin.record.pk]) if may_restore else "",
            }
        )
    said = " ".join(f"{each.record.pk}:{','.join(each.why)}" for each in found)
    return {"what": what, "twins": lines, "twins_said": said}


def _typed(data: Mapping[str, str], *, of: str = "") -> Typed:
    """The fields that tell, from whichever form they come; what cannot be read counts as empty."""
    address = {part: _text(data, part) or _text(data, f"head_{part}") for part in ("line1", "town", "postcode")}
    country = _text(data, "country") or _text(data, "head_country") or current.country()
    numbers = [_text(data, "phone"), *_lines(data, "phones", "number")]
    phones = {digits(contact_details.phone(number, country=country)) for number in numbers if number}
    emails = {comparable(each) for each in (_text(data, "email"), *_lines(data, "emails", "address")) if "@" in each}
    return Typed(
        name=_text(data, "name"),
        phones=frozenset(phones - {""}),
        emails=frozenset(emails),
        vat_number=_text(data, "vat_number"),
        holder=_key(_text(data, "customer")),
        pk=_key(of),
        **address,
    )


def _lines(data: Mapping[str, str], prefix: str, name: str) -> list[str]:
    """What stands in the lines of a formset that are not taken away."""
    kept = (f"{prefix}-{place}" for place in range(LINES) if not data.get(f"{prefix}-{place}-DELETE"))
    return [_text(data, f"{line}-{name}") for line in kept]


def _text(data: Mapping[str, str], name: str) -> str:
    return " ".join(data.get(name, "").replace("\0", "").split())[:200]


def _key(text: str) -> int | None:
    return id_in(text) or None
