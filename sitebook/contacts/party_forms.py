"""The shape of what is typed about the parties of a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import SiteParty
from sitebook.contacts.pickers import contact_reference
from sitebook.customers.group_forms import customer_reference
from sitebook.records.forms import day_field


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
