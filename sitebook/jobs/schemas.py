"""The shapes of visits, lines, assets and verbs of jobs, in JSON."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Day, Id, Line60, Line200, Written
from sitebook.assets.states import Condition
from sitebook.jobs.states import AssetOutcome, Charge, Hold, LineKind
from sitebook.registers.schemas import not_published

Moment = Annotated[pydantic.AwareDatetime, Field(strict=False)]
Text = Annotated[str, Field(max_length=2000)]
_Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4, strict=False)]
_Quantity = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3, strict=False)]
_WHEN = "When it happened; now where it is left out."


class Nothing(Written):
    at: Moment | None = not_published(Moment | None, _WHEN)[1]


class Reasoned(Nothing):
    reason: Text


class Held(Nothing):
    reason: Literal[tuple(Hold.values)]  # type: ignore[valid-type]
    until: Day | None = Field(None, description="A day on which to look at it again.")
    note: Line200 = ""


class Noted(Nothing):
    """``note``: what was done, or what is still to do."""

    note: Text = ""


class Signed(Nothing):
    """``strokes``: lists of points of the signature. ``unsigned_reason``: why nobody signs."""

    name: Line200 = ""
    strokes: Annotated[list[list[list[float]]], Field(max_length=500)] = []
    unsigned_reason: Line200 = ""


class Planned(Nothing):
    """``people``: resources by their ids. Both times or none."""

    planned_from: Moment | None = None
    planned_to: Moment | None = None
    people: Annotated[list[Id], Field(max_length=50)] = []
    shared: bool = Field(False, description="It may overlap with other visits of the same people.")


class NewVisit(Planned):
    firm: bool = Field(False, description="Agreed for its time.")
    instructions: Annotated[str, Field(max_length=500)] = ""


class Moved(Planned):
    reason: Line200 = ""


class Staffed(Nothing):
    people: Annotated[list[Id], Field(max_length=50)]


class VisitRead(Schema):
    id: int
    number: int
    job: Any = None
    state: str
    planned_from: datetime | None = None
    planned_to: datetime | None = None
    shared: bool = False
    people: list[Any] = []
    travel_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    paused_minutes: int = 0
    outcome_note: str = ""
    reason: str = ""
    signed_by: str = ""
    version: int = 0


class VisitList(Schema):
    items: list[VisitRead]


class NewLine(Written):
    """An activity at what it costs the customer, unless an amount is sent; or something else by its words."""

    kind: Literal[tuple(LineKind.values)] = LineKind.EXPENSE.value  # type: ignore[valid-type]
    activity: Id | None = None
    product: Id | None = None
    asset: Id | None = None
    visit: Id | None = None
    name: Annotated[str, Field(max_length=300)] = ""
    quantity: _Quantity = Decimal(1)
    unit: Annotated[str, Field(max_length=20)] = ""
    cost: _Amount | None = None
    sale: _Amount | None = None
    currency: Annotated[str, Field(max_length=3)] = ""


class Decided(Written):
    charge: Literal[tuple(Charge.values)]  # type: ignore[valid-type]
    reason: Line200 = ""


class LineRead(Schema):
    """Amounts are of one unit; the cost is empty where you may not see costs."""

    id: int
    kind: str
    name: str
    activity: Any = None
    asset: Any = None
    quantity: float
    unit: str = ""
    cost: float | None = None
    sale: float | None = None
    currency: str = ""
    charge: str
    reason: str = ""
    version: int = 0


class LineList(Schema):
    items: list[LineRead]


class NewAsset(Written):
    asset: Id
    reason: Line200 = Field("", description="Why it is on this job, where it does not stand at its site.")


class Outcome(Written):
    outcome: Literal[tuple(AssetOutcome.values)] = ""  # type: ignore[valid-type]
    found: Literal[("", *Condition.values)] = ""  # type: ignore[valid-type]
    left: Literal[("", *Condition.values)] = ""  # type: ignore[valid-type]
    note: Line200 = ""


class JobAssetRead(Schema):
    id: int
    asset: Any = None
    outcome: str = ""
    found: str = ""
    left: str = ""
    note: str = ""


class JobAssetList(Schema):
    items: list[JobAssetRead]


class VerbRead(Schema):
    """``why_not``: the sentence that says why it is not possible now; empty where it is."""

    key: Line60
    label: str
    possible: bool
    why_not: str = ""


class Verbs(Schema):
    status: str
    items: list[VerbRead]
