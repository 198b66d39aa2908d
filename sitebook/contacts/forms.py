"""The shape of what is typed about contacts and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import Contact, role_name
from sitebook.contacts.pickers import contact_reference
from sitebook.contacts.roles import role_called
from sitebook.contacts.tables import CONTACT
from sitebook.customers.models import Customer
from sitebook.firm.choices import languages
from sitebook.registers.forms import RecordForm, TagsField
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.ui.widgets import Reference

ROLES = "roles-in-use"


def _customer(**more: Any) -> Reference:
    options: dict[str, Any] = {"among": Customer.objects.all, "search": holding, "source": "customers:pick"}
    return Reference(label=_("Customer"), required=False, **options, **more)


def _site() -> Reference:
    return Reference(
        label=_("At the site"),
        required=False,
        help_text=_("Leave it empty for a role at the customer as a whole."),
        among=Site.objects.all,
        search=holding,
        source="sites:pick",
    )


class RoleField(forms.CharField):
    """A built-in role by its name, or a word of one's own."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"list": ROLES, "autocomplete": "off"})
        said = _("Choose one, or write a word of your own.")
        super().__init__(label=_("Role"), max_length=60, widget=widget, help_text=said, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return role_called(typed) if typed else ""


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class ContactForm(RecordForm):
    keeps_ids = False
    register = CONTACT

    name = forms.CharField(label=_("Name"), max_length=200)
    customer = _customer(help_text=_("Empty: a private contact, whom everybody sees who signs in."))
    position = forms.CharField(label=_("Position"), max_length=100, required=False)
    consent = forms.ChoiceField(label=_("Consent to messages"), choices=Contact.Consent.choices, required=False)
    consent_on = _day(
        _("Given or refused on"), required=False, help_text=_("Empty when you change the consent: today.")
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=lambda: [("", ""), *languages()])
    tags = TagsField()
    notes = forms.CharField(
        label=_("Notes"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_consent(self) -> str:
        return self.cleaned_data["consent"] or Contact.Consent.UNKNOWN.value

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        consent, day = data.get("consent"), data.get("consent_on")
        if consent == Contact.Consent.UNKNOWN:
            data["consent_on"] = None
        elif day is None and "consent_on" not in self.errors and consent != self.initial.get("consent"):
            data["consent_on"] = timezone.localdate()
        elif day is not None and day > timezone.localdate():
            self.add_error("consent_on", say("This day is still to come."))
        return data


class NewContactForm(ContactForm):
    """A contact, with a first role when wanted."""

    role = RoleField(required=False)
    site = _site()
    since = _day(_("Since"), required=False)
    field_order = ("name", "customer", "position")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("role") and not (data.get("customer") or data.get("site") or self.errors):
            self.add_error("site", say("Choose the customer or the site where the contact has this role."))
        if data.get("site") and not data.get("role") and not self.errors:
            self.add_error("role", say("Write what the contact is for at %(site)s.") % {"site": data["site"]})
        return data

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name not in ("role", "site", "since")}

    def given(self) -> dict[str, Any]:
        """The role to give, as ``give_role`` takes it; nothing without one."""
        data = self.cleaned_data
        if not data["role"]:
            return {}
        place = {"site": data["site"]} if data["site"] else {"customer": data["customer"]}
        return {"role": data["role"], "since": data["since"] or timezone.localdate(), **place}


class RoleForm(forms.Form):
    contact = contact_reference(_("Contact"), required=True)
    role = RoleField()
    customer = _customer()
    site = _site()
    since = _day(_("Since"), initial=timezone.localdate)
    field_order = ("contact", "role", "customer", "site", "since")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not (data.get("customer") or data.get("site") or self.errors):
            self.add_error("customer", say("Choose the customer or the site where the contact has this role."))
        return data


class EndRoleForm(forms.Form):
    day = _day(
        _("No longer from"),
        initial=timezone.localdate,
        help_text=_("On this day the role is not in force any more."),
    )


def role_names(roles: list[str], *, at_site: bool) -> list[str]:
    """What a list of roles offers to somebody who types."""
    return list(dict.fromkeys(role_name(role, at_site=at_site) for role in roles))
