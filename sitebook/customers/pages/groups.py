"""Put a customer under another one, and take it out again."""

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
from sitebook.customers import groups
from sitebook.customers.group_forms import LeaveForm, PutUnderForm
from sitebook.customers.models import Customer
from sitebook.records.pages.frame import present
from sitebook.ui.render import go
from sitebook.values.pickers import used

CHANGE = Permission.CHANGE_CUSTOMERS


@page(may=CHANGE)
def put_under(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=pk)
    form = PutUnderForm(request.POST or None)

    def save() -> str:
        data = form.cleaned_data
        groups.put_under(found, parent=data["parent"], since=data["since"])
        used(request, "customer", data["parent"].pk)
        return _("%(name)s stands under %(parent)s.") % {"name": found, "parent": data["parent"]}

    title = _("Put %(name)s under another customer") % {"name": found}
    return _answer(request, found, form, save, {"title": title, "save": _("Put it there")})


@page(may=CHANGE)
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=pk)
    form = LeaveForm(request.POST or None)

    def save() -> str:
        groups.take_out(found, since=form.cleaned_data["since"])
        return _("%(name)s stands on its own.") % {"name": found}

    return _answer(
        request,
        found,
        form,
        save,
        {"title": _("Take %(name)s out of its group") % {"name": found}, "save": _("Take it out")},
    )


def _answer(request: HttpRequest, found: Customer, form: Any, save: Any, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            said = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, said)
            return go(request, reverse("customers:customer", args=[found.pk]))
    today = timezone.localdate()
    stands, parent = groups.parent_of(found, on=today)
    crossing = groups.bills_across(found, on=today) if stands else []
    context |= {"customer": found, "form": form, "stands_under": stands, "parent": parent, "help": "groups"}
    context["crossing"] = [(each, each.bill_to_id) for each in crossing]
    context["names"] = Customer.objects.in_bulk([pk for _each, pk in context["crossing"]])
    return present(request, "customers/group_form.html", context, block="form", status=status)
