"""The shape of what is typed about a customer's place in its group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sitebook.customers.models import Customer
from sitebook.records.forms import day_field
from sitebook.search.queries import holding
from sitebook.values.pickers import Reference


def customer_reference(label: Any, **options: Any) -> Reference:
    return Reference(label=label, among=Customer.objects.all, search=holding, source="customers:pick", **options)


class PutUnderForm(forms.Form):
    parent = customer_reference(_("Under"))
    since = day_field(
        _("Since"),
        initial=timezone.localdate,
        help_text=_("Up to the next change that is written down. Figures of earlier days stay as they are."),
    )


class LeaveForm(forms.Form):
    since = day_field(_("From"), initial=timezone.localdate, help_text=_("Figures of earlier days stay as they are."))
