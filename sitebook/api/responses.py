"""Lists and records for programs: the filters, sorts and paging of the pages, and what is wanted of each record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from sitebook.api.problems import Problem, faulty
from sitebook.basics.named import has_column
from sitebook.ui.listing import Listing

MOST = 500
DAY = "on"
Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a request wants of each record. ``fields``: all where empty; ``on``: the day asked for."""

    fields: frozenset[str]
    expand: frozenset[str]
    on: date | None

    def of(self, record: Json) -> Json:
        """The fields that were asked for; the id always."""
        if not self.fields:
            return record
        if unknown := sorted(self.fields - record.keys()):
            text = _("There is no field “%(name)s”. There are: %(names)s.")
            raise faulty("fields", text % {"name": unknown[0], "names": ", ".join(sorted(record))})
        return {name: value for name, value in record.items() if name in self.fields or name == "id"}


def wanted(request: HttpRequest, *, expands: Iterable[str] = (), dated: bool = False) -> Wanted:
    """``fields``, ``expand`` and ``as_of`` of the address. Raises Problem."""
    expand, known = _words(request, "expand"), frozenset(expands)
    if unknown := sorted(expand - known):
        text = _("“%(name)s” cannot be expanded here. What can: %(names)s.")
        raise faulty("expand", text % {"name": unknown[0], "names": ", ".join(sorted(known)) or "—"})
    return Wanted(_words(request, "fields"), expand, _day(request) if dated else None)


def _words(request: HttpRequest, name: str) -> frozenset[str]:
    return frozenset(word.strip() for word in request.GET.get(name, "").split(",") if word.strip())


def _day(request: HttpRequest) -> date | None:
    text = request.GET.get("as_of", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1000 <= day.year <= 9000:
            raise ValueError
    except ValueError as fault:
        raise faulty("as_of", _("“%(value)s” is no day. Write it like 2026-03-01.") % {"value": text[:40]}) from fault
    return day


def listed(
    request: HttpRequest,
    listing: Listing,
    rows: QuerySet[Any],
    write: Callable[[Sequence[Any]], Iterable[Json]],
    *,
    asked: Wanted,
    dated: bool = False,
) -> HttpResponse:
    """A page of a list: its items, how many there are (exact up to 1,000), and where the next ones are.

    What the address gets wrong is refused, where a page for people would leave it out. Raises Problem.
    """
    _must_be_known(request, listing, dated=dated)
    # The columns a page shows are not asked for: they would be filled.
    plainly = Listing(
        columns=listing.columns,
        order=listing.order,
        search=listing.search,
        filters=listing.filters,
        size=_limit(request),
    )
    page = plainly.page(_as_page(request.GET), request.path, rows)
    if page.notices:
        raise Problem(422, " ".join(page.notices))
    items = [asked.of(record) for record in write(page.rows)]
    return reply(
        {
            "items": items,
            "count": {"number": page.count.number, "exact": page.count.exact},
            "next": _address(page.next_url),
            "previous": _address(page.previous_url),
        }
    )


def _must_be_known(request: HttpRequest, listing: Listing, *, dated: bool) -> None:
    known = {*COMMON, *(each.key for each in listing.filters)} - {DAY}
    if dated or any(each.key == DAY for each in listing.filters):
        known.add("as_of")
    if unknown := sorted(request.GET.keys() - known):
        text = _("This list does not know “%(name)s”. It knows: %(names)s.")
        raise faulty(unknown[0][:100], text % {"name": unknown[0][:100], "names": ", ".join(sorted(known))})


def _limit(request: HttpRequest) -> int:
    text = request.GET.get("limit", "50")
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise faulty("limit", _("“%(value)s” is not a number from 1 to %(most)s.") % {"value": text[:40], "most": MOST})
    return int(text)


def _as_page(params: QueryDict) -> QueryDict:
    """The parameters as the list of a page reads them: there the day is called ``on``."""
    asked = params.copy()
    if "as_of" in asked:
        asked[DAY] = asked.pop("as_of")[-1]
    return asked


def _address(url: str) -> str | None:
    if not url:
        return None
    path, _mark, query = url.partition("?")
    asked = QueryDict(query, mutable=True)
    if DAY in asked:
        asked["as_of"] = asked.pop(DAY)[-1]
    return f"{path}?{asked.urlencode(safe=',')}"


def parameters(
    listing: Listing | None = None, *, expands: Sequence[str] = (), dated: bool = False
) -> dict[str, list[Json]]:
    """The parameters of a list or of one record, for the OpenAPI document."""
    found: list[Json] = [_parameter("fields", _FIELDS)]
    if expands:
        found.append(_parameter("expand", f"Records to put in whole, with commas: {', '.join(expands)}."))
    if dated:
        found.append(_parameter("as_of", _AS_OF, {"type": "string", "format": "date"}))
    if listing:
        found += [_parameter(name, text, shape) for name, (text, shape) in COMMON.items() if text and name != "fields"]
        found += [_of_filter(each) for each in listing.filters if each.key != DAY]
    return {"parameters": found}


def _of_filter(each: Any) -> Json:
    shape: Json = {"type": "string"}
    if each.several:
        shape = {"type": "array", "items": shape}
    return _parameter(each.key, f"Filter: {each.label}.", shape)


def _parameter(name: str, text: str, shape: Json | None = None) -> Json:
    return {"in": "query", "name": name, "required": False, "description": text, "schema": shape or {"type": "string"}}


_FIELDS = "The fields wanted, with commas between them; all where it is left out. The id always comes."
_AS_OF = "The day of which the answer tells, for what has periods. Without it: today."
COMMON: dict[str, tuple[str, Json]] = {
    "q": ("Text the records hold, as in the filter of the page.", {"type": "string", "maxLength": 200}),
    "sort": ("Columns, with commas; a minus before one turns it round.", {"type": "string"}),
    "limit": ("Records a page.", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}),
    "after": ("The place in the list, as the answer’s next has it.", {"type": "string"}),
    "before": ("The place in the list, as the answer’s previous has it.", {"type": "string"}),
    "fields": (_FIELDS, {"type": "string"}),
    "expand": ("", {}),
}


def one(
    request: HttpRequest, record: Json, *, version: int | None = None, status: int = 200, at: str = ""
) -> HttpResponse:
    """A single record with its ETag; 304 to who has it already. ``at``: where a new one is found."""
    response = reply(record, status=status)
    if version is not None:
        response["ETag"] = f'"{version}-{hashlib.sha256(response.content).hexdigest()[:12]}"'
    if at:
        response["Location"] = at
    if request.method == "GET" and version is not None and response["ETag"] in _tags(request, "If-None-Match"):
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response


def matched(request: HttpRequest, version: int) -> int:
    """The version a change starts from, as ``If-Match`` says it. Raises Problem 428 or 412."""
    tags = _tags(request, "If-Match")
    if not tags:
        text = _("Send If-Match with the ETag the record had when you read it, so that nobody’s change is lost.")
        raise Problem(428, text)
    if "*" in tags or version in [_version(tag) for tag in tags]:
        return version
    raise moved_on()


def moved_on() -> Problem:
    text = _("Somebody else changed this record since you read it. Read it again, then change it.")
    return Problem(412, text, code="stale_edit")


def _tags(request: HttpRequest, header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in request.headers.get(header, "").split(",") if tag.strip()]


def _version(tag: str) -> int | None:
    number = tag.strip('"').partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None


class _Plain(DjangoJSONEncoder):
    """Coordinates and the like as numbers, lazy texts as text."""

    def default(self, o: Any) -> Any:
        from decimal import Decimal

        return float(o) if isinstance(o, Decimal) else super().default(o)


def reply(data: Any, *, status: int = 200) -> HttpResponse:
    return JsonResponse(data, encoder=_Plain, status=status, safe=False, json_dumps_params={"ensure_ascii": False})


def brief(model: type[Model], ids: Iterable[int | None], hidden: str) -> Mapping[int | None, Json | None]:
    """What stands for a record where another one names it: id, reference, name. Of one the caller may not see only
    that there is one."""
    numbers = {pk for pk in ids if pk}
    names = ["id", "reference", "name"] if has_column(model, "reference") else ["id", "name"]
    rows = model._default_manager.filter(pk__in=numbers).values(*names)
    seen: dict[int | None, Json | None] = {row["id"]: {"reference": None} | row for row in rows}
    nothing: Json = {"id": None, "reference": None, "name": hidden}
    return {None: None, **{pk: seen.get(pk, nothing) for pk in numbers}}


def plain(record: Model, names: Iterable[str]) -> Json:
    return {name: getattr(record, name) for name in names}
