"""The shapes of what is done to assets, in JSON."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import BeforeValidator, Field

from sitebook.api.requests import Day, Id, Line60, Line200, Written
from sitebook.assets.states import Lifecycle


def _moment(sent: Any) -> datetime:
    try:
        found = datetime.fromisoformat(sent) if isinstance(sent, str) and len(sent) <= 40 else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ValueError(_("Write the time with its offset, like 2026-03-01T08:30:00+01:00."))
    return found


def exact(sent: Any) -> Decimal:
    """A number as it was written, or as text; never a float that stands for another one. Raises ValueError."""
    if isinstance(sent, bool) or not isinstance(sent, int | float | str) or len(str(sent)) > 30:
        raise ValueError(_("Write a number."))
    try:
        found = Decimal(str(sent))
    except ArithmeticError as fault:
        raise ValueError(_("Write a number.")) from fault
    if not found.is_finite():
        raise ValueError(_("Write a number."))
    return found


Moment = Annotated[datetime, BeforeValidator(_moment)]


class Done(Written):
    """``day``: the first day on which it holds; not in days to come."""

    day: Day
    reason: Line200 = ""


class Place(Done):
    """One of ``site`` (with an area or position there), ``own_place`` and ``in_transit``."""

    site: Id | None = None
    area: Id | None = None
    position: Id | None = None
    own_place: Id | None = None
    in_transit: bool = False
    alone: bool = Field(False, description="What is mounted on it stays where it is.")


class Workshop(Done):
    own_place: Id = Field(description="A workshop of the firm.")


class Sell(Done):
    """``owner``: null for the firm itself."""

    owner: Id | None
    document: Line200 = ""
    along: bool = Field(True, description="Also what is mounted on it and has the same owner.")


class Mount(Done):
    parent: Id
    mount_point: Line60 = ""


class Replace(Done):
    """``by``: the asset that takes its place. ``own_place``: where the old one goes; null: nowhere."""

    by: Id
    own_place: Id | None = None
    mounted_go: bool = Field(False, description="What is mounted on the old one goes onto the new one.")


class Status(Done):
    status: Literal[tuple(Lifecycle.values)]  # type: ignore[valid-type]


class OtherDay(Written):
    day: Day


class ActRead(Schema):
    """What was done. ``other``: what it was mounted on or replaced by."""

    id: int
    kind: str
    day: date
    asset: Any = None
    other: Any = None
    reason: str = ""
    taken_back: bool = False


class ActList(Schema):
    items: list[ActRead]


class NewPart(Written):
    """``fitted_on``: null where nobody knows. ``fitted_with``: by what, such as the number of a job."""

    product: Id
    quantity: float = Field(1.0, gt=0, lt=1_000_000_000)
    lot: Line60 = ""
    fitted_on: Day | None = None
    fitted_with: Line60 = ""


class RemovedPart(Written):
    """``day``: the first one on which it is not there any more."""

    day: Day
    removed_with: Line60 = ""


class PartRead(Schema):
    """``asset``: in which it is fitted: the one that was asked for, or one that is mounted on it."""

    id: int
    asset: Any
    product: Any
    quantity: Any
    lot: str
    fitted_on: date | None
    fitted_with: str
    removed_on: date | None
    removed_with: str
    version: int


class PartList(Schema):
    items: list[PartRead]


Value = Annotated[Decimal, BeforeValidator(exact)]


class NewMeter(Written):
    """``at``, ``value``: what the first counter showed when. ``most_a_day``: more is marked to be looked at."""

    type: Id
    label: Line60 = ""
    at: Moment
    value: Value
    serial: Line60 = ""
    most_a_day: Value | None = None


class NewReading(Written):
    """``rolled``: the counter has passed its limit since the reading before."""

    at: Moment
    value: Value
    kind: Literal["actual", "estimated"] = "actual"
    source: Line60 = ""
    rolled: bool = False


class Correction(Written):
    """``at``: null where the time was right."""

    value: Value
    at: Moment | None = None
    rolled: bool = False


class Exchange(Written):
    """``closing``: what the old counter showed last; ``opening``: what the new one showed first."""

    at: Moment
    closing: Value
    opening: Value
    serial: Line60 = ""
    rolled: bool = False


class ReadingRead(Schema):
    """``doubted``: it tells of much more than usual, and nobody has said that it is right."""

    id: int
    at: datetime
    value: Any
    kind: str
    source: str
    doubted: bool
    replaced: bool


class MeterRead(Schema):
    """``lifetime``: what all its counters counted together; null for one that goes up and down."""

    id: int
    type: Any
    unit: str
    label: str
    lifetime: Any
    a_day: Any
    last: ReadingRead | None


class MeterList(Schema):
    items: list[MeterRead]


class ReadingList(Schema):
    items: list[ReadingRead]
