"""What is asked when something is done to an asset: a form for each verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.assets.periods import OwnPlace
from sitebook.assets.states import Lifecycle
from sitebook.basics.texts import id_in
from sitebook.customers.models import Customer
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.products.relationship_values import QUANTITY
from sitebook.search.queries import holding
from sitebook.sites.models import Area, Position, Site
from sitebook.values.kinds import Number
from sitebook.values.pickers import Reference
from sitebook.values.references import Reference as Picked


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _chosen(label: Any, model: Any, source: str, **more: Any) -> Reference:
    return Reference(label=label, among=lambda: model.objects.current(), search=holding, source=source, **more)


class ActForm(forms.Form):
    """The day and the reason, last of every form."""

    asset: Asset

    def __init__(self, *args: Any, asset: Asset, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asset = asset
        self.fields["day"] = _day(_("From which day"))
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=200, required=False)


class PlaceForm(ActForm):
    """Where to: one of three."""

    site = _chosen(_("Site"), Site, "sites:pick", required=False)
    area: Any = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, help_text=_("Of the site it is at now.")
    )
    position: Any = forms.ModelChoiceField(label=_("Position"), queryset=Position.objects.none(), required=False)
    own_place = _chosen(_("Place of our own"), OwnPlace, "own-places:pick", required=False)
    in_transit = forms.BooleanField(label=_("In transit"), required=False)
    alone = forms.BooleanField(label=_("Alone: what is mounted on it stays"), required=False)

    def __init__(self, *args: Any, asset: Asset, **options: Any) -> None:
        super().__init__(*args, asset=asset, **options)
        site: Any = self.data.get("site") or asset.site_id
        number = id_in(str(site or ""))
        for name, model in (("area", Area), ("position", Position)):
            field: Any = self.fields[name]
            field.queryset = model.objects.filter(site=number).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = [name for name in ("site", "own_place", "in_transit") if data.get(name)]
        if len(given) != 1 and not self.errors:
            self.add_error("site", say("Choose one: a site, a place of our own, or in transit."))
        return data


class WorkshopForm(ActForm):
    own_place = Reference(
        label=_("Workshop"),
        among=lambda: OwnPlace.objects.current().filter(kind=OwnPlace.Kind.WORKSHOP),
        search=holding,
        source="own-places:pick",
    )


class SellForm(ActForm):
    owner = _chosen(_("New owner"), Customer, "customers:pick", required=False, help_text=_("Empty: our own firm."))
    document = forms.CharField(label=_("Document"), max_length=200, required=False)
    along = forms.BooleanField(label=_("What is mounted on it goes along"), required=False, initial=True)


class MountForm(ActForm):
    parent = _chosen(_("Mount on"), Asset, "assets:pick")
    mount_point = forms.CharField(label=_("Mounted where"), max_length=60, required=False)


class ReplaceForm(ActForm):
    by = _chosen(_("New unit"), Asset, "assets:pick")
    own_place = _chosen(
        _("The old one goes to"), OwnPlace, "own-places:pick", required=False, help_text=_("Empty: nowhere.")
    )
    mounted_go = forms.BooleanField(label=_("What is mounted on the old one goes onto the new one"), required=False)


class StatusForm(ActForm):
    status = forms.ChoiceField(label=_("Status"))

    def __init__(self, *args: Any, asset: Asset, **options: Any) -> None:
        super().__init__(*args, asset=asset, **options)
        field: Any = self.fields["status"]
        field.choices = [each for each in Lifecycle.choices if each[0] in asset.next_states()]


class PartForm(forms.Form):
    """A part that is fitted in an asset."""

    product = Picked(to=Product, picker="products:pick", required=True).input(
        label=_("Part"), help_text=_("By its code or name.")
    )
    quantity = QUANTITY.input(label=_("Quantity"))
    lot = forms.CharField(label=_("Lot"), max_length=60, required=False)
    fitted_on = _day(_("Fitted on"), required=False, help_text=_("Empty where nobody knows."))
    fitted_with = forms.CharField(
        label=_("Fitted with"), max_length=60, required=False, help_text=_("Such as the number of a job.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RemovePartForm(forms.Form):
    removed_on = _day(_("Removed on"))
    removed_with = forms.CharField(
        label=_("Removed with"), max_length=60, required=False, help_text=_("Such as the number of a job.")
    )


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


def _value(label: Any, **more: Any) -> Any:
    return Number(digits=18, places=6, required=True).input(label=label, **more)


_PAST_ITS_LIMIT = _("The counter has passed its limit and begun again")


class MeterForm(forms.Form):
    """A meter with its first counter."""

    type = Picked(to=MeterType, picker="meter-types:pick", required=True).input(label=_("Meter type"))
    label = forms.CharField(
        label=_("Label"), max_length=60, required=False, help_text=_("Where there are several of a type.")
    )
    at = _moment(_("Fitted, or first read"))
    value = _value(_("It showed"))
    serial = forms.CharField(label=_("Serial number of the counter"), max_length=60, required=False)
    most_a_day = Number(digits=18, places=6).input(
        label=_("At most a day"), required=False, help_text=_("A reading that tells of more is marked to be looked at.")
    )


class ReadingForm(forms.Form):
    at = _moment(_("Taken"))
    value = _value(_("It shows"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("actual", _("Read")), ("estimated", _("Estimated"))], widget=forms.RadioSelect
    )
    source = forms.CharField(
        label=_("Where from"), max_length=60, required=False, help_text=_("Such as “customer, by telephone”.")
    )
    rolled = forms.BooleanField(label=_PAST_ITS_LIMIT, required=False)


class CorrectionForm(forms.Form):
    value = _value(_("It showed"))
    at = _moment(_("Taken"))
    rolled = forms.BooleanField(label=_PAST_ITS_LIMIT, required=False)


class ExchangeForm(forms.Form):
    at = _moment(_("Exchanged"))
    closing = _value(_("The old counter showed last"))
    opening = _value(_("The new counter shows first"), initial=0)
    serial = forms.CharField(label=_("Serial number of the new counter"), max_length=60, required=False)
    rolled = forms.BooleanField(label=_PAST_ITS_LIMIT, required=False)


class OtherDayForm(forms.Form):
    day = _day(_("It was on"))
