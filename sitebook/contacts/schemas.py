"""The shape of roles in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Day, Id, Word60, Written


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
