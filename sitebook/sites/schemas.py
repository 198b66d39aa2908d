"""The shape of sites in JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from sitebook.api.requests import Day, Id, Line20, Line60, Line100, Line200, Line300, Name, Notes, Text, Written
from sitebook.registers.schemas import Country, Custom, Emails, OutsideIds, Phones, Stamped, Tags, Zone


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


class SiteRead(Stamped, SiteFields):
    model_config = {"extra": "allow"}

    status: str = ""
    customer: Any = Field(None, description="Id, reference and name, or whole with ``expand=customer``. Null: vacant.")
    ended_on: date | None = None
