"""How django-allauth behaves here: accounts come from an administrator, refusals say what to do."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import RATE_LIMITS
from allauth.core.internal.ratelimit import Rate, parse_rates
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sitebook.users import tokens
from sitebook.users.models import User

MESSAGES = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/logged_out.txt": _("You are signed out."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is set up. Signing in asks for its code from now on."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("Your passkey is removed."),
    "usersessions/messages/sessions_logged_out.txt": _("You are signed out everywhere else."),
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; a wrong password says how many tries are left before this address waits."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The address or the password is not right."),
        "invalid_login": _("The address or the password is not right."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your current password."),
        "invalid_password_reset": _("This link was used before or is too old. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code == "too_many_login_attempts":
            return ValidationError(_waits(_per_address()), code=code)
        return super().validation_error(code, *args)  # type: ignore[no-any-return]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError with the number of tries left; the form shows it on top."""
        rate, left = _per_address(), 0
        usage = getattr(self, "_login_failed_rl_usage", None)
        for single in usage.usage if usage else ():
            if f":{rate}:" in single.cache_key:
                left = max(0, rate.amount - len(cache.get(single.cache_key, [])))
        wrong = gettext("The address or the password is not right.")
        raise ValidationError(f"{wrong} {_left(left, rate)}", code="email_password_mismatch")

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "sitebook.users.second_factor.Stage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def set_password(self, user: Any, password: str) -> None:
        """Writes the password alone: the log-in role may not write what else a user is."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: Any = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Says only what somebody needs to hear after an act; a sign-in speaks for itself."""
        if text := MESSAGES.get(message_template or "", message):
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("users:profile")

    def format_email_subject(self, subject: str) -> str:
        return subject


def revoke_as_asked(request: HttpRequest, user: User, **_sent: Any) -> None:
    """The page that removes a factor of one's own offers to revoke one's tokens with it."""
    if request.POST.get("tokens"):
        tokens.revoke_all(User.objects.get(pk=user.pk))


def _per_address() -> Rate:
    return next(rate for rate in parse_rates(RATE_LIMITS["login_failed"]) if rate.per == "key")


def _left(left: int, rate: Rate) -> str:
    minutes = _minutes(rate)
    if not left:
        return gettext("This address now waits %(time)s.") % {"time": minutes}
    text = ngettext(
        "After %(count)s more try this address waits %(time)s.",
        "After %(count)s more tries this address waits %(time)s.",
        left,
    )
    return text % {"count": left, "time": minutes}


def _waits(rate: Rate) -> str:
    return gettext("Too many tries: this address waits up to %(time)s. A new password by link works at once.") % {
        "time": _minutes(rate)
    }


def _minutes(rate: Rate) -> str:
    minutes = max(1, round(float(rate.duration) / 60))
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
