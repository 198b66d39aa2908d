"""The shapes of a register's records in JSON, made from its fields.

A change carries only what is sent: nothing has a default and nothing must be there, so that a client generated from the
document sends one field and no other.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pydantic
from ninja import Schema
from pydantic import Field

from sitebook.api.requests import Written
from sitebook.registers.schemas import Custom, OutsideIds

if TYPE_CHECKING:
    from sitebook.registers.field import Field as Declared
    from sitebook.registers.register import Register


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
    fields = {each.name: not_published(each.reads.told_shape) for each in register.bound}
    fields |= _besides(register) | dict(register.also_read)
    return _made(f"{register.model.__name__}Read", Stamped, fields)


def _made[S: Schema](name: str, base: type[S], fields: dict[str, Any]) -> type[S]:
    made: type[S] = pydantic.create_model(name, __base__=base, __module__=__name__, **fields)
    return made
