"""The shape of customers, contacts and sites in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import Schema
from pydantic import AfterValidator, Field, model_validator

from sitebook.api.requests import (
    Count,
    Day,
    Id,
    Line20,
    Line40,
    Line60,
    Line100,
    Line200,
    Line300,
    Name,
    Notes,
    Text,
    Word,
    Word60,
    Written,
)
from sitebook.customers import reaching
from sitebook.firm.choices import countries, currencies, languages, zones


def _among(choices: Any, what: Any) -> AfterValidator:
    def known(value: str) -> str:
        if value and value not in {code for code, _name in choices()}:
            raise ValueError(_("“%(value)s” is not one of the %(what)s.") % {"value": value, "what": what})
        return value

    return AfterValidator(known)


_CODE = Field(max_length=64)
Country = Annotated[str, _CODE, _among(countries, lazy("codes of countries (ISO 3166, two letters)"))]
Currency = Annotated[str, _CODE, _among(currencies, lazy("codes of currencies (ISO 4217)"))]
Language = Annotated[str, _CODE, _among(languages, lazy("languages"))]
Zone = Annotated[str, _CODE, _among(zones, lazy("time zones (IANA)"))]


def _email(value: str) -> str:
    if fault := reaching.email_fault(value):
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


class CustomerFields(Written):
    name: Name = ""
    kind: Literal["company", "individual"] = "company"
    is_distributor: bool = False
    website: Line300 = ""
    vat_number: Line40 = ""
    account: Literal["ok", "warning", "stop"] = "ok"
    payment_days: Annotated[int, Field(ge=0, le=365)] | None = None
    currency: Currency = ""
    send_by: Literal["email", "print"] = "email"
    language: Language = ""
    bill_to: Id | None = None
    bill_outside: bool = False
    distributor: Id | None = None
    head_line1: Line200 = ""
    head_line2: Line200 = ""
    head_town: Line100 = ""
    head_region: Line100 = ""
    head_postcode: Line20 = ""
    head_country: Country = ""
    bill_line1: Line200 = ""
    bill_line2: Line200 = ""
    bill_town: Line100 = ""
    bill_region: Line100 = ""
    bill_postcode: Line20 = ""
    bill_country: Country = ""
    phones: Phones = []
    emails: Emails = []
    tags: Tags = []
    notes: Notes = ""
    custom: Custom = {}
    external_ids: OutsideIds = {}


class NewCustomer(CustomerFields):
    name: Name


class SiteFields(Written):
    name: Name = ""
    code: Line60 = ""
    type: Line60 = ""
    line1: Line200 = ""
    line2: Line200 = ""
    town: Line100 = ""
    region: Line100 = ""
    postcode: Line20 = ""
    country: Country = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    time_zone: Zone = ""
    access_instructions: Text = ""
    opening_hours: Line300 = ""
    hazards: Text = ""
    own_stock: bool = False
    phones: Phones = []
    emails: Emails = []
    tags: Tags = []
    notes: Notes = ""
    custom: Custom = {}
    external_ids: OutsideIds = {}

    @model_validator(mode="after")
    def coordinates_come_in_pairs(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError(_("Give latitude and longitude, or neither."))
        return self


class NewSite(SiteFields):
    """``since``: the day from which the customer has it, in the site's zone; left out: always."""

    name: Name
    customer: Id
    status: Literal["prospective", "active", "dormant", "closed"] = "active"
    since: Day | None = None


class ContactFields(Written):
    name: Name = ""
    customer: Id | None = None
    position: Line100 = ""
    language: Language = ""
    consent: Literal["unknown", "agreed", "refused"] = "unknown"
    consent_on: Day | None = None
    phones: Phones = []
    emails: Emails = []
    tags: Tags = []
    notes: Notes = ""
    custom: Custom = {}


class NewContact(ContactFields):
    name: Name


class NewRole(Written):
    """At a customer, or at a site for whoever has it on that day."""

    role: Word60
    customer: Id | None = None
    site: Id | None = None
    since: Day | None = Field(None, description="Today where it is left out.")


class RoleEnd(Written):
    on: Day | None = Field(None, description="The first day on which it is over; today where it is left out.")


class Archiving(Written):
    """``along``: what goes with it, as ``consequences`` names it; all that can where it is left out."""

    reason: Line200 = ""
    along: list[Line60] | None = Field(None, max_length=50)


class Restoring(Written):
    rest: bool = Field(True, description="Also what went along when it was archived.")


class HandOver(Written):
    """``to``: the next customer; null: nobody has it from that day on."""

    to: Id | None
    day: Day = Field(description="The first day of the new customer, in the site's zone; not in days to come.")
    reason: Line200 = ""
    name: Line200 = Field("", description="What the site is called from then on.")
    carry: list[Literal["owner", "agent"]] = Field(["owner", "agent"], description="Parties that stay with the place.")


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


class CustomerRead(Stamped, CustomerFields):
    model_config = {"extra": "allow"}

    bill_to: Any = Field(None, description="Id, reference and name; the whole customer with ``expand=bill_to``.")
    distributor: Any = Field(None, description="Id, reference and name, or whole with ``expand=distributor``.")
    parent: Brief | None = Field(None, description="Under whom it stands on the day.")
    site_count: int = 0


class SiteRead(Stamped, SiteFields):
    model_config = {"extra": "allow"}

    status: str = ""
    customer: Any = Field(None, description="Id, reference and name, or whole with ``expand=customer``. Null: vacant.")
    ended_on: date | None = None


class RoleRead(Schema):
    id: int
    role: str
    customer: Any = None
    site: Any = None
    since: date | None = None
    until: date | None = Field(None, description="The first day on which it is over.")


class ContactRead(Stamped, ContactFields):
    model_config = {"extra": "allow"}

    customer: Any = Field(None, description="Id, reference and name, or whole with ``expand=customer``.")
    roles: list[Any] = Field([], description="Names in a list; each with its place and period on one contact.")


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


class Turn(Schema):
    id: int
    kind: str
    day: date
    site: int
    customer: Any = None
    reason: str = ""


class Done(Schema):
    done: int = Field(description="How many records were touched beside the one named.")
