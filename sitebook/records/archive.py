"""Archiving a record with what hangs on it, and bringing back exactly what one archiving took.

Every row an archiving takes bears its name in ``archived_with``: the record it was asked for and the act,
``c12.9f86d081884c7d65`` for customer 12. So one record can bring back its own, and one act can be undone whole.

What hangs on a customer is found by the column that its row policy names. What is special about a kind of record is
said beside its model: ``returning``, ``inseparable``, ``goes_along``, ``why_not_archive``, ``why_not_restore``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat

from sitebook.basics.named import customer_column, customers
from sitebook.records.consequences import Consequence
from sitebook.records.models import NotByItself as NotByItself
from sitebook.records.models import Record, RecordRows

Kind = type[Record]
_ACT_LENGTH = 16
Mark = tuple[str, int | None, str, str]
"""When, by whom, why and with what a row was archived."""
Marks = dict[str, dict[int, Mark]]
"""Marks of rows by table and id."""
_MARKED = ("archived_at", "archived_by", "archive_reason", "archived_with")


def archive(
    record: Record, *, along: Iterable[Consequence] = (), act: str, by_id: int | None, at: datetime, reason: str = ""
) -> int:
    """Archive a record with the rows of these consequences. Returns how many went along.

    ``act``: at least 16 letters, the same for nothing else. What is archived already stays as it is.
    Raises Refused (already_archived, and what ``why_not_archive`` of the record gives).
    """
    name = f"{_letters(type(record))}{record.pk}.{act[:_ACT_LENGTH]}"
    mark = {"archived_at": at, "archived_by_id": by_id, "archive_reason": reason[:200], "archived_with": name}
    with transaction.atomic():
        record.archive(by_id=by_id, at=at, reason=reason, act=name)
        taken = sum(rows.current().update(**mark) for line in along for rows in line.takes)
        gone = list(customers()._default_manager.filter(archived_with=name).values_list("pk", flat=True))
        for rows in _inseparable_from(gone):
            rows.current().update(**mark)
    return taken


def rest_of(record: Record) -> list[RecordRows[Any]]:
    """The rows that went with this record and can come back with it; a kind each, empty ones too.

    What has another customer by now is not among them, and a branch brings back only its own.
    """
    name, began = record.archived_with, _began(record)
    if not name or not (began or isinstance(record, customers())):
        return []
    mine = None
    if isinstance(record, customers()):
        also = _returning(customers()).filter(archived_with=name).values_list("pk", flat=True) if began else ()
        mine = [record.pk, *also]
    return [rows.exclude(pk=record.pk) if rows.model is type(record) else rows for rows in _took([name], mine)]


def restore(record: Record, *, rest: bool = True) -> int:
    """Bring a record back, and with ``rest`` what its archiving took. Returns how many came along.

    Raises Refused (not_archived) and NotByItself.
    """
    if refusal := record.why_not_restore():
        raise refusal
    with transaction.atomic():
        went = [(rows.model, list(rows.values_list("pk", flat=True))) for rows in rest_of(record)] if rest else []
        record.restore()
        if isinstance(record, customers()):
            _persons_back([record.pk])
        return sum(_back(kind._default_manager.filter(pk__in=ids)) for kind, ids in went)


def undo(act: str) -> int:
    """Bring back all that one act archived. Returns how many rows; 0 when it is undone already."""
    with transaction.atomic():
        rows = [_returning(kind).filter(archived_with__endswith=f".{act[:_ACT_LENGTH]}") for kind in _registers()]
        return sum(_back(each) for each in rows)


def archive_many(kind: Kind, ids: Iterable[int], *, act: str, by_id: int | None, at: datetime) -> list[int]:
    """Archive those that are not yet; customers take along what ``goes_along``. Returns the ids that were."""
    rows = _rows(kind).current().select_for_update().filter(pk__in=list(ids))
    rows = rows.exclude(pk__in=_rows(kind).inseparable().values("pk"))
    changed = list(rows.values_list("pk", flat=True))
    mark = {"archived_at": at, "archived_by_id": by_id, "archive_reason": ""}
    kind._default_manager.filter(pk__in=changed).update(**mark, archived_with=_named(_letters(kind), "pk", act))
    if kind is customers():
        for hung in going_along(changed):
            owner = customer_column(hung.model._meta.db_table)
            hung.update(**mark, archived_with=_named(_letters(kind), owner, act))
    return changed


def going_along(of: Any) -> list[RecordRows[Any]]:
    """What goes along when many customers are archived, a kind each. ``of``: their ids."""
    return [_of_customers(kind, of).current() for kind in _registers() if kind.goes_along]


def taken_by(kind: Kind, ids: Iterable[int], *, act: str) -> list[int]:
    """Those of these records that are archived by this act itself, and not since by another."""
    rows = _rows(kind).archived().filter(pk__in=list(ids))
    return list(rows.filter(archived_with=_named(_letters(kind), "pk", act)).values_list("pk", flat=True))


def marks_of(kind: Kind, ids: Iterable[int]) -> dict[int, Marks]:
    """What may come back with each of these archived records, itself included, with its marks.

    What several customers took into the archive together is told with the first of them.
    """
    names = dict(_returning(kind).filter(pk__in=list(ids)).order_by("pk").values_list("pk", "archived_with"))
    first = {name: pk for pk, name in reversed(names.items()) if name}
    found: dict[int, Marks] = {pk: {} for pk in names}
    for rows in [_rows(kind).filter(pk__in=names), *(_took(list(first)) if kind is customers() else [])]:
        for row in rows:
            pk = row.pk if isinstance(row, kind) and row.pk in names else first[row.archived_with]
            mark = (row.archived_at.isoformat(), row.archived_by_id, row.archive_reason, row.archived_with)
            found[pk].setdefault(row._meta.db_table, {})[row.pk] = mark
    return found


def only_back(marks: Iterable[Marks]) -> None:
    """Strike out of these marks what did not come back."""
    every = list(marks)
    for kind in _registers():
        mine = [each[kind._meta.db_table] for each in every if kind._meta.db_table in each]
        wanted = [pk for rows in mine for pk in rows]
        still = set(_rows(kind).archived().filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
        for rows in mine:
            for pk in still & rows.keys():
                del rows[pk]


def mark_again(marks: Marks) -> None:
    """Archive these rows, where they are still in use, as they were archived before."""
    for kind in _registers():
        mine = marks.get(kind._meta.db_table, {})
        rows = list(_rows(kind).current().filter(pk__in=list(mine)).order_by("pk").select_for_update(of=("self",)))
        for row in rows:
            at, row.archived_by_id, row.archive_reason, row.archived_with = mine[row.pk]
            row.archived_at = datetime.fromisoformat(at)
        kind._default_manager.bulk_update(rows, _MARKED, batch_size=500)


def restore_many(kind: Kind, ids: Iterable[int]) -> list[int]:
    """Bring back those that are archived and can be, customers with what went along. Returns the ids that were."""
    rows = _returning(kind).select_for_update(of=("self",)).filter(pk__in=list(ids))
    if kind in _hanging():
        held = _of_customers(kind, _rows(customers()).archived().values("pk")).inseparable()
        rows = rows.exclude(pk__in=held.values("pk"))
    names = dict(rows.values_list("pk", "archived_with"))
    if kind is customers():
        began = [name for pk, name in names.items() if name.startswith(f"{_letters(kind)}{pk}.")]
        also = _returning(kind).filter(archived_with__in=began).values_list("pk", flat=True)
        for each in reversed(_took(began, [*names, *also])):
            _back(each)
        _persons_back(names)
    _back(kind._default_manager.filter(pk__in=list(names)))
    return list(names)


@cache
def _registers() -> list[Kind]:
    """Customers first: what hangs on them is judged by them."""
    found = [model for model in apps.get_models() if issubclass(model, Record)]
    return sorted(found, key=lambda model: model is not customers())


@cache
def _hanging() -> list[Kind]:
    """The kinds whose records belong to a customer."""
    return [kind for kind in _registers() if kind is not customers() and customer_column(kind._meta.db_table)]


def _rows(kind: type[Any]) -> RecordRows[Any]:
    rows: RecordRows[Any] = kind._default_manager.all()
    return rows


def _of_customers(kind: Kind, ids: Any) -> RecordRows[Any]:
    return _rows(kind).filter(**{f"{customer_column(kind._meta.db_table)}__in": ids})


def _returning(kind: type[Any]) -> RecordRows[Any]:
    return _rows(kind).archived().returning()


def _took(names: list[str], of: Iterable[int] | None = None) -> list[RecordRows[Any]]:
    """Rows that bear one of these names and may come back, a kind each; with ``of`` only what is still of these
    customers."""
    if of is None:
        rows = [_rows(kind) for kind in _registers()]
    else:
        mine = list(of)
        rows = [_of_customers(kind, mine) for kind in _registers() if customer_column(kind._meta.db_table)]
    return [each.archived().returning().filter(archived_with__in=names) for each in rows]


def _began(record: Record) -> bool:
    return record.archived_with.startswith(f"{_letters(type(record))}{record.pk}.")


@cache
def _letters(kind: Kind) -> str:
    """What the references of a kind begin with, in small letters: ``c`` for customers."""
    begins: Any = kind._meta.get_field("reference")
    return str(begins.db_default.get_source_expressions()[0].value).lower()


def _named(letters: str, column: str, act: str) -> Concat:
    number = Cast(F(column), TextField())
    return Concat(Value(letters), number, Value(f".{act[:_ACT_LENGTH]}"), output_field=TextField())


def _inseparable_from(ids: Iterable[int]) -> list[RecordRows[Any]]:
    """What goes and comes only with these customers."""
    mine = list(ids)
    return [_of_customers(kind, mine).inseparable() for kind in _hanging()]


def _persons_back(ids: Iterable[int]) -> None:
    for rows in _inseparable_from(ids):
        _back(rows)


def _back(rows: Any) -> int:
    """Off the archive; the mark goes too, so that no later undo takes it for its own."""
    changed: int = rows.filter(archived_at__isnull=False).update(
        archived_at=None, archived_by_id=None, archive_reason="", archived_with=""
    )
    return changed
