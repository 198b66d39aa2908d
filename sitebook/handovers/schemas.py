"""The shape of hand-overs in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Day, Id, Line200, Written


class HandOver(Written):
    """``to``: the next customer; null: nobody has it from that day on."""

    to: Id | None
    day: Day = Field(description="The first day of the new customer, in the site's zone; not in days to come.")
    reason: Line200 = ""
    name: Line200 = Field("", description="What the site is called from then on.")
    carry: list[Literal["owner", "agent"]] = Field(["owner", "agent"], description="Parties that stay with the place.")


class HandoverRead(Schema):
    id: int
    kind: str
    day: date
    site: int
    customer: Any = None
    reason: str = ""
