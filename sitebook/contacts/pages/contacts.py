"""The pages of contacts: list, one with its tabs, new, edit. Archiving: ``archiving.py``; roles: ``people.py``."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.basics.texts import id_in
from sitebook.contacts import forms
from sitebook.contacts import roles as contact_roles
from sitebook.contacts.models import Contact, ContactRole, Role, role_name
from sitebook.contacts.pages.duplicates import ask_first
from sitebook.contacts.pages.frame import contact_frame
from sitebook.contacts.people import with_places
from sitebook.contacts.register import CONTACTS
from sitebook.custom_fields.records import facts
from sitebook.customers.models import Customer
from sitebook.customers.pages.group_frame import party_context
from sitebook.history import timeline
from sitebook.lists.tables import opening
from sitebook.records.edit import Editing
from sitebook.records.pages.frame import bar_over, present
from sitebook.sites.models import Site
from sitebook.ui import current
from sitebook.ui.render import back_to, go
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_CUSTOMERS, Permission.CHANGE_CONTACTS
SHOWN = 100


def one(pk: int) -> Contact:
    return get_object_or_404(Contact.objects.select_related("customer"), pk=pk)


def asked[M: (Customer, Site, Contact)](request: HttpRequest, kind: type[M], name: str) -> M | None:
    """The record an address names, if there is one for this user."""
    number = id_in(request.GET.get(name, ""))
    return kind._default_manager.filter(pk=number).first() if number else None


@page(may=SEE)
def contacts(request: HttpRequest) -> HttpResponse:
    if to := opening(request, "contacts"):
        return to
    listed = CONTACTS.listing.page(request.GET, request.path, CONTACTS.queryset())
    anybody = bool(listed.rows) or listed.narrowed or Contact.objects.exists()
    context = {"page": listed, "anybody": anybody, "help": "contacts"} | bar_over(request, "contacts", listed)
    return present(request, "contacts/list.html", context, block="list")


@page(may=SEE)
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    found, today = one(pk), timezone.localdate()
    used(request, "contact", pk)
    rows = ContactRole.objects.filter(contact=found).order_by("-during", "role")
    roles = with_places(rows, on=today, most=SHOWN)
    context = (
        contact_frame(request, found, "overview")
        | party_context(found, on=today)
        | {
            "facts": CONTACTS.facts_of(found, request.user),
            "own_facts": facts(CONTACTS.table, found.custom),
            "now": [given for given in roles if given.in_force],
            "other": [given for given in roles if not given.in_force],
            "shown": SHOWN if len(roles) == SHOWN else 0,
        }
    )
    return present(request, "contacts/overview.html", context)


@page(may=SEE)
def contact_history(request: HttpRequest, pk: int) -> HttpResponse:
    found = one(pk)
    listed, days = timeline.record_page(request.GET, request.path, kind=Contact._meta.db_table, pk=pk)
    context = contact_frame(request, found, "history") | {"page": listed, "days": days}
    return present(request, "contacts/history.html", context, block="list")


@page(may=CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    site, today = asked(request, Site, "site"), timezone.localdate()
    customer = asked(request, Customer, "customer") or (site.customer if site else None)
    data = request.POST if request.method == "POST" else None
    editing = Editing(forms.NewContactForm, None, data=data, country=current.country())
    role = role_name(Role.POINT, at_site=True) if site else ""
    editing.form.initial = {"customer": customer, "site": site, "role": role, "since": today}
    status, asking = 200 if data is None else 422, None
    if data is not None and editing.is_valid() and not (asking := ask_first(request, "contact")):
        try:
            return _added(request, editing)
        except Refused as refusal:
            editing.form.add_error(None, str(refusal))
            status = 409
    context = {"editing": editing, "form": editing.form, "customer": customer, "site": site, "help": "contacts"}
    context |= {"roles": role_choices(at_site=bool(site)), "next": back_to(request, ""), "cancel": _cancel(request)}
    return present(
        request, "contacts/new.html", context | (asking or {}), block="form", status=409 if asking else status
    )


def _cancel(request: HttpRequest) -> str:
    return back_to(request, reverse("contacts:list"))


def _added(request: HttpRequest, editing: Editing) -> HttpResponse:
    """The new contact with its first role, or neither."""
    data = editing.form.cleaned_data
    editing.country = country_of(data["site"], data["customer"])
    with transaction.atomic():
        made = CONTACTS.made(editing.values())
        if given := editing.form.given():  # type: ignore[attr-defined]
            contact_roles.give_role(made, **given)
    used(request, "contact", made.pk)
    messages.success(request, _("%(name)s is added.") % {"name": made})
    return go(request, back_to(request, reverse("contacts:contact", args=[made.pk])))


def country_of(site: Site | None, customer: Customer | None) -> str:
    """Where a contact's telephone numbers are from, unless they say so themselves."""
    return (site and site.country) or (customer and customer.head_country) or current.country()


def role_choices(*, at_site: bool) -> list[str]:
    return forms.role_names(contact_roles.roles_in_use(), at_site=at_site)


@page(may=CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = one(pk)
    CONTACTS.must_be_allowed(request.user, found)
    data = request.POST if request.method == "POST" else None
    change = partial(_change, found)
    editing = Editing(forms.ContactForm, found, data=data, country=country_of(None, found.customer), change=change)
    status = editing.attempt() if data is not None else 0
    if status == editing.SAVED:
        messages.success(request, _("%(name)s is saved.") % {"name": found})
        return go(request, reverse("contacts:contact", args=[pk]))
    context = {"contact": found, "editing": editing, "form": editing.form, "help": "contacts"}
    return present(request, "contacts/edit.html", context, block="form", status=status or 200)


def _change(found: Contact, *, version: int, **values: Any) -> None:
    CONTACTS.saved(found, version=version, values=values)
