"""Telephone numbers and e-mail addresses as values of a field: several, each with its kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pydantic
from django import forms

from sitebook.api.requests import Word60, Written
from sitebook.values import contact_details
from sitebook.values.kinds import Kind
from sitebook.values.readers import BadValue

MOST_LINES = 20


class PhoneLine(Written):
    """A number as somebody in the record's country types it. What cannot be understood is kept and marked odd."""

    number: Word60
    kind: Literal["office", "mobile", "emergency", "accounts", "fax", "other"] = pydantic.Field(
        default_factory=lambda: "office", description="Office where it is left out."
    )
    odd: bool = pydantic.Field(default_factory=bool, description="Read only: no valid number.")


def _email(value: str) -> str:
    if fault := contact_details.email_fault(value):
        raise ValueError(fault)
    return value


class EmailLine(Written):
    address: Annotated[str, pydantic.Field(max_length=254), pydantic.AfterValidator(_email)]
    kind: Literal["office", "accounts", "other"] = pydantic.Field(
        default_factory=lambda: "office", description="Office where it is left out."
    )


@dataclass(frozen=True, kw_only=True)
class Phones(Kind):
    """Telephone numbers as somebody in ``country`` (ISO 3166, two letters) types them; what cannot be understood is
    kept as it was typed and marked odd."""

    country: str = ""
    empty: Any = field(default_factory=list)

    def _read(self, given: Any) -> list[contact_details.Phone]:
        lines = [{"number": each} for each in given.split(",")] if isinstance(given, str) else given
        return [
            contact_details.phone(each["number"], country=self.country, kind=each.get("kind") or "office")
            for each in lines
        ]

    def input(self, **options: Any) -> forms.Field:
        raise TypeError("a form asks for each number in a line of its own")

    @property
    def shape(self) -> Any:
        return Annotated[list[PhoneLine], pydantic.Field(max_length=MOST_LINES)]

    @property
    def schema(self) -> Any:
        """Their country is known only with the record: only the shape is judged here."""
        return self.shape

    def text(self, kept: Any) -> Any:
        return ", ".join(each["number"] for each in kept or [])

    def told(self, kept: Any) -> Any:
        return [{"kind": each["kind"], "number": each["number"], "odd": bool(each.get("odd"))} for each in kept or []]


@dataclass(frozen=True, kw_only=True)
class Emails(Kind):
    empty: Any = field(default_factory=list)

    def _read(self, given: Any) -> list[contact_details.Email]:
        lines = [{"address": each.strip()} for each in given.split(",")] if isinstance(given, str) else given
        for each in lines:
            if fault := contact_details.email_fault(each["address"]):
                raise BadValue(fault)
        return [contact_details.Email(kind=each.get("kind") or "office", address=each["address"]) for each in lines]

    def input(self, **options: Any) -> forms.Field:
        raise TypeError("a form asks for each address in a line of its own")

    @property
    def shape(self) -> Any:
        return Annotated[list[EmailLine], pydantic.Field(max_length=MOST_LINES)]

    @property
    def schema(self) -> Any:
        return self.shape

    def text(self, kept: Any) -> Any:
        return ", ".join(each["address"] for each in kept or [])

    def told(self, kept: Any) -> Any:
        return [{"kind": each["kind"], "address": each["address"]} for each in kept or []]
