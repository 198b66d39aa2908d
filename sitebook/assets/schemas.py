"""The shapes of what is done to assets, in JSON."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Day, Id, Line60, Line200, Written
from sitebook.assets.states import Lifecycle


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
