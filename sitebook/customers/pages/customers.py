"""The customers' pages: list, one customer with its tabs, new, edit, archive, restore, picker."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.contacts.pages.duplicates import ask_first
from sitebook.contacts.pickers import choose_among_theirs, people_links
from sitebook.custom_fields.records import facts
from sitebook.customers.groups import change_customer
from sitebook.customers.models import Customer
from sitebook.customers.pages.exports import listed_customers
from sitebook.customers.pages.forms import CustomerForm, NewCustomerForm
from sitebook.customers.pages.frame import customer_frame
from sitebook.customers.pages.group_frame import overview_context
from sitebook.customers.register import CUSTOMERS
from sitebook.history import timeline
from sitebook.lists.tables import opening, tidy_address
from sitebook.records.edit import Editing
from sitebook.records.external_ids import with_ids
from sitebook.records.models import RecordRows
from sitebook.records.pages.frame import bar_over, present
from sitebook.registers.lists import best_first
from sitebook.search.queries import holding
from sitebook.sites.first_site import add_customer
from sitebook.sites.pages.exports import listed_sites_of
from sitebook.ui import current
from sitebook.ui.render import asked_by_htmx, go, show
from sitebook.values.pickers import Option, recently_used, used

SEE, CHANGE = Permission.SEE_CUSTOMERS, Permission.CHANGE_CUSTOMERS
PICKED = 12


@page(may=SEE)
def customers(request: HttpRequest) -> HttpResponse:
    if to := opening(request, "customers"):
        return to
    context = listed_customers(request)
    listed = context["page"]
    context["anybody"] = bool(listed.rows) or listed.narrowed or Customer.objects.exists()
    context |= bar_over(request, "customers", listed) | {"help": "customers"}
    return present(request, "customers/list.html", context, block="list")


@page(may=CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    form = NewCustomerForm(request.POST or None, initial={"head_country": current.country()})
    asking = None
    if request.method == "POST" and form.is_valid() and not (asking := ask_first(request, "customer")):
        customer = add_customer(country=current.country(), today=timezone.localdate(), **form.gathered(form.values()))
        used(request, "customer", customer.pk)
        messages.success(request, _("%(name)s is added.") % {"name": customer})
        if asked_by_htmx(request):  # the window over the list closes, and the list shows the newest first
            return go(request, reverse("customers:list") + "?sort=-changed")
        return go(request, reverse("customers:customer", args=[customer.pk]))
    context = {"form": form, "help": "customers", **(asking or {})}
    status = 409 if asking else 422 if form.errors else 200
    return present(request, "customers/new.html", context, block="form", status=status)


@page(may=SEE)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(with_ids(Customer.objects.all()), pk=pk)
    used(request, "customer", pk)
    context = customer_frame(request, found, "overview")
    context |= overview_context(context, today=timezone.localdate())
    context |= {"facts": CUSTOMERS.facts_of(found, request.user), "own_facts": facts(CUSTOMERS.table, found.custom)}
    context["outside_ids"] = found.outside_ids
    return present(request, "customers/overview.html", context)


@page(may=SEE)
def customer_sites(request: HttpRequest, pk: int) -> HttpResponse:
    if tidy := tidy_address(request):
        return tidy
    found = get_object_or_404(Customer, pk=pk)
    context = customer_frame(request, found, "sites")
    context |= listed_sites_of(request, context["ids"])
    kind = "_had" if context.get("had") else "_then" if context["then"] else ""
    return present(request, f"customers/customer_sites{kind}.html", context, block="list")


@page(may=SEE)
def customer_history(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=pk)
    listed, days = timeline.record_page(request.GET, request.path, kind=Customer._meta.db_table, pk=pk)
    context = customer_frame(request, found, "history") | {"page": listed, "days": days}
    return present(request, "customers/history.html", context, block="list")


@page(may=CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=pk)
    data = request.POST if request.method == "POST" else None
    links = people_links(found, on=(today := timezone.localdate()))
    save = partial(change_customer, found, on=today)
    editing = Editing(CustomerForm, found, data=data, country=current.country(), links=links, change=save)
    choose_among_theirs(editing.form, found, on=today)
    status = editing.attempt() if data is not None else 0
    if status == editing.SAVED:
        messages.success(request, _("%(name)s is saved.") % {"name": found})
        return go(request, reverse("customers:customer", args=[pk]))
    context = {"customer": found, "editing": editing, "form": editing.form, "help": "customers"}
    return present(request, "customers/edit.html", context, block="form", status=status or 200)


@page(may=SEE)
def pick(request: HttpRequest) -> HttpResponse:
    """The picker's lines: recent ones first, archived ones only when typed, marked."""
    return _picked(request, Customer.objects.all())


@page(may=SEE)
def pick_distributor(request: HttpRequest) -> HttpResponse:
    """The same, only distributors."""
    return _picked(request, Customer.objects.filter(is_distributor=True))


def _picked(request: HttpRequest, among: RecordRows[Customer]) -> HttpResponse:
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    recent = recently_used(request, "customer")
    if len(query) < 2:
        rows = sorted(among.current().filter(pk__in=recent), key=lambda row: recent.index(row.pk))
    else:
        rows = list(best_first(holding(among, query), query, recent)[:PICKED])
    options = [Option(row.pk, row.name, _aside(row), "archive" if row.is_archived else "customers") for row in rows]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": len(query) < 2})


def _aside(row: Customer) -> str:
    return _("archived") if row.is_archived else ", ".join(filter(None, [row.reference, row.head_town]))
