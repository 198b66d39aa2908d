"""The shapes of a register's records in JSON, made from its fields.

A change carries only what is sent: nothing has a default and nothing must be there, so that a client generated from the
document sends one field and no other.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import pydantic
from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Count, Line60, Line200, Name, Word, Written

if TYPE_CHECKING:
    from sitebook.registers.field import Field as Declared
    from sitebook.registers.register import Register


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


def _nothing() -> None:
    """What stands for a field that was not sent; it is never read."""


def not_published(annotation: Any, text: str = "") -> tuple[Any, Any]:
    """A field that may be left out, and for which the document names no default."""
    more: dict[str, Any] = {"description": text} if text else {}
    return annotation, Field(default_factory=_nothing, **more)


def _written(fields: list[Declared]) -> dict[str, Any]:
    return {each.name: not_published(each.reads.schema, str(each.help)) for each in fields}


def _besides(register: Register[Any]) -> dict[str, Any]:
    ids = {"external_ids": not_published(OutsideIds)} if register.keeps_ids else {}
    return {"custom": not_published(Custom), **ids, **register.also_written}


@cache
def change_of(register: Register[Any]) -> type[Written]:
    """What a change may send."""
    fields = _written(register.writable(new=False)) | _besides(register)
    return _made(f"{register.model.__name__}Fields", Written, fields)


@cache
def new_of(register: Register[Any]) -> type[Written]:
    """What a new record needs, and what it may have."""
    fields = _written(register.writable(new=True)) | _besides(register)
    fields |= {each.name: (each.reads.schema, ...) for each in register.writable(new=True) if each.must_be_sent}
    return _made(f"New{register.model.__name__}", Written, fields | dict(register.also_new))


class Stamped(Schema):
    """What every record says of itself."""

    model_config = {"extra": "allow"}

    id: int
    reference: str = ""
    name: str = ""
    archived_at: datetime | None = None
    archive_reason: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 0


@cache
def record_of(register: Register[Any]) -> type[Schema]:
    """A record as it is read; of another record it names there are id, reference and name."""
    fields = {
        each.name: not_published(each.reads.told_shape | None if each.needs else each.reads.told_shape)
        for each in register.bound
    }
    fields |= _besides(register) | dict(register.also_read)
    return _made(f"{register.model.__name__}Read", Stamped, fields)


@cache
def page_of(shape: type[Schema]) -> type[Schema]:
    """A page of a list of these."""
    fields: dict[str, Any] = {"items": (list[shape], ...), "count": (Count, ...)}  # type: ignore[valid-type]
    fields |= {"next": (str | None, None), "previous": (str | None, None)}
    return _made(f"{shape.__name__}List", Schema, fields)


def _made[S: Schema](name: str, base: type[S], fields: dict[str, Any]) -> type[S]:
    made: type[S] = pydantic.create_model(name, __base__=base, __module__=__name__, **fields)
    return made


class Consequence(Schema):
    key: str
    text: str
    count: int
    can_go_along: bool


class Consequences(Schema):
    items: list[Consequence]


class Done(Schema):
    done: int = Field(description="How many records were touched beside the one named.")
