"""The shape of what is typed about the inside of a site, its parties and its status."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.customers.choosing_forms import contact_reference
from sitebook.customers.inside import Inside
from sitebook.customers.models import Customer, SiteParty
from sitebook.search.queries import holding
from sitebook.ui.widgets import Reference

KINDS, CLASSES = "kinds-of-areas", "kinds-of-equipment"
INDENT = "\u2003"


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def customer_reference(label: Any, **options: Any) -> Reference:
    return Reference(label=label, among=Customer.objects.all, search=holding, source="customers:pick", **options)


class OneLine(forms.CharField):
    """Text without doubled blanks."""

    def to_python(self, value: Any) -> Any:
        return " ".join((super().to_python(value) or "").split())


class InsideForm(forms.Form):
    """What areas and positions share: a name, and the area they lie in. ``at``: the inside of their site."""

    name = OneLine(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    into = forms.TypedChoiceField(
        label=_("Inside"),
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": _("That area is not at this site. Choose one of its areas.")},
    )

    def __init__(self, *args: Any, at: Inside, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = [(node.area.pk, INDENT * node.level + node.area.name) for node in at.in_order()]
        self.fields["into"].choices = [("", say("the site itself")), *areas]  # type: ignore[attr-defined]


class AreaForm(InsideForm):
    kind = OneLine(
        label=_("Kind"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": KINDS, "autocomplete": "off"}),
    )
    notes = forms.CharField(label=_("Notes"), max_length=300, required=False)
    field_order = ("name", "kind", "into", "notes")


class PositionForm(InsideForm):
    tag_number = OneLine(
        label=_("Tag number"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    product_class = OneLine(
        label=_("Kind of equipment"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": CLASSES, "autocomplete": "off"}),
    )
    field_order = ("name", "tag_number", "product_class", "into")


class WhoForm(forms.Form):
    """A party is a customer or a contact, never both."""

    party = customer_reference(_("Customer"), required=False)
    person = contact_reference(_("or contact"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if bool(data.get("party")) == bool(data.get("person")):
            said = say("Choose a customer or a contact, not both.") if data.get("party") else say("Say who it is.")
            self.add_error("party", said)
        return data

    def who(self) -> Any:
        return self.cleaned_data["party"] or self.cleaned_data["person"]


class PartyForm(WhoForm):
    role = forms.ChoiceField(label=_("Role"), choices=SiteParty.Role.choices)
    since = day_field(_("Since"), initial=timezone.localdate)
    until = day_field(
        _("Over from"), required=False, help_text=_("The first day on which it is over. Empty: it goes on.")
    )
    field_order = ("role", "party", "person", "since", "until")


class ChangePartyForm(WhoForm):
    since = day_field(_("From"), initial=timezone.localdate, help_text=_("The day before is the former one’s last."))


class EndPartyForm(forms.Form):
    day = day_field(_("Over from"), initial=timezone.localdate, help_text=_("On this day it does not count any more."))


class ReasonForm(forms.Form):
    reason = OneLine(label=_("Reason"), max_length=200)


class PutUnderForm(forms.Form):
    parent = customer_reference(_("Under"))
    since = day_field(
        _("Since"),
        initial=timezone.localdate,
        help_text=_("Up to the next change that is written down. Figures of earlier days stay as they are."),
    )


class LeaveForm(forms.Form):
    since = day_field(_("From"), initial=timezone.localdate, help_text=_("Figures of earlier days stay as they are."))
