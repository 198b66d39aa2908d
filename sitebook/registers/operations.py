"""The eight operations every register has for programs: list, read, add, change, many at once, consequences, archive,
restore. Declared once; a register that has more to say gives its own reading or its own verbs.
"""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations, and
# these are made for each register.

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router

from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import ALL_OR_NOTHING, Bulk, BulkAnswer, Id, all_of_them, answers, in_bulk
from sitebook.api.responses import Json, Wanted, listed, one, parameters, wanted
from sitebook.custom_fields.records import BadField, for_programs
from sitebook.registers import api as records
from sitebook.registers import record_schemas as schemas
from sitebook.users.models import Scope

if TYPE_CHECKING:
    from sitebook.registers.register import Register

Written = Callable[[Sequence[Any], Wanted], list[Json]]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How records become JSON, where a register says more than its fields. ``rows``: what a list and one record read;
    ``written``: records in JSON; ``expands``: what can be put in whole; ``dated``: whether a day can be asked for."""

    rows: Callable[[Wanted], QuerySet[Any]] | None = None
    written: Written | None = None
    expands: Sequence[str] = ()
    dated: bool = False


class Operations:
    """The operations of one register, and what they do one by one, for registers that add to them."""

    def __init__(self, register: "Register[Any]", reading: Reading | None = None) -> None:
        self.register, self.reading = register, reading or Reading()
        self.router = Router(tags=[str(register.model.named.many)])
        self.see = Token(Scope.READ, register.see)
        self.change = Token(Scope.WRITE, register.change)
        self.archive = Token(Scope.WRITE, register.archive)

    def rows(self, asked: Wanted) -> QuerySet[Any]:
        return self.reading.rows(asked) if self.reading.rows else self.register.queryset()

    def written(self, rows: Sequence[Any], asked: Wanted) -> list[Json]:
        return self.reading.written(rows, asked) if self.reading.written else fields_of(self.register, rows)

    def answer(self, request: HttpRequest, row: Any, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
        """One record with its ETag."""
        asked = asked or Wanted(frozenset(), frozenset(), None)
        at = f"/api/v1/{self.register.path}/{row.pk}" if status == 201 else ""
        record = asked.of(self.written([row], asked)[0])
        return one(request, record, version=row.version, status=status, at=at)

    def made(self, body: Any) -> Any:
        return self.register.made(self._read(body.given(), None))

    def changed(self, record: Any, version: int, body: Any) -> None:
        values = self._read(body.given(), record)
        with records.Stale():
            self.register.saved(record, version=version, values=values)

    def _read(self, given: Json, now: Any) -> Json:
        try:
            return self.register.read(given, now=now)
        except BadField as fault:
            name = f"/custom/{fault.key[:60]}" if fault.key not in self.register.by_name else f"/{fault.key}"
            raise faulty(name, str(fault)) from fault


def fields_of(register: "Register[Any]", rows: Iterable[Any]) -> list[Json]:
    """Records in JSON, field by field."""
    own = records.own_of(register.model)
    plain = [each for each in register.bound if each.name not in ("tags", "notes")]
    return [
        {
            **records.stamps(row),
            **{each.name: each.reads.told(getattr(row, each.name)) for each in plain},
            "custom": for_programs(own, row.custom),
        }
        for row in rows
    ]


def operations(register: "Register[Any]", reading: Reading | None = None) -> Operations:
    """Make the operations of a register. Their router is ``.router``."""
    made = Operations(register, reading)
    _reads(made)
    _writes(made)
    _archives(made)
    return made


def _reads(of: Operations) -> None:
    register, reading = of.register, of.reading
    many, one_ = register.path, register.one
    shape = schemas.record_of(register)

    @of.router.get(
        f"/{many}",
        auth=of.see,
        response=answers(200, schemas.page_of(shape)),
        openapi_extra=parameters(register.listing, expands=reading.expands, dated=reading.dated),
        operation_id=f"list_{many}",
        summary=f"List {many}",
        description=f"The {many} you may see, with the filters, sorts and paging of the page.",
    )
    def list_records(request: HttpRequest) -> HttpResponse:
        asked = wanted(request, expands=reading.expands, dated=reading.dated)
        table, rows = register.listing.whole(), of.rows(asked)
        return listed(request, table, rows, lambda found: of.written(found, asked), asked=asked)

    @of.router.get(
        f"/{many}/{{int:pk}}",
        auth=of.see,
        response=answers(200, shape),
        openapi_extra=parameters(expands=reading.expands, dated=reading.dated),
        operation_id=f"read_{one_}",
        summary=f"Read {_a(one_)}",
        description=f"One {one_} with all its fields, and the ETag a change needs.",
    )
    def read_record(request: HttpRequest, pk: Id) -> HttpResponse:
        asked = wanted(request, expands=reading.expands, dated=reading.dated)
        return of.answer(request, get_object_or_404(of.rows(asked), pk=pk), asked)


def _writes(of: Operations) -> None:
    register = of.register
    many, one_ = register.path, register.one
    shape, new, fields = schemas.record_of(register), schemas.new_of(register), schemas.change_of(register)

    @of.router.post(
        f"/{many}",
        auth=of.change,
        response=answers(201, shape, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"add_{one_}",
        summary=f"Add {_a(one_)}",
        description=f"Add {_a(one_)}. What is left out is empty, or as usual.",
    )
    @once
    def add_record(request: HttpRequest, body: new) -> HttpResponse:  # type: ignore[valid-type]
        return of.answer(request, of.made(body), status=201)

    @of.router.patch(
        f"/{many}/{{int:pk}}",
        auth=of.change,
        response=answers(200, shape, writes=True),
        operation_id=f"change_{one_}",
        summary=f"Change {_a(one_)}",
        description="Change the fields that are sent. Needs If-Match.",
    )
    def change_record(request: HttpRequest, pk: Id, body: fields) -> HttpResponse:  # type: ignore[valid-type]
        found = get_object_or_404(register.model, pk=pk)
        of.changed(found, records.versioned(request, found), body)
        return of.answer(request, of.rows(Wanted(frozenset(), frozenset(), None)).get(pk=pk))

    def row(item: Json) -> tuple[int, int, int]:
        if "id" not in item:
            record = of.made(new.model_validate(item))
            return 201, record.pk, record.version
        found = records.one_of_bulk(register.model, item)
        body = fields.model_validate(records.fields_of(item))
        of.changed(found, records.of_version(found, item.get("version")), body)
        return 200, found.pk, found.version

    @of.router.post(
        f"/{many}/bulk",
        auth=of.change,
        response=answers(200, BulkAnswer, writes=True),
        openapi_extra={"parameters": [PARAMETER, ALL_OR_NOTHING]},
        operation_id=f"write_{many}",
        summary=f"Add and change many {many}",
        description=f"Up to 1,000 {many}, each added, or with its id and version changed; an outcome for each.",
    )
    @once
    def write_records(request: HttpRequest, body: Bulk) -> HttpResponse:
        return in_bulk(body.items, row, all_or_nothing=all_of_them(request))


def _archives(of: Operations) -> None:
    register = of.register
    many, one_ = register.path, register.one

    @of.router.get(
        f"/{many}/{{int:pk}}/consequences",
        auth=of.see,
        response=answers(200, schemas.Consequences),
        operation_id=f"read_{one_}_consequences",
        summary=f"What archiving {_a(one_)} would touch",
        description=f"What hangs on {_a(one_)}, and what of it can be archived along.",
    )
    def consequences(request: HttpRequest, pk: Id) -> HttpResponse:
        return records.consequences(get_object_or_404(register.model, pk=pk))

    @of.router.post(
        f"/{many}/{{int:pk}}/archive",
        auth=of.archive,
        response=answers(200, schemas.Done, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"archive_{one_}",
        summary=f"Archive {_a(one_)}",
        description="Out of the lists, with what goes along; nothing is lost.",
    )
    @once
    def archive(request: HttpRequest, pk: Id, body: schemas.Archiving) -> HttpResponse:
        return records.archive(request, get_object_or_404(register.model, pk=pk), body)  # type: ignore[arg-type]

    @of.router.post(
        f"/{many}/{{int:pk}}/restore",
        auth=of.archive,
        response=answers(200, schemas.Done, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"restore_{one_}",
        summary=f"Restore {_a(one_)}",
        description="Back into the lists, with what went along.",
    )
    @once
    def restore(request: HttpRequest, pk: Id, body: schemas.Restoring) -> HttpResponse:
        return records.restore(get_object_or_404(register.model, pk=pk), rest=body.rest)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
