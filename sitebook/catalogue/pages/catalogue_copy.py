"""Copy the catalogue of another customer: what, with which uplift, and what it would write."""

from __future__ import annotations

from decimal import Decimal
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
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.catalogue.catalogue_copy import ACTIVITIES, CODINGS, KINDS, WORK_TYPES, copy_catalogue, plan_copy
from sitebook.customers.group_forms import customer_reference
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.records.pages.frame import present
from sitebook.ui.render import go
from sitebook.values.money import money

SHOWN = 200


class CopyForm(forms.Form):
    source = customer_reference(_("Copy from"))
    kinds = forms.MultipleChoiceField(
        label=_("What"),
        choices=[(ACTIVITIES, _("Activities with prices")), (WORK_TYPES, _("Work types")), (CODINGS, _("Codings"))],
        widget=forms.CheckboxSelectMultiple,
        initial=KINDS,
    )
    uplift = forms.DecimalField(
        label=_("Uplift in percent"),
        min_value=Decimal(-100),
        max_value=Decimal(1000),
        decimal_places=2,
        initial=Decimal(0),
        help_text=_("On sale prices. Zero stays zero."),
    )


@page(may=Permission.CHANGE_CATALOGUE)
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Look first, then copy: the buttons of one form."""
    target = get_object_or_404(Customer, pk=pk)
    form, plan, status = CopyForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            asked: dict[str, Any] = {**form.cleaned_data, "target": target, "on": timezone.localdate()}
            try:
                if request.POST.get("do") == "copy":
                    done = copy_catalogue(**asked)
                    many = len(done.prices) + len(done.work_types) + len(done.codings)
                    messages.success(request, say("%(count)s entries copied.") % {"count": many})
                    return go(request, reverse("catalogue:customer", args=[pk]))
                plan, status = plan_copy(**asked), 200
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    context = customer_frame(request, target, "catalogue") | {
        "form": form,
        "plan": plan,
        "shown": SHOWN,
        "money": money,
        "view": "copy",
        "help": "catalogue",
    }
    return present(request, "catalogue/copy.html", context, status=status)
