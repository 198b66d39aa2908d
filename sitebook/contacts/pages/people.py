"""Who is who at a customer and at a site: their contacts tabs, giving and ending roles, the picker of contacts."""

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
from sitebook.basics.refused import Refused
from sitebook.contacts import roles
from sitebook.contacts.forms import EndRoleForm, RoleForm
from sitebook.contacts.lists import of_customer, of_customers, with_roles
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.pages.contacts import SHOWN, asked, role_choices
from sitebook.contacts.pages.lists import listing_of
from sitebook.contacts.people import people_at, with_places
from sitebook.contacts.pickers import choose_first
from sitebook.customers.models import Customer
from sitebook.customers.pages.customers import PICKED
from sitebook.customers.pages.frame import customer_frame
from sitebook.lists.tables import tidy_address
from sitebook.records.pages.frame import present
from sitebook.registers.lists import best_first
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.sites.pages.frame import site_frame, site_seen
from sitebook.ui.render import back_to, go, show
from sitebook.values.pickers import Option, recently_used, used

SEE, CHANGE = Permission.SEE_CUSTOMERS, Permission.CHANGE_CONTACTS


@page(may=SEE)
def customer_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    if tidy := tidy_address(request):
        return tidy
    found = get_object_or_404(Customer, pk=pk)
    context = customer_frame(request, found, "contacts")
    on = context["on"]
    rows = with_roles(of_customers(context["ids"], on=on), on=on, of=context["ids"])
    context["page"] = listing_of(on=on, of=context["ids"]).page(request.GET, request.path, rows)
    return present(request, "contacts/customer_contacts.html", context, block="list")


@page(may=SEE)
def site_contacts(request: HttpRequest, pk: int) -> HttpResponse:
    seen = site_seen(request, pk)
    found, context = seen.site, site_frame(request, seen, "contacts")
    people = people_at(found, on=context["on"])
    counted = [row.pk for person in people for row in person.given]
    rows = ContactRole.objects.filter(site=found).exclude(pk__in=counted).order_by("-during", "role")
    context |= {"people": people, "other": with_places(rows, on=context["on"], most=SHOWN), "shown": SHOWN}
    return present(request, "contacts/site_contacts.html", context)


@page(may=CHANGE)
def give_role(request: HttpRequest) -> HttpResponse:
    contact, site = asked(request, Contact, "contact"), asked(request, Site, "site")
    customer = asked(request, Customer, "customer") or (contact.customer if contact and not site else None)
    form = RoleForm(request.POST or None, initial={"contact": contact, "site": site, "customer": customer})
    choose_first(form.fields["contact"], site.customer if site else customer)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            return _given(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
    context = {
        "form": form,
        "next": back_to(request, ""),
        "roles": role_choices(at_site=bool(site)),
        "help": "contacts",
    }
    context |= {"cancel": back_to(request, reverse("contacts:list")), "at_site": bool(site)}
    context["about"] = _about(site or contact or customer)
    return present(request, "contacts/role.html", context, block="form", status=status)


def _about(record: Site | Contact | Customer | None) -> tuple[str, str] | None:
    """The record one comes from, with its page."""
    if record is None:
        return None
    view = {Site: "sites:site", Contact: "contacts:contact", Customer: "customers:customer"}[type(record)]
    return str(record), reverse(view, args=[record.pk])


def _given(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    site, contact = data["site"], data["contact"]
    customer = None if site else data["customer"]
    row = roles.give_role(contact, role=data["role"], customer=customer, site=site, since=data["since"])
    used(request, "contact", contact.pk)
    said = {"name": contact, "role": str(row), "place": site or customer}
    messages.success(request, _("%(name)s has the role “%(role)s” at %(place)s.") % said)
    return go(request, back_to(request, reverse("contacts:contact", args=[contact.pk])))


@page(may=CHANGE)
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(ContactRole, pk=pk)
    (given,) = with_places(ContactRole.objects.filter(pk=pk), on=timezone.localdate())
    here = reverse("contacts:contact", args=[role.contact_id]) if given.contact else reverse("contacts:list")
    form = EndRoleForm(request.POST or None)
    status = 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            role.end(on=form.cleaned_data["day"])
            messages.success(request, _("The role “%(role)s” is ended.") % {"role": given.label})
            return go(request, back_to(request, here))
        except Refused as refusal:
            form.add_error("day", str(refusal))
            status = 409
    context = {"form": form, "given": given, "next": back_to(request, ""), "cancel": back_to(request, here)}
    context["help"] = "contacts"
    return present(request, "contacts/role_end.html", context, block="form", status=status)


@page(may=SEE)
def pick(request: HttpRequest) -> HttpResponse:
    """The picker's lines: the people of the customer or site asked about first, then recent ones. ``only``: those
    who may be its main, billing or default contact. Archived ones only when typed, marked."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    today, recent = timezone.localdate(), recently_used(request, "contact")
    site = asked(request, Site, "site")
    customer = asked(request, Customer, "customer") or (site.customer if site else None)
    only = "only" in request.GET
    among = roles.candidates(customer, site=site, on=today) if only else Contact.objects.all()
    theirs = set(of_customer(customer, on=today).values_list("pk", flat=True)[:500]) if customer else set()
    if len(query) < 2:
        wanted = among.current().filter(pk__in=[*theirs, *recent]).select_related("customer").order_by("name_key", "pk")
        place = {pk: place for place, pk in enumerate(recent)}
        rows = sorted(wanted, key=lambda row: (row.pk not in theirs, place.get(row.pk, len(recent))))[:PICKED]
    else:
        rows = list(best_first(holding(among.select_related("customer"), query), query, theirs, recent)[:PICKED])
    options = [Option(row.pk, row.name, _aside(row), "archive" if row.is_archived else "contacts") for row in rows]
    context = {"options": options, "query": query, "recent": len(query) < 2 and not theirs}
    return show(request, "ui/options.html", context)


def _aside(row: Contact) -> str:
    owner: Customer | None = row.customer
    return _("archived") if row.is_archived else ", ".join(filter(None, [owner.name if owner else "", row.position]))
