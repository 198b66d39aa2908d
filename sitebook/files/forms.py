"""The form of a document's name and note: shape only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DescribeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
