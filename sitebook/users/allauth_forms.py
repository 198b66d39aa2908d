"""The forms of django-allauth in our words: labels, hints and what a browser may fill in."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sitebook.basics.email_addresses import comparable, normal_form
from sitebook.basics.refused import Refused
from sitebook.users import handed_links, mail_queue, sessions, tokens
from sitebook.users.forms import TOKENS_STAY, TOKENS_TOO

STRENGTH = _("At least 10 characters. Not a common password, not your name or address.")


def _say(form: forms.Form, labels: dict[str, Any], helps: dict[str, Any]) -> None:
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = helps.get(name, "")
        field.widget.attrs.pop("placeholder", None)


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            {"login": _("Email address"), "password": _("Password"), "remember": _("Stay signed in on this device")},
            {"remember": _("30 days. Not on a shared computer.")},
        )
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self) -> str:
        """What is no address goes on as it is: it is nobody's, and waits and answers like one that is not known."""
        try:
            return normal_form(self.cleaned_data["login"])
        except Refused:
            return str(self.cleaned_data["login"])


class AskForLink(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": _("Email address")}, {})
        self.fields["email"].widget.attrs["autocomplete"] = "username"

    def clean_email(self) -> str:
        """Whoever has it is looked for when the mail is sent: nothing here differs for an address that is known."""
        return comparable(str(self.cleaned_data["email"]))

    def save(self, request: HttpRequest, **_more: Any) -> str:
        mail_queue.ask_for_link(self.cleaned_data["email"])
        return str(self.cleaned_data["email"])


class NewPassword(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, _NEW, {"password1": STRENGTH})

    def save(self) -> None:
        """With the new password all that was opened with the old one ends, other links and tokens too."""
        self.user.must_not_see_more()
        if not handed_links.use(self.user, self.temp_key):
            raise Refused(_("This link was used before or is too old. Ask for a new one."), code="link_over")
        super().save()
        sessions.forget(self.user)


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"oldpassword": _("Password now"), **_NEW}, {"password1": STRENGTH})
        self.fields["tokens"] = forms.BooleanField(label=TOKENS_TOO, help_text=TOKENS_STAY, required=False)

    @transaction.atomic
    def save(self) -> None:
        """Other devices are signed out, and links handed out before are over; tokens go when it is asked for."""
        super().save()
        handed_links.end(self.user)
        if self.cleaned_data["tokens"]:
            tokens.revoke_all(self.user)


class ConfirmPassword(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"password": _("Password")}, {})
        self.fields["password"].widget.attrs["autofocus"] = True


class FirstPassword(SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, _NEW, {"password1": STRENGTH})


_NEW = {"password1": _("New password"), "password2": _("New password, once more")}
