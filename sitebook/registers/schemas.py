"""What the records of all registers share in JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import Schema
from pydantic import AfterValidator, Field

from sitebook.api.requests import Count, Line40, Line60, Line200, Name, Word, Word60, Written
from sitebook.firm.choices import countries, currencies, languages
from sitebook.values import contact_details


def _among(choices: Any, what: Any) -> AfterValidator:
    def known(value: str) -> str:
        if value and value not in {code for code, _name in choices()}:
            raise ValueError(_("“%(value)s” is not one of the %(what)s.") % {"value": value, "what": what})
        return value

    return AfterValidator(known)


CODE = Field(max_length=64)
Country = Annotated[str, CODE, _among(countries, lazy("codes of countries (ISO 3166, two letters)"))]
Currency = Annotated[str, CODE, _among(currencies, lazy("codes of currencies (ISO 4217)"))]
Language = Annotated[str, CODE, _among(languages, lazy("languages"))]


def _email(value: str) -> str:
    if fault := contact_details.email_fault(value):
        raise ValueError(fault)
    return value


def _each_once(words: list[str]) -> list[str]:
    found = {word.casefold(): word for word in reversed(words) if word}
    return list(found.values())[::-1]


Tags = Annotated[list[Line40], Field(max_length=50), AfterValidator(_each_once)]


class Phone(Written):
    """A number as somebody in the record's country types it. What cannot be understood is kept and marked odd."""

    number: Word60
    kind: Literal["office", "mobile", "emergency", "accounts", "fax", "other"] = "office"
    odd: bool = Field(False, description="Read only: no valid number.")


class Email(Written):
    address: Annotated[str, Field(max_length=254), AfterValidator(_email)]
    kind: Literal["office", "accounts", "other"] = "office"


Phones = Annotated[list[Phone], Field(max_length=20)]
Emails = Annotated[list[Email], Field(max_length=20)]
Custom = Annotated[
    dict[Annotated[str, Field(max_length=60)], str | bool | int | float | None],
    Field(
        max_length=200,
        description="The firm's custom fields by their keys. Those not sent stay as they are; null takes a value away.",
    ),
]
OutsideIds = Annotated[
    dict[Word, Name | None],
    Field(max_length=20, description="The id in each system. null takes one away; what is not named stays."),
]


class Archiving(Written):
    """``along``: what goes with it, as ``consequences`` names it; all that can where it is left out."""

    reason: Line200 = ""
    along: list[Line60] | None = Field(None, max_length=50)


class Restoring(Written):
    rest: bool = Field(True, description="Also what went along when it was archived.")


class Brief(Schema):
    """A record another one names; id and reference are null where the caller may not see it."""

    id: int | None = None
    reference: str | None = None
    name: str | None = None


class Stamped(Schema):
    id: int
    reference: str = ""
    archived_at: datetime | None = None
    archive_reason: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 0


def page_of(shape: type[Schema]) -> type[Schema]:
    """A page of a list of these."""
    return type(
        f"{shape.__name__}List",
        (Schema,),
        {
            "__annotations__": {"items": list[shape], "count": Count, "next": str | None, "previous": str | None},  # type: ignore[valid-type]
            "next": None,
            "previous": None,
            "__module__": __name__,
        },
    )


class Consequence(Schema):
    key: str
    text: str
    count: int
    can_go_along: bool


class Consequences(Schema):
    items: list[Consequence]


class Done(Schema):
    done: int = Field(description="How many records were touched beside the one named.")
