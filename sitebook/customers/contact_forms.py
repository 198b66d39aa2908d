"""The shape of what is typed about contacts and their roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.template import engines
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.customers.contact_lists import contacts_matching
from sitebook.customers.contacting import candidates, role_called, role_name
from sitebook.customers.forms import RecordForm, TagsField
from sitebook.customers.lists import customers_matching, sites_matching
from sitebook.customers.models import Contact, Customer, Role, Site
from sitebook.firm.choices import languages
from sitebook.ui.widgets import Reference, ReferenceInput

ROLES = "roles-in-use"


class NarrowedInput(ReferenceInput):
    """A picker that asks its source about something: ``query`` stands behind the source's address."""

    query = ""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        pk, text = value or ("", "")
        given = self.build_attrs(self.attrs, attrs)
        combobox = engines["jinja2"].env.globals["c"].combobox  # type: ignore[attr-defined]
        html: SafeString = combobox(name, given.pop("id", name), pk, text, reverse(self.source) + self.query, given)
        return html


def contact_reference(label: Any, *, required: bool = False, help_text: Any = "") -> Reference:
    """A field for a contact; ``narrow`` says among whom."""
    field = Reference(
        label=label,
        required=required,
        help_text=help_text,
        among=Contact.objects.all,
        search=contacts_matching,
        source="customers:contact-pick",
    )
    field.widget = NarrowedInput("customers:contact-pick")
    return field


def narrow(field: forms.Field, among: QuerySet[Contact], query: str) -> None:
    """Offer and take only these contacts. ``query``: as the picker is to be asked, from the question mark on."""
    assert isinstance(field, Reference)  # noqa: S101 - made by contact_reference
    field.among = lambda: among
    field.widget.query = query


def _customer(**more: Any) -> Reference:
    options = {"among": Customer.objects.all, "search": customers_matching, "source": "customers:pick"}
    return Reference(label=_("Customer"), required=False, **options, **more)


def _site() -> Reference:
    return Reference(
        label=_("At the site"),
        required=False,
        help_text=_("Leave it empty for a role at the customer as a whole."),
        among=Site.objects.all,
        search=sites_matching,
        source="customers:site-pick",
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


PEOPLE = {
    "main_contact": (Role.MAIN, _("Main contact")),
    "billing_contact": (Role.BILLING, _("Billing contact")),
    "default_contact": (Role.MAIN, _("Default contact")),
}


def offer_candidates(form: forms.Form, customer: Customer | None, *, site: Site | None = None, on: date) -> None:
    """In the fields for main, billing and default contact offer only those who may be it."""
    query = f"?customer={customer.pk}&only=1" if customer else "?only=1"
    for name in PEOPLE.keys() & form.fields.keys():
        narrow(form.fields[name], candidates(customer, site=site, on=on), query + (f"&site={site.pk}" if site else ""))
