"""Telephone numbers, e-mail addresses and VAT numbers: kept as typed, understood where possible."""

from __future__ import annotations

from typing import TypedDict

import phonenumbers
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError as VatError

from sitebook.basics.email_addresses import normal_form
from sitebook.basics.refused import Refused

PHONE_KINDS = ("office", "mobile", "emergency", "accounts", "fax", "other")
EMAIL_KINDS = ("office", "accounts", "other")


class Phone(TypedDict):
    """number: E.164, or as typed where it cannot be understood; odd: not a valid number."""

    kind: str
    number: str
    odd: bool


class Email(TypedDict):
    kind: str
    address: str


def phone(typed: str, *, country: str, kind: str = "office") -> Phone:
    """Understand a number as somebody in ``country`` (alpha-2) types it; odd input is kept and marked."""
    typed = " ".join(typed.split())
    try:
        number = phonenumbers.parse(typed, country or None)
    except phonenumbers.NumberParseException:
        return Phone(kind=kind, number=typed, odd=True)
    if not phonenumbers.is_valid_number(number):
        return Phone(kind=kind, number=typed, odd=True)
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension = f";ext={number.extension}" if number.extension else ""
    return Phone(kind=kind, number=spelled + extension, odd=False)


def email_fault(address: str) -> str:
    """Why this is no e-mail address, or ""."""
    try:
        normal_form(address)
    except Refused as refusal:
        return str(refusal)
    return ""


def vat_doubt(number: str, *, country: str) -> str:
    """What looks wrong with a VAT number, or "" when it looks right or no rule is known.

    Source: python-stdnum's national modules. A warning for people, never a block.
    """
    compact = "".join(number.split()).upper()
    if not compact:
        return ""
    prefix, rest = compact[:2], compact[2:]
    known = {"EL": "gr", "XI": "gb"}.get(prefix, prefix.lower()) if prefix.isalpha() else ""
    code = known or country.lower()
    module = get_cc_module(code, "vat") if code else None
    if module is None:
        return ""
    try:
        module.validate(compact if known else rest and compact)
    except VatError as fault:
        return f"“{number}” does not look like a VAT number of {code.upper()}: {str(fault).rstrip('.').lower()}."
    return ""
