"""The shape of what is asked about a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import BooleanField, F, Func
from django.utils.translation import gettext_lazy as _

from sitebook.basics.http_client import NotThere, judge
from sitebook.outbox.events import events
from sitebook.users.models import User


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.TextInput(attrs={"type": "url", "autocomplete": "off"})
    )
    owner = forms.ModelChoiceField(
        label=_("Sees as"),
        queryset=User.objects.none(),
        help_text=_("It is told only of what this user may see when it is told."),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell of"),
        required=False,
        choices=lambda: list(events().items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Offers the asker and those who see no more than they do."""
        super().__init__(*args, **options)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - declared above
        no_more = Func(F("pk"), function="users_sees_no_more", output_field=BooleanField())
        owner.queryset = User.objects.filter(no_more, is_active=True)

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            scheme, *_rest = judge(url)
        except NotThere as fault:
            raise forms.ValidationError(str(fault)) from fault
        return scheme + url[len(scheme) :]
