"""The shape of what is typed about the inside of a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.records.forms import OneLine
from sitebook.sites.areas import Inside

KINDS, CLASSES = "kinds-of-areas", "kinds-of-equipment"
INDENT = "\u2003"


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
