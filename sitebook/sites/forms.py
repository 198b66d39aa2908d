"""The shape of what is typed about sites; what may be is the models' matter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.customers.models import Customer
from sitebook.firm.choices import zones
from sitebook.registers.forms import RecordForm, TagsField, address, or_none, text_field
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.sites.tables import SITE
from sitebook.ui.widgets import Reference

# The datalist of types of sites that are in use.
TYPES = "types-of-sites"


class SiteForm(RecordForm):
    register = SITE

    name = forms.CharField(label=_("Name"), max_length=200)
    code = text_field(_("Code"), 60, help_text=_("Unique among the customer’s sites."))
    type = text_field(_("Type"), 60, widget=forms.TextInput(attrs={"list": TYPES, "autocomplete": "off"}))
    locals().update(address())
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, max_digits=9, decimal_places=6
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, max_digits=9, decimal_places=6
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=or_none(zones))
    access_instructions = text_field(_("Getting in"), 5000, widget=forms.Textarea(attrs={"rows": 3}))
    opening_hours = text_field(_("Opening hours"), 300)
    hazards = text_field(_("Hazards"), 5000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One a line."))
    own_stock = forms.BooleanField(label=_("Counts as our own stock"), required=False)
    tags = TagsField()
    notes = text_field(_("Notes"), 20_000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("latitude", say("Give latitude and longitude, or neither."))
        return data


class NewSiteForm(SiteForm):
    customer = Reference(
        label=_("Customer"),
        among=lambda: Customer.objects.all(),
        search=holding,
        source="customers:pick",
    )
    status = forms.ChoiceField(label=_("Status"), choices=Site.Status.choices, initial=Site.Status.ACTIVE)
    field_order = ("customer",)
