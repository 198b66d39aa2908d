"""The shape of customers in JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sitebook.api.requests import Id, Line20, Line40, Line100, Line200, Line300, Name, Notes, Written
from sitebook.registers.schemas import (
    Brief,
    Country,
    Currency,
    Custom,
    Emails,
    Language,
    OutsideIds,
    Phones,
    Stamped,
    Tags,
)


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


class CustomerRead(Stamped, CustomerFields):
    model_config = {"extra": "allow"}

    bill_to: Any = Field(None, description="Id, reference and name; the whole customer with ``expand=bill_to``.")
    distributor: Any = Field(None, description="Id, reference and name, or whole with ``expand=distributor``.")
    parent: Brief | None = Field(None, description="Under whom it stands on the day.")
    site_count: int = 0
