"""Which customers have an activity, and which activities a customer has: since when, until when, at what price."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import Refused
from sitebook.catalogue import prices
from sitebook.catalogue.models import Activity, CustomerActivity
from sitebook.catalogue.pages.rights import must_change
from sitebook.catalogue.register import ACTIVITIES, AMOUNT
from sitebook.customers.group_forms import customer_reference
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.records.forms import day_field
from sitebook.records.pages.frame import present as present_customer
from sitebook.records.pages.frame import user_of
from sitebook.registers.views import frame, present
from sitebook.search.queries import holding
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go
from sitebook.values.codes import CURRENCY
from sitebook.values.money import money
from sitebook.values.pickers import Reference

SEE, CHANGE = Permission.SEE_CATALOGUE, Permission.CHANGE_CATALOGUE
_OWN = _("Empty: as the activity says.")


class PriceForm(forms.Form):
    """For whom, or what, is asked first by the page."""

    since = day_field(_("From"), initial=timezone.localdate)
    until = day_field(_("Over from"), required=False, help_text=_("The first day without it. Empty: it goes on."))
    sale = AMOUNT.input(label=_("Sale price"), required=False, help_text=_OWN)
    cost = AMOUNT.input(label=_("Cost"), required=False, help_text=_OWN)
    currency = CURRENCY.input(label=_("Currency"), required=False, help_text=_OWN)

    def amounts(self) -> dict[str, Any]:
        found = {name: AMOUNT.read(self.cleaned_data[name]) for name in ("sale", "cost")}
        return found | {"currency": CURRENCY.read(self.cleaned_data["currency"]) or ""}


class OfActivityForm(PriceForm):
    customer = customer_reference(_("Customer"))
    field_order = ("customer",)


class OfCustomerForm(PriceForm):
    activity = Reference(label=_("Activity"), among=Activity.objects.current, search=holding, source="activities:pick")
    field_order = ("activity",)


class EndForm(forms.Form):
    on = day_field(_("Over from"), initial=timezone.localdate, help_text=_("The first day without it."))


@page(may=SEE)
def of_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """The tab of an activity: the customers that have it."""
    activity = get_object_or_404(Activity.objects.select_related("service"), pk=pk)
    form = OfActivityForm(request.POST or None, initial=_asked(request, "customer", Customer))
    here = reverse("catalogue:activities-customers", args=[pk])
    done, status = _added(request, form, here, activity=activity)
    if done:
        return done
    rows = CustomerActivity.objects.filter(activity=activity).select_related("customer")
    context = {"frame": "registers/record.html"} | frame(ACTIVITIES, request, activity, "customers")
    context |= _context(request, form, rows, "customer", here)
    return present(ACTIVITIES, request, "catalogue/prices.html", context, block="list", status=status)


@page(may=SEE)
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer has, with its prices."""
    customer = get_object_or_404(Customer, pk=pk)
    form = OfCustomerForm(request.POST or None, initial=_asked(request, "activity", Activity))
    here = reverse("catalogue:customer-activities", args=[pk])
    done, status = _added(request, form, here, customer=customer)
    if done:
        return done
    rows = CustomerActivity.objects.filter(customer=customer).select_related("activity__service")
    context = customer_frame(request, customer, "catalogue") | _context(request, form, rows, "activity", here)
    return present_customer(request, "catalogue/prices.html", context, block="list", status=status)


def _asked(request: HttpRequest, name: str, kind: Any) -> dict[str, Any]:
    text = request.GET.get(name, "")
    good = text.isascii() and text.isdigit() and len(text) < 19
    found = kind.objects.filter(pk=int(text)).first() if good else None
    return {name: found} if found else {}


def _added(request: HttpRequest, form: Any, here: str, **of: Any) -> tuple[HttpResponse | None, int]:
    if request.method != "POST":
        return None, 200
    must_change(user_of(request))
    if not form.is_valid():
        return None, 422
    data = form.cleaned_data
    record = {name: data[name] for name in ("customer", "activity") if name in data} | of
    try:
        prices.agree(**record, since=data["since"], until=data["until"], **form.amounts())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None, 409
    said = {"name": record["activity"], "customer": record["customer"]}
    messages.success(request, say("%(customer)s has %(name)s.") % said)
    return go(request, here), 303


def _context(request: HttpRequest, form: Any, rows: Any, other: str, here: str) -> dict[str, Any]:
    user = user_of(request)
    return {
        "form": form,
        "other": other,
        "here": here,
        "money": money,
        "view": "activities",
        "may_add": may(user, CHANGE),
        "may_cost": may(user, Permission.SEE_COSTS),
        "today": timezone.localdate(),
        "page": _listing(other).page(request.GET, request.path, rows),
        "help": "catalogue",
    }


def _listing(other: str) -> Listing:
    kind: Any = {"customer": Customer, "activity": Activity}[other]

    def search(rows: Any, text: str) -> Any:
        return rows.filter(**{f"{other}__in": holding(kind.objects.all(), text)})

    columns = [
        Column(
            key="name", label=str(kind.named.one).capitalize(), sort=(f"{other}__name_key", "during"), look="grow l1"
        ),
        Column(key="sale", label=_("Sale price"), numeric=True, look="r1"),
        Column(key="cost", label=_("Cost"), numeric=True, look="p3"),
        Column(key="since", label=_("From"), numeric=True, look="p2 l2"),
        Column(key="until", label=_("Over from"), numeric=True, look="p3"),
        Column(key="do", label=_("Action"), look="r2"),
    ]
    return Listing(columns=columns, order="name", search=search)


@page(may=CHANGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A customer's activity is over from a day."""
    row = get_object_or_404(CustomerActivity.objects.select_related("activity", "customer"), pk=pk)
    back = reverse("catalogue:customer-activities", args=[row.customer_id])
    form, status = EndForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row.end(on=form.cleaned_data["on"])
                said = {"name": row.activity, "customer": row.customer}
                messages.success(request, say("%(name)s is ended at %(customer)s.") % said)
                return go(request, back)
            except Refused as refusal:
                form.add_error("on", str(refusal))
                status = 409
    context = {"form": form, "row": row, "back": back, "help": "catalogue"}
    return present_customer(request, "catalogue/price_end.html", context, block="form", status=status)
