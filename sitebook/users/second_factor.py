"""What proves who somebody is beside the password: codes of an authenticator app, recovery codes, passkeys."""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings as limits
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkeys
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.core.cache import cache as counters
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sitebook.users import passkey_rules
from sitebook.users.allauth_policies import FACTORS
from sitebook.users.models import User

TYPES = Authenticator.Type
# A code is good in its own half minute and in those before and after: as long it must not work again.
_CODE_LIVES_SECONDS = 120
_LONGEST_CREDENTIAL = 20_000
# What the package that reads passkeys raises at an answer no browser gives.
_NOT_UNDERSTOOD = (AttributeError, LookupError, TypeError, ValueError, struct.error)


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets rest encrypted, so that a dump of the database alone signs nobody in."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code or passkey is not right, or it was used before."),
    }

    def get_totp_issuer(self) -> str:
        return str(getattr(context.request, "firm", None) or "Sitebook")

    def build_totp_svg(self, url: str) -> str:
        """Dark on white whatever the colours of the page are: many cameras read nothing else."""
        import qrcode
        from qrcode.image.svg import SvgPathFillImage

        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, border=3).save(drawn)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError where the installation's secret key is not the one it was written with."""
        try:
            return _box(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()
        except InvalidToken as fault:
            text = gettext(
                "The secret key of this Sitebook was changed, so codes set up before do not work any more. "
                "Ask your administrator to remove your second factor."
            )
            raise ValidationError(text, code="other_key") from fault

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()


class Stage(AuthenticateStage):  # type: ignore[misc]
    """Whoever comes from the provider of single sign-on has proven themselves there: a second factor is its matter."""

    def handle(self) -> tuple[Any, bool]:
        if "sociallogin" in (self.login.signal_kwargs or {}):
            return None, True
        return super().handle()  # type: ignore[no-any-return]


class _Code(codes.BaseAuthenticateForm):  # type: ignore[misc]
    """A code works once. Wrong ones are counted for the user, whichever browser they come from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], _("Six digits from your authenticator app, or one of your recovery codes."))

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())
        except ValidationError as refusal:
            raise _slower(refusal) from refusal
        if not counters.add(f"sitebook.code:{self.user.pk}:{code}", True, timeout=_CODE_LIVES_SECONDS):
            raise Factors().validation_error("incorrect_code")
        return code


class SignInCode(_Code, codes.AuthenticateForm):  # type: ignore[misc]
    pass


class ConfirmCode(_Code, codes.ReauthenticateForm):  # type: ignore[misc]
    pass


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_code(self.fields["code"], _("Six digits from the app, to see that it works."))


class PasskeyName(passkeys.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = _name_field()


class NewPasskey(passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """Always one that signs in by itself: it asks for a finger, a face or a PIN."""

    field_order = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name"] = ""
        self.fields["name"] = _name_field()
        self.fields["passwordless"] = forms.BooleanField(initial=True, required=False, widget=forms.HiddenInput)
        _say_credential(self.fields["credential"])

    def clean_passwordless(self) -> bool:
        return True

    def clean_credential(self) -> Any:
        """It is kept as it came: nothing that no browser sends."""
        written = json.dumps(self.cleaned_data["credential"])
        if len(written) > _LONGEST_CREDENTIAL or "\\u0000" in written:
            raise Factors().validation_error("incorrect_code")
        return self.cleaned_data["credential"]

    def clean(self) -> dict[str, Any]:
        try:
            if "credential" in self.cleaned_data:
                passkey_rules.must_come_from_here(self.cleaned_data["credential"])
            return super().clean()  # type: ignore[no-any-return]
        except _NOT_UNDERSTOOD as fault:
            raise Factors().validation_error("incorrect_code") from fault


class _Passkey(passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say_credential(self.fields["credential"])

    def clean_credential(self) -> Authenticator:
        try:
            passkey_rules.must_come_from_here(self.cleaned_data["credential"])
            sent, passkey = self.cleaned_data["credential"], super().clean_credential()
            passkey_rules.must_not_be_a_copy(passkey, sent)
            return passkey
        except ValidationError as refusal:
            raise _slower(refusal) from refusal
        except _NOT_UNDERSTOOD as fault:
            raise Factors().validation_error("incorrect_code") from fault


class SignInPasskey(_Passkey):
    pass


class ConfirmPasskey(_Passkey, passkeys.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyAlone(_Passkey, passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    pass


@dataclass(frozen=True)
class Own:
    """What somebody signs in with, for their own page. ``left``: recovery codes that still work, of ``drawn``."""

    app: Authenticator | None
    codes: Authenticator | None
    passkeys: list[Authenticator]
    left: int
    drawn: int

    @classmethod
    def of(cls, user: User) -> Own:
        rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
        single = {row.type: row for row in rows}
        drawn = limits.RECOVERY_CODE_COUNT
        used = single[TYPES.RECOVERY_CODES].data.get("used_mask", 0) if TYPES.RECOVERY_CODES in single else 0
        return cls(
            app=single.get(TYPES.TOTP),
            codes=single.get(TYPES.RECOVERY_CODES),
            passkeys=[row for row in rows if row.type == TYPES.WEBAUTHN],
            left=drawn - int(used).bit_count(),
            drawn=drawn,
        )


@dataclass(frozen=True)
class Factor:
    """One second factor of somebody, as far as an administrator is told."""

    kind: str
    since: datetime
    last_used: datetime | None

    @property
    def label(self) -> str:
        return str(FACTORS[self.kind])


def known_of(user: User) -> list[Factor]:
    """For administrators; the database refuses everybody else with ProgrammingError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, since, last_used FROM users_second_factors(%s)", [user.pk])
        return [Factor(*row) for row in cursor.fetchall()]


def remove_of(user: User) -> int:
    """Everything beside the password goes, for somebody locked out; how many that was. Administrators only.

    Raises NotAllowed (sees_more).
    """
    user.must_not_see_more()
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_remove_second_factors(%s)", [user.pk])
        return int(cursor.fetchone()[0])


@cache
def _box(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sitebook second factor").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def _slower(refusal: ValidationError) -> ValidationError:
    if getattr(refusal, "code", "") != "too_many_login_attempts":
        return refusal
    return ValidationError(gettext("Too many wrong codes. Wait five minutes, then try again."), code="too_many_codes")


def _say_code(field: forms.Field, help_text: Any) -> None:
    field.label, field.help_text = _("Code"), help_text
    field.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


def _name_field() -> forms.CharField:
    said = _("What you know it by, such as the device it is kept on.")
    return forms.CharField(
        label=_("Name"), max_length=60, help_text=said, widget=forms.TextInput({"autocomplete": "off"})
    )


def _say_credential(field: forms.Field) -> None:
    field.error_messages["required"] = _("A passkey needs scripts, which are switched off in this browser.")
