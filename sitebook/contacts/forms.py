"""The shape of what is typed about contacts and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.contacts.models import role_name
from sitebook.contacts.pickers import contact_reference
from sitebook.contacts.register import CONTACTS
from sitebook.contacts.roles import role_called
from sitebook.customers.models import Customer
from sitebook.records.forms import day_field
from sitebook.registers.inputs import Section
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.values.pickers import Reference

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


ContactForm = CONTACTS.form(new=False)
FIRST_ROLE = ("role", "site", "since")


class NewContactForm(CONTACTS.form(new=True)):  # type: ignore[misc]
    """A contact, with a first role when wanted."""

    role = RoleField(required=False)
    site = _site()
    since = day_field(_("Since"), required=False)

    def sections(self) -> list[Section]:
        """The first role stands behind how the contact is reached."""
        found: list[Section] = super().sections()
        place = 1 + next(place for place, each in enumerate(found) if each.lines == "emails")
        role = Section(_("What they are for"), [self[name] for name in FIRST_ROLE])
        return [*found[:place], role, *found[place:]]

    def others(self) -> list[forms.BoundField]:
        return []

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("role") and not (data.get("customer") or data.get("site") or self.errors):
            self.add_error("site", say("Choose the customer or the site where the contact has this role."))
        if data.get("site") and not data.get("role") and not self.errors:
            self.add_error("role", say("Write what the contact is for at %(site)s.") % {"site": data["site"]})
        return data

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name not in FIRST_ROLE}

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
    since = day_field(_("Since"), initial=timezone.localdate)
    field_order = ("contact", "role", "customer", "site", "since")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not (data.get("customer") or data.get("site") or self.errors):
            self.add_error("customer", say("Choose the customer or the site where the contact has this role."))
        return data


class EndRoleForm(forms.Form):
    day = day_field(
        _("No longer from"),
        initial=timezone.localdate,
        help_text=_("On this day the role is not in force any more."),
    )


def role_names(roles: list[str], *, at_site: bool) -> list[str]:
    """What a list of roles offers to somebody who types."""
    return list(dict.fromkeys(role_name(role, at_site=at_site) for role in roles))
