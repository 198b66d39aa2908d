"""The eight operations every register has for programs: list, read, add, change, many at once, consequences, archive,
restore. Declared once; a register that has more to say gives its own reading or its own verbs.
"""

# No ``from __future__ import annotations`` here: django-ninja reads the shapes from the functions' annotations, and
# these are made for each register.

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import ALL_OR_NOTHING, Bulk, BulkAnswer, Id, all_of_them, answers, in_bulk
from sitebook.api.responses import Json, Wanted, listed, one, parameters, wanted
from sitebook.custom_fields.records import BadField, for_programs
from sitebook.lists.tables import Table
from sitebook.records import external_ids
from sitebook.records.models import Record
from sitebook.registers import api as records
from sitebook.registers import schemas
from sitebook.registers.schemas import Archiving, Consequences, Done, Restoring, page_of
from sitebook.users.models import Scope
from sitebook.values.references import Reference

if TYPE_CHECKING:
    from sitebook.registers.register import Register

Written = Callable[[Sequence[Any], Wanted], list[Json]]
Whole = Callable[[set[int], Wanted], dict[int | None, Json]]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How records become JSON, where a register says more than its fields.

    rows: what a list and one record read. written: records in JSON. expands: the fields that name a record which can
    be put in whole, with what gives it by its id. names: the records a row names beside those of its fields, each with
    its model and what gives its id. also: what else a row says; also_one: what one record says of it.
    list_then: the list of a day other than today: its table, its rows, and how they are written. seen: one record as it
    is, or in JSON where it is not to be read as it is today; None where it is not seen at all. then: what the document
    says of a day.
    """

    rows: Callable[[Wanted], QuerySet[Any]] | None = None
    written: Written | None = None
    expands: Mapping[str, Whole] = field(default_factory=dict)
    names: Mapping[str, tuple[type[Model], Callable[[Any], int | None]]] = field(default_factory=dict)
    also: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    also_one: Callable[[Any, Wanted], Json] | None = None
    list_then: Callable[[Wanted], tuple[Table, QuerySet[Any], Written]] | None = None
    seen: Callable[[HttpRequest, int, Wanted], Record | Json | None] | None = None
    then: str = "With ``as_of`` as it was on that day, as far as you saw it then."

    @property
    def dated(self) -> bool:
        """Whether a day can be asked for."""
        return self.list_then is not None


NOTHING = Wanted(frozenset(), frozenset(), None)


class Operations:
    """The operations of one register, and what they do one by one, for registers that add to them."""

    def __init__(self, register: "Register[Any]", reading: Reading | None = None) -> None:
        self.register, self.reading = register, reading or Reading()
        self.dated = self.reading.dated or register.days is not None
        self.router = Router(tags=[str(register.model.named.many)])
        self.see = Token(Scope.READ, register.see)
        self.change = Token(Scope.WRITE, register.change)
        self.archive = Token(Scope.WRITE, register.archive)

    def rows(self, asked: Wanted) -> QuerySet[Any]:
        return self.reading.rows(asked) if self.reading.rows else self.register.queryset()

    def written(self, rows: Sequence[Any], asked: Wanted) -> list[Json]:
        if self.reading.written:
            return self.reading.written(rows, asked)
        told = self.told([self._values(row) for row in rows], asked)
        also = self.reading.also.items()
        return [
            records.stamps(row) | each | {name: said(row) for name, said in also}
            for row, each in zip(rows, told, strict=True)
        ]

    def shown_to(self, user: Any, rows: Sequence[Any], asked: Wanted, written: Written | None = None) -> list[Json]:
        """As ``written``, with nothing in the fields this user may not see."""
        withheld = dict.fromkeys(self.register.withheld(user))
        return [row | withheld for row in (written or self.written)(rows, asked)]

    def _values(self, row: Any) -> Json:
        plain = [each for each in self.register.bound if each.name not in ("tags", "notes")]
        named = {name: pk(row) for name, (_model, pk) in self.reading.names.items()}
        return {each.name: each.value_of(row) for each in plain} | named | {"custom": row.custom}

    def told(self, rows: Sequence[Json], asked: Wanted) -> list[Json]:
        """Values of fields as programs read them. A record that is named, here by its id, becomes id, reference and
        name, or whole where that is asked for."""
        own, by_name = records.own_of(self.register.model), self.register.by_name
        named = self._named(rows, asked)
        return [
            {
                **{
                    name: named[name][value] if name in named else by_name[name].reads.told(value)
                    for name, value in row.items()
                    if name in by_name or name in named
                },
                "custom": for_programs(own, row["custom"]),
            }
            for row in rows
        ]

    def _named(self, rows: Sequence[Json], asked: Wanted) -> dict[str, dict[int | None, Any]]:
        """What stands for the records that are named, by the name and their ids; each kind is asked for once."""
        kinds = {name: each.reads.to for name, each in self.register.by_name.items()
                 if isinstance(each.reads, Reference)}  # fmt: skip
        kinds |= {name: model for name, (model, _pk) in self.reading.names.items()}
        ids = {name: {row[name] for row in rows} for name in kinds}

        def every(names: Iterable[str]) -> set[int]:
            return {pk for name in names for pk in ids[name] if pk}

        short = {kind: records.briefs(kind, every(name for name in kinds if kinds[name] is kind))
                 for kind in set(kinds.values())}  # fmt: skip
        expands = {name: self.reading.expands[name] for name in asked.expand}
        whole = {way: way(every(name for name in expands if expands[name] is way), asked)
                 for way in set(expands.values())}  # fmt: skip
        return {name: {**short[kind], **(whole[expands[name]] if name in expands else {})}
                for name, kind in kinds.items()}  # fmt: skip

    def list_then(self, asked: Wanted) -> tuple[Table, QuerySet[Any], Written]:
        """The list of another day, by what the register says of days."""
        days, on = self.register.days, asked.on
        assert days is not None and on is not None  # noqa: S101, PT018 - asked for by who has looked
        rows = self.reading.rows(asked) if self.reading.rows else self.register.queryset()

        def written(found: Sequence[Any], asked: Wanted) -> list[Json]:
            days.fill(found, on)
            return self.written(found, asked)

        return days.table(self.register.listing, on), days.rows(rows, on), written

    def seen_then(self, pk: int, asked: Wanted) -> Json | None:
        """One record as it was on another day; None for today."""
        days = self.register.days
        if days is None or asked.on in (None, timezone.localdate()):
            return None
        found = get_object_or_404(days.rows(self.rows(asked), asked.on), pk=pk)
        days.fill([found], asked.on)
        return self.written([found], asked)[0]

    def answer(self, request: HttpRequest, row: Any, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
        """One record with its ETag."""
        asked = asked or NOTHING
        at = f"/api/v1/{self.register.path}/{row.pk}" if status == 201 else ""
        record = self.shown_to(request.user, [row], asked)[0]
        if self.reading.also_one:
            record |= self.reading.also_one(row, asked)
        if self.register.keeps_ids:
            record["external_ids"] = external_ids.ids_of(row)
        return one(request, asked.of(record), version=row.version, status=status, at=at)

    def again(self, record: Any) -> Any:
        """A record that was just written, with what reading needs."""
        asks_more = self.reading.written or self.reading.names or self.reading.also
        return self.rows(NOTHING).get(pk=record.pk) if asks_more else record

    def made(self, body: Any) -> Any:
        """A new record, with its ids elsewhere or not at all. Raises Problem and what the verb raises."""
        given = body.given()
        ids = given.pop("external_ids", {})
        more = {name: given.pop(name) for name in self.register.also_new if name in given}
        values = self._read(given, None) | more
        if not ids:  # the verb holds together what it writes: a savepoint a row is dear among a thousand
            return self.register.made(values)
        with transaction.atomic():
            record = self.register.made(values)
            records.merge_ids(record, ids, new=True)
        return record

    @transaction.atomic
    def changed(self, record: Any, version: int, body: Any, *, user: Any) -> None:
        """What was sent, with its ids elsewhere or not at all. Raises Problem and what the verb raises."""
        self.register.must_be_allowed(user, record)
        given = body.given()
        ids = given.pop("external_ids", {})
        values = self._read(given, record)
        with records.Stale():
            self.register.saved(record, version=version, values=values)
        records.merge_ids(record, ids)

    def _read(self, given: Json, now: Any) -> Json:
        try:
            return self.register.read(given, now=now)
        except BadField as fault:
            name = f"/custom/{fault.key[:60]}" if fault.key not in self.register.by_name else f"/{fault.key}"
            raise faulty(name, str(fault)) from fault


def operations(register: "Register[Any]", reading: Reading | None = None) -> Operations:
    """Make the operations of a register. Their router is ``.router``."""
    made = Operations(register, reading)
    _reads(made)
    _writes(made)
    _archives(made)
    return made


def _reads(of: Operations) -> None:
    register, reading = of.register, of.reading
    many, one_, names = register.path, register.one.replace("_", " "), _ids(register)
    shape = schemas.record_of(register)
    then = f" {reading.then}" if of.dated else ""

    @of.router.get(
        f"/{many}",
        auth=of.see,
        response=answers(200, page_of(shape)),
        openapi_extra=parameters(register.listing, expands=[*reading.expands], dated=of.dated),
        operation_id=f"list_{names[1]}",
        summary=f"List {_words(many)}",
        description=f"The {_words(many)} you may see, with the filters, sorts and paging of the page." + then,
    )
    def list_records(request: HttpRequest) -> HttpResponse:
        asked = wanted(request, expands=reading.expands, dated=of.dated)
        written: Written
        table, rows, written = register.listing, of.rows(asked), of.written
        if of.dated and asked.on not in (None, timezone.localdate()):
            table, rows, written = reading.list_then(asked) if reading.list_then else of.list_then(asked)
        return listed(
            request,
            table.whole(),
            rows,
            lambda found: of.shown_to(request.user, found, asked, written),
            asked=asked,
            dated=of.dated,
        )

    @of.router.get(
        f"/{many}/{{int:pk}}",
        auth=of.see,
        response=answers(200, shape),
        openapi_extra=parameters(expands=[*reading.expands], dated=of.dated),
        operation_id=f"read_{names[0]}",
        summary=f"Read {_a(one_)}",
        description=f"One {one_} with all its fields, and the ETag a change needs." + then,
    )
    def read_record(request: HttpRequest, pk: Id) -> HttpResponse:
        asked = wanted(request, expands=reading.expands, dated=of.dated)
        found = reading.seen(request, pk, asked) if reading.seen else of.seen_then(pk, asked)
        if isinstance(found, dict):
            return one(request, asked.of(found))
        return of.answer(request, found or get_object_or_404(of.rows(asked), pk=pk), asked)


def _writes(of: Operations) -> None:
    register = of.register
    many, one_, names = register.path, register.one.replace("_", " "), _ids(register)
    shape, new, fields = schemas.record_of(register), schemas.new_of(register), schemas.change_of(register)

    @of.router.post(
        f"/{many}",
        auth=of.change,
        response=answers(201, shape, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"add_{names[0]}",
        summary=f"Add {_a(one_)}",
        description=f"Add {_a(one_)}. What is left out is empty, or as usual.",
    )
    @once(register.model)
    def add_record(request: HttpRequest, body: new) -> HttpResponse:  # type: ignore[valid-type]
        return of.answer(request, of.again(of.made(body)), status=201)

    @of.router.patch(
        f"/{many}/{{int:pk}}",
        auth=of.change,
        response=answers(200, shape, writes=True),
        operation_id=f"change_{names[0]}",
        summary=f"Change {_a(one_)}",
        description="Change the fields that are sent. Needs If-Match.",
    )
    @transaction.atomic
    def change_record(request: HttpRequest, pk: Id, body: fields) -> HttpResponse:  # type: ignore[valid-type]
        found = get_object_or_404(register.model, pk=pk)
        of.changed(found, records.versioned(request, found), body, user=request.user)
        return of.answer(request, of.again(found))

    def row(user: Any, item: Json) -> tuple[int, int, int]:
        if "id" not in item:
            record = of.made(new.model_validate(item))
            return 201, record.pk, record.version
        found = records.one_of_bulk(register.model, item)
        body = fields.model_validate(records.fields_of(item))
        of.changed(found, records.of_version(found, item.get("version")), body, user=user)
        return 200, found.pk, found.version

    @of.router.post(
        f"/{many}/bulk",
        auth=of.change,
        response=answers(200, BulkAnswer, writes=True),
        openapi_extra={"parameters": [PARAMETER, ALL_OR_NOTHING]},
        operation_id=f"write_{names[1]}",
        summary=f"Add and change many {_words(many)}",
        description=f"Up to 1,000 {_words(many)}, each added, or with its id and version changed; an outcome for each.",
    )
    @once(register.model)
    def write_records(request: HttpRequest, body: Bulk) -> HttpResponse:
        return in_bulk(body.items, partial(row, request.user), all_or_nothing=all_of_them(request))


def _archives(of: Operations) -> None:
    register = of.register
    many, one_, names = register.path, register.one.replace("_", " "), _ids(register)

    @of.router.get(
        f"/{many}/{{int:pk}}/consequences",
        auth=of.see,
        response=answers(200, Consequences),
        operation_id=f"read_{names[0]}_consequences",
        summary=f"What archiving {_a(one_)} would touch",
        description=f"What hangs on {_a(one_)}, and what of it can be archived along.",
    )
    def consequences(request: HttpRequest, pk: Id) -> HttpResponse:
        return records.consequences(get_object_or_404(register.model, pk=pk))

    @of.router.post(
        f"/{many}/{{int:pk}}/archive",
        auth=of.archive,
        response=answers(200, Done, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"archive_{names[0]}",
        summary=f"Archive {_a(one_)}",
        description="Out of the lists, with what goes along; nothing is lost.",
    )
    @once(register.model)
    def archive(request: HttpRequest, pk: Id, body: Archiving) -> HttpResponse:
        return records.archive(request, get_object_or_404(register.model, pk=pk), body)

    @of.router.post(
        f"/{many}/{{int:pk}}/restore",
        auth=of.archive,
        response=answers(200, Done, writes=True),
        openapi_extra={"parameters": [PARAMETER]},
        operation_id=f"restore_{names[0]}",
        summary=f"Restore {_a(one_)}",
        description="Back into the lists, with what went along.",
    )
    @once(register.model)
    def restore(request: HttpRequest, pk: Id, body: Restoring) -> HttpResponse:
        return records.restore(get_object_or_404(register.model, pk=pk), rest=body.rest)


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _ids(register: "Register[Any]") -> tuple[str, str]:
    """One record and many of them in the ids of operations."""
    return register.one, register.path.replace("-", "_")


def _words(many: str) -> str:
    return many.replace("-", " ")
