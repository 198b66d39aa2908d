"""What programs send: each operation's answers, shapes of what is written, and many rows in one request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError

from sitebook.api.problems import Fault, Problem
from sitebook.api.responses import Json, reply
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.texts import says_something

MOST_ROWS = 1000
MOST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=MOST_ID)]


def _readable(text: str) -> str:
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(_("There is a letter in it that cannot be kept."))
    return text


def _one_line(text: str) -> str:
    return " ".join(_readable(text).split())


def _some(text: str) -> str:
    if not says_something(text):
        raise ValueError(_("Write something that can be read."))
    return text


_SPACED = AfterValidator(_one_line)
Line40 = Annotated[str, Field(max_length=40), _SPACED]
Line60 = Annotated[str, Field(max_length=60), _SPACED]
Line200 = Annotated[str, Field(max_length=200), _SPACED]
# These say something: not only blanks.
_SAYS = AfterValidator(_some)
Word = Annotated[str, Field(max_length=40, min_length=1), _SPACED, _SAYS]
Word60 = Annotated[str, Field(max_length=60, min_length=1), _SPACED, _SAYS]
Name = Annotated[str, Field(max_length=200, min_length=1), _SPACED, _SAYS]
Text = Annotated[str, Field(max_length=5000), AfterValidator(_readable)]
Notes = Annotated[str, Field(max_length=20_000), AfterValidator(_readable)]


def _day(sent: Any) -> date:
    text = sent if isinstance(sent, str) and len(sent) == len("2026-03-01") else ""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        said = {"value": str(sent)[:40]}
        raise ValueError(_("“%(value)s” is no day. Write it like 2026-03-01.") % said) from fault


Day = Annotated[date, BeforeValidator(_day)]


class Written(Schema):
    """What is sent; a field nobody knows, or a value of another type, is refused, so that a slip of the pen does not
    pass for a change: ``true`` is not customer 1."""

    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> Json:
        """The fields that were sent."""
        return self.model_dump(exclude_unset=True)


class Count(Schema):
    number: int
    exact: bool


def answers(status: int, shape: Any, *, writes: bool = False) -> dict[int, Any]:
    """The answers an operation can give, for the OpenAPI document. What a refusal looks like is said there once
    (``interface.py``): ninja would make a model of it for each status of each operation, at every start."""
    refusals = [400, 401, 403, 404, 422, 429, *([409, 412, 413, 415, 428] if writes else []), 503, 507]
    return {status: shape, **dict.fromkeys(refusals), **({304: None} if not writes else {})}


def faults_of(errors: list[Any], *, skip: int = 0) -> list[Fault]:
    """pydantic's errors as pointers and sentences."""
    return [
        Fault(
            pointer="/" + "/".join(str(part) for part in error["loc"][skip:]),
            detail=str(error["msg"]).removeprefix("Value error, "),
        )
        for error in errors
    ]


class Bulk(Schema):
    """``items``: each as for one record; with an ``id`` and its ``version`` it is changed, without it is added."""

    items: list[dict[str, Any]] = Field(max_length=MOST_ROWS, min_length=1)


class BulkRow(Schema):
    index: int
    status: int = Field(description="201 added, 200 changed, else what went wrong with this row.")
    id: int | None = None
    version: int | None = None
    problem: dict[str, Any] | None = None


class BulkAnswer(Schema):
    added: int
    changed: int
    refused: int
    results: list[BulkRow]


Row = Callable[[Json], tuple[int, int, int]]


def in_bulk(items: list[Json], act: Row, *, all_or_nothing: bool) -> HttpResponse:
    """Each row by itself, in the order sent: a row that fails leaves nothing, the others stand.

    ``act``: one row; gives the status, the id and the version. With ``all_or_nothing`` one that fails undoes all:
    Raises Problem 409, with each row's outcome.
    """
    results = [_one_row(index, item, act) for index, item in enumerate(items)]
    refused = sum(row["status"] >= 400 for row in results)
    if refused and all_or_nothing:
        text = _("%(refused)s of %(count)s rows cannot be written, so none was.")
        raise Problem(409, text % {"refused": refused, "count": len(items)}, code="rows_refused", results=results)
    statuses = [row["status"] for row in results]
    counts = {"added": statuses.count(201), "changed": statuses.count(200), "refused": refused}
    return reply({**counts, "results": results})


def _one_row(index: int, item: Json, act: Row) -> Json:
    try:
        with transaction.atomic():
            status, pk, version = act(item)
    except (Problem, Refused, Http404, ValidationError) as fault:
        problem = as_problem(fault)
        return {"index": index, "status": problem.status, "problem": problem.told()}
    return {"index": index, "status": status, "id": pk, "version": version}


def as_problem(fault: Exception) -> Problem:
    """What a verb or a shape refused, in the form programs read."""
    if isinstance(fault, Problem):
        return fault
    if isinstance(fault, StaleEdit):
        return Problem(412, str(fault), code=fault.code)
    if isinstance(fault, Refused):
        return Problem(fault.status, str(fault), code=fault.code)
    if isinstance(fault, ValidationError):
        return shaped_wrongly(faults_of(fault.errors(include_url=False, include_input=False, include_context=False)))
    return Problem(404, _("There is nothing of this id, or it is not among what you may see."))


def shaped_wrongly(faults: list[Fault]) -> Problem:
    said = "; ".join(f"{fault['pointer']}: {fault['detail']}" for fault in faults[:3])
    return Problem(422, said, errors=faults)


def all_of_them(request: HttpRequest) -> bool:
    """Whether the address asks for all or nothing."""
    return request.GET.get("all_or_nothing", "") in ("1", "true", "yes")


ALL_OR_NOTHING: Json = {
    "in": "query",
    "name": "all_or_nothing",
    "required": False,
    "schema": {"type": "boolean", "default": False},
    "description": "One row that cannot be written undoes all of them.",
}
