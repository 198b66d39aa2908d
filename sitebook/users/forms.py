"""The shape of what is asked about a user."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sitebook.basics.email_addresses import AddressField
from sitebook.firm.choices import zones
from sitebook.users.models import Role, User

TOKENS_TOO = _("Revoke the tokens for programs too")
TOKENS_STAY = _("Without this they go on working, whoever has them.")
REACH = [("some", _("Only those granted to this user")), ("all", _("All customers, present and future"))]
_ABOUT = {
    Role.ADMINISTRATOR: _("everything, and who may do what"),
    Role.OFFICE: _("customers and sites, imports, who sees which customer"),
    Role.DISPATCHER: _("sites, and all day-to-day work"),
    Role.ENGINEER: _("reads; later their own visits"),
    Role.VIEWER: _("reads only"),
}


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}: {_ABOUT[role]}") for role in Role]


class UserForm(forms.Form):
    """``reach`` has no value to begin with: seeing all customers is chosen, never given by default."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = AddressField(label=_("Email address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, widget=forms.RadioSelect)
    reach = forms.ChoiceField(label=_("Which customers"), choices=REACH, widget=forms.RadioSelect)
    is_active = forms.BooleanField(
        label=_("May sign in"),
        required=False,
        help_text=_(
            "Without it every device is signed out at once, and their tokens open nothing meanwhile; "
            "what this user did stays in the history."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """What the form says, in the words of the model."""
        data = self.cleaned_data
        return {name: data[name] for name in ("name", "email", "role", "is_active")} | {
            "all_customers": data["reach"] == "all"
        }

    @staticmethod
    def of(user: User) -> dict[str, Any]:
        return {
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "reach": "all" if user.all_customers else "some",
            "is_active": user.is_active,
            "version": user.version,
        }


class NewUserForm(UserForm):
    HOW = [("mail", _("Send a link by email")), ("show", _("Show me the link; I hand it on"))]

    how = forms.ChoiceField(
        label=_("How they set their password"), choices=HOW, widget=forms.RadioSelect, initial="mail"
    )
    field_order = ["name", "email", "role", "reach", "how"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["is_active"], self.fields["version"]

    def values(self) -> dict[str, Any]:
        self.cleaned_data["is_active"] = True
        return super().values()


class TokensToo(forms.Form):
    """Asked where sessions or second factors end: tokens would stay."""

    tokens = forms.BooleanField(label=TOKENS_TOO, help_text=TOKENS_STAY, required=False)


class ProfileForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, help_text=_("Times on every page are shown in it.")
    )
    theme = forms.ChoiceField(
        label=_("Look"),
        required=False,
        choices=[("", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [("", _("As the firm")), *zones()]  # type: ignore[attr-defined]
