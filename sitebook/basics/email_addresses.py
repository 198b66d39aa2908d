"""The one form in which e-mail addresses are kept and compared.

Some foldings take different letters for one: UPPER() makes a dotless ı an I, NFKC a Kelvin sign a K. Whoever has an
address with such a letter is somebody else, so none of them is used on the name before the @.
"""

from __future__ import annotations

import re
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused

# RFC 5321, 4.5.3.1: 64 for the name; 254 for all of it, as it stands between < and > in a path of 256.
LONGEST_NAME, LONGEST = 64, 254
# The database holds its column to the same: printable ASCII without capitals, and no address of a number.
PATTERN = r"^[!-?\[-~]+@[a-z0-9.-]+$"
_NORMAL = re.compile(PATTERN.removesuffix("$") + r"\Z")


def normal_form(typed: object) -> str:
    """Lower case, without blanks around it, the domain as the internet writes it (IDNA 2008, RFC 5891).

    The name before the @ must be of printable ASCII characters. Raises Refused (email_not_accepted).
    """
    if isinstance(typed, str) and len(typed) <= 4 * LONGEST and (found := _normal(typed)):
        return found
    text = _("“%(address)s” is not an email address. Write it like name@firm.example, with letters a to z.")
    shown = typed if isinstance(typed, str) else ""
    shown = "".join(letter if letter.isprintable() else "?" for letter in shown[:80])
    raise Refused(text % {"address": shown}, code="email_not_accepted")


class AddressField(forms.EmailField):
    """An address on a page. Somebody's to sign in with, in its normal form; others' stay ``as_typed``."""

    def __init__(self, *, as_typed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.as_typed = as_typed

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value))
        try:
            normal = normal_form(typed) if typed else ""
        except Refused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal
        return typed if self.as_typed else normal


def comparable(typed: str) -> str:
    """The normal form, or the text itself where it is no address: only two that are the same are equal."""
    try:
        return normal_form(typed)
    except Refused:
        return typed


def domain_form(typed: str) -> str:
    """A domain in its normal form; "" when it is none."""
    found = _normal(f"postmaster@{typed}") if len(typed) <= LONGEST else ""
    return found.partition("@")[2]


def _normal(typed: str) -> str:
    name, at, domain = typed.strip(" ").rpartition("@")
    if not at or not typed.isprintable() or not name.isascii() or len(name) > LONGEST_NAME:
        return ""
    try:
        host = domain if domain.isascii() else ""
        host = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii") if not host else _checked(host)
        found = f"{name}@{host}".lower()
        validate_email(found)
    except (ValidationError, ValueError):  # idna's own faults are ValueErrors
        return ""
    return found if len(found) <= LONGEST and _NORMAL.fullmatch(found) else ""


def _checked(host: str) -> str:
    """A domain in ASCII; a part that claims to be encoded must be so rightly."""
    return idna.encode(host.lower()).decode("ascii") if "xn--" in host.lower() else host
