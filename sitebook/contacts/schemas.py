"""The shape of contacts and their roles in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Day, Id, Line100, Name, Notes, Word60, Written
from sitebook.registers.schemas import Custom, Emails, Language, Phones, Stamped, Tags


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
