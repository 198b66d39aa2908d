"""The shape of what is typed about what happens to a whole site: hand over, correct, split, join."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import SiteParty
from sitebook.customers.models import Customer
from sitebook.search.queries import holding
from sitebook.sites.models import Area, Site
from sitebook.values.pickers import Reference

# Who pays instead was agreed with the customer who leaves, and never goes along.
MAY_STAY = [choice for choice in SiteParty.Role.choices if choice[0] != SiteParty.Role.PAYER]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=200, required=False)


class NextCustomerForm(forms.Form):
    """To whom, or to nobody, and from which day."""

    to = Reference(
        label=_("Next customer"),
        required=False,
        among=lambda: Customer.objects.current(),
        search=holding,
        source="customers:pick",
    )
    vacant = forms.BooleanField(label=_("Nobody for now: the site is vacant"), required=False)
    day = _day(_("From which day"))
    reason = _reason()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "to" in data and bool(data["to"]) == data.get("vacant", False):
            both = say("Choose the next customer, or say that nobody has the site for now. Not both.")
            neither = say("Choose the next customer, or say that nobody has the site for now.")
            self.add_error("to", both if data["to"] else neither)
        return data


class HandOverForm(NextCustomerForm):
    """``carry``: the roles of those who stay with the place."""

    name = forms.CharField(
        label=_("New name of the site"),
        max_length=200,
        required=False,
        help_text=_("Only if it is called something else from then on."),
    )
    carry = forms.MultipleChoiceField(choices=MAY_STAY, required=False)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class CorrectForm(NextCustomerForm):
    """The same, for a hand-over that was written down wrong."""


class SplitForm(forms.Form):
    name = forms.CharField(label=_("Name of the new site"), max_length=200)
    day = _day(_("From which day"))
    areas: Any = forms.ModelMultipleChoiceField(
        label=_("What goes along"), queryset=Area.objects.none(), required=False
    )
    reason = _reason()

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["areas"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101 - for the type checker
        chosen.queryset = Area.objects.filter(site=site)


class JoinForm(forms.Form):
    into = Reference(
        label=_("Into which site"),
        among=lambda: Site.objects.none(),
        search=holding,
        source="sites:pick",
    )
    day = _day(_("From which day"))
    reason = _reason()

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        super().__init__(*args, **options)
        into = self.fields["into"]
        assert isinstance(into, Reference)  # noqa: S101 - for the type checker
        into.among = lambda: Site.objects.current().filter(customer=site.customer).exclude(pk=site.pk)
        into.widget.query = f"?beside={site.pk}"
