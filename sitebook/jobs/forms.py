"""What is asked when something is done to a job, a visit, a line or an asset of a job."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.assets.states import Condition
from sitebook.catalogue.models import Activity, Resource
from sitebook.jobs.states import AssetOutcome, Charge, Hold, LineKind
from sitebook.products.models import Product
from sitebook.search.queries import holding
from sitebook.values.codes import CURRENCY
from sitebook.values.pickers import Reference

_EMPTY = [("", _("not said"))]


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def time_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time in the zone of whoever types it."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 300}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
    return forms.DateTimeField(label=label, widget=widget, input_formats=formats, **options)


def picked(label: Any, model: Any, source: str, **options: Any) -> Reference:
    return Reference(label=label, among=model.objects.current, search=holding, source=source, **options)


class NothingForm(forms.Form):
    """Asks whether one means it."""


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class NoteForm(forms.Form):
    reason = forms.CharField(label=_("What is still to do"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class DoneForm(forms.Form):
    reason = forms.CharField(
        label=_("What was done"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class SignatureForm(forms.Form):
    name = forms.CharField(label=_("Name of who signs"), max_length=200, required=False)
    reason = forms.CharField(label=_("Or why nobody signs"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("name") and not data.get("reason"):
            self.add_error("name", say("Write who signs, or why nobody does."))
        return data


class HoldForm(forms.Form):
    reason = forms.ChoiceField(label=_("On hold for"), choices=Hold.choices)
    until = day_field(_("Look at it again on"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class VisitForm(forms.Form):
    """When, and who goes. ``people``: those that can be sent."""

    begin = time_field(_("From"), required=False)
    end = time_field(_("To"), required=False)
    people: Any = forms.ModelMultipleChoiceField(
        label=_("Who goes"),
        queryset=Resource.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    firm = forms.BooleanField(label=_("Agreed with the customer"), required=False)
    shared = forms.BooleanField(label=_("May overlap with other visits of the same people"), required=False)
    instructions = forms.CharField(label=_("Instructions"), max_length=500, required=False)
    reason = forms.CharField(label=_("Why it is moved"), max_length=300, required=False)

    def __init__(self, *args: Any, people: Any, without: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        who: Any = self.fields["people"]
        who.queryset = people
        for name in without:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(data.get("begin")) != bool(data.get("end")) and not self.errors:
            self.add_error("end" if data.get("begin") else "begin", say("Say from when to when."))
        return data

    @property
    def planned(self) -> tuple[datetime, datetime] | None:
        data = self.cleaned_data
        return (data["begin"], data["end"]) if data.get("begin") and data.get("end") else None


class LineForm(forms.Form):
    """A line: an activity of the customer at its price, or something else by its words."""

    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices)
    activity: Any = forms.ModelChoiceField(
        label=_("Activity"),
        queryset=Activity.objects.none(),
        required=False,
        help_text=_("At what it costs the customer."),
    )
    product = picked(_("Product"), Product, "products:pick", required=False)
    name = forms.CharField(
        label=_("Line"), max_length=300, required=False, help_text=_("What it says, where it is none of these.")
    )
    asset: Any = forms.ModelChoiceField(label=_("Asset"), queryset=Asset.objects.none(), required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3, initial=1
    )
    cost = forms.DecimalField(label=_("Cost of one"), min_value=0, max_digits=14, decimal_places=4, required=False)
    sale = forms.DecimalField(
        label=_("Sale price of one"), min_value=0, max_digits=14, decimal_places=4, required=False
    )
    currency = CURRENCY.input(label=_("Currency"), required=False)
    charge = forms.ChoiceField(label=_("Charge"), choices=Charge.choices, required=False)
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, activities: Any, assets: Any, new: bool, costs: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: Any = self.fields["activity"]
        choices.queryset = activities
        choices = self.fields["asset"]
        choices.queryset = assets
        if not new:
            for name in ("kind", "activity", "product"):
                del self.fields[name]
        if not costs:
            del self.fields["cost"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(data.get(name) for name in ("activity", "product", "name")):
            self.add_error("name", say("Choose an activity or a product, or write what it is."))
        amounts = data.get("cost") is not None or data.get("sale") is not None
        if amounts and not data.get("currency"):
            self.add_error("currency", say("Say in which currency the amounts are."))
        if data.get("charge") in (Charge.FREE, Charge.WRITE_OFF) and not data.get("reason"):
            self.add_error("reason", say("Say why it is not charged."))
        return data


class AssetForm(forms.Form):
    """A further asset of a job."""

    asset = picked(_("Asset"), Asset, "assets:pick")
    reason = forms.CharField(
        label=_("Why it is on this job"),
        max_length=200,
        required=False,
        help_text=_("Where it does not stand at the site."),
    )


class OutcomeForm(forms.Form):
    """What became of an asset."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=AssetOutcome.choices, required=False)
    found = forms.ChoiceField(label=_("Condition found"), choices=[*_EMPTY, *Condition.choices], required=False)
    left = forms.ChoiceField(
        label=_("Condition left"),
        choices=[*_EMPTY, *Condition.choices],
        required=False,
        help_text=_("From now on the asset’s own."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
