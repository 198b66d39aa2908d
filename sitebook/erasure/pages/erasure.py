"""Erase a person: first all places where the data stands, then, after the reference was typed, none of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.contacts.models import Contact, ContactRole, Role
from sitebook.customers.models import Customer
from sitebook.erasure import erase
from sitebook.records.pages.frame import present
from sitebook.sites.tables import SITE
from sitebook.ui.render import go
from sitebook.users.models import User


@page(may=Permission.ERASE)
def erase_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact: Contact = get_object_or_404(Contact.objects.select_related("customer"), pk=pk)
    return _erase(request, contact, "contacts:contact", "erasure:contact")


@page(may=Permission.ERASE)
def erase_customer(request: HttpRequest, pk: int) -> HttpResponse:
    return _erase(request, get_object_or_404(Customer, pk=pk), "customers:customer", "erasure:customer")


def _erase(request: HttpRequest, record: Contact | Customer, here: str, action: str) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101 - the page's mark lets nobody else in
    erase.must_be_allowed(request.user)
    person = erase.person_of(record)
    fault = ""
    if request.method == "POST":
        try:
            erase.erase(
                person,
                typed=request.POST.get("reference", ""),
                ticked=request.POST.getlist("take"),
                by_id=request.user.pk,
                at=timezone.now(),
                today=timezone.localdate(),
            )
        except erase.NotConfirmed as refusal:
            fault = str(refusal)
        else:
            said = _("%(reference)s is erased. Backups made before still hold the data until you delete them.")
            messages.warning(request, said % {"reference": record.reference})
            return go(request, reverse(here, args=[record.pk]))
    found = erase.find(person)
    return present(
        request,
        "erasure/erase.html",
        _context(request, found) | {"record": record, "here": here, "action": action, "fault": fault},
        status=422 if fault else 200,
    )


def _context(request: HttpRequest, found: erase.Found) -> dict[str, Any]:
    """What is ticked: at first what is tied to the person, then what was ticked by hand."""
    typed = request.POST.getlist("take") if request.method == "POST" else None
    ticked = [each.key for each in found.mentions if each.ticked] + [f"{SITE}:{site.pk}" for site in found.sites]
    return {
        "found": found,
        "person": found.person,
        "roles": [_role(role, found.person) for role in found.roles],
        "ticked": set(ticked if typed is None else typed),
        "site_table": SITE,
        "help": "erasing",
    }


def _role(role: ContactRole, person: erase.Person) -> dict[str, Any]:
    last = role.during.upper
    stays = erase.stays_their_own(role, person.contact)
    return {
        "label": dict(Role.choices).get(role.role, role.role),
        "where": str(role.site or role.customer),
        "ends": not stays and (last is None or last > timezone.localdate()),
    }
