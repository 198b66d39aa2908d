"""Archiving a record with what hangs on it, and bringing back exactly what one archiving took.

Every row an archiving takes bears its name in ``archived_with``: the record it was asked for and the act,
``c12.9f86d081884c7d65`` for customer 12. So one record can bring back its own, and one act can be undone whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.registers.consequences import Consequence
from sitebook.registers.models import Record, RecordRows
from sitebook.sites.models import Site
from sitebook.ui.formats import day_text

Kind = type[Customer] | type[Site] | type[Contact]
_ACT_LENGTH = 16
Mark = tuple[str, int | None, str, str]
"""When, by whom, why and with what a row was archived."""
Marks = dict[str, dict[int, Mark]]
"""Marks of rows by table and id."""
_MARKED = ("archived_at", "archived_by", "archive_reason", "archived_with")


class NotByItself(Refused):
    """Coming back needs something else first."""


def archive(
    record: Record, *, along: Iterable[Consequence] = (), act: str, by_id: int | None, at: datetime, reason: str = ""
) -> int:
    """Archive a record with the rows of these consequences. Returns how many went along.

    ``act``: at least 16 letters, the same for nothing else. What is archived already stays as it is.
    Raises Refused (already_archived, contact_is_customer).
    """
    name = f"{_letters(type(record))}{record.pk}.{act[:_ACT_LENGTH]}"
    mark = {"archived_at": at, "archived_by_id": by_id, "archive_reason": reason[:200], "archived_with": name}
    with transaction.atomic():
        record.archive(by_id=by_id, at=at, reason=reason, act=name)
        taken = sum(rows.current().update(**mark) for line in along for rows in line.takes)
        _persons_of(Customer.objects.filter(archived_with=name)).update(**mark)
    return taken


def rest_of(record: Record) -> list[RecordRows[Any]]:
    """The rows that went with this record and can come back with it; a kind each, empty ones too.

    What has another customer by now is not among them, and a branch brings back only its own.
    """
    name = record.archived_with
    if not name or not (_began(record) or isinstance(record, Customer)):
        return []
    if not isinstance(record, Customer):
        return [rows.exclude(pk=record.pk) if rows.model is type(record) else rows for rows in _took([name])]
    if not _began(record):
        return _took([name], customers=[record.pk])[1:]
    return _took([name], customers=[record.pk, *_marked(Customer, [name]).values_list("pk", flat=True)])


def restore(record: Record, *, rest: bool = True) -> int:
    """Bring a record back, and with ``rest`` what its archiving took. Returns how many came along.

    Raises Refused (not_archived) and NotByItself.
    """
    _must_come_back(record)
    with transaction.atomic():
        rows = [list(each.values_list("pk", flat=True)) for each in rest_of(record)] if rest else []
        kinds = [each.model for each in rest_of(record)] if rest else []
        record.restore()
        if isinstance(record, Customer):
            _back(Contact.objects.archived().filter(customer=record, is_customer=True))
        return sum(_back(kind._default_manager.filter(pk__in=ids)) for kind, ids in zip(kinds, rows, strict=True))


def undo(act: str) -> int:
    """Bring back all that one act archived. Returns how many rows; 0 when it is undone already."""
    with transaction.atomic():
        rows = [_returning(kind).filter(archived_with__endswith=f".{act[:_ACT_LENGTH]}") for kind in _registers()]
        return sum(_back(each) for each in rows)


def archive_many(kind: Kind, ids: Iterable[int], *, act: str, by_id: int | None, at: datetime) -> list[int]:
    """Archive those that are not yet; customers take their sites and contacts along. Returns the ids that were."""
    rows = _rows(kind).current().select_for_update().filter(pk__in=list(ids))
    changed = list((rows.filter(is_customer=False) if kind is Contact else rows).values_list("pk", flat=True))
    mark = {"archived_at": at, "archived_by_id": by_id, "archive_reason": ""}
    kind._default_manager.filter(pk__in=changed).update(**mark, archived_with=_named(_letters(kind), "pk", act))
    if kind is Customer:
        hung: tuple[type[Record], ...] = (Site, Contact)
        for hanging in hung:
            found = _rows(hanging).current().filter(customer__in=changed)
            found.update(**mark, archived_with=_named("c", "customer_id", act))
    return changed


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
    for rows in [_rows(kind).filter(pk__in=names), *(_took(list(first)) if kind is Customer else [])]:
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


def why_not_back(record: Record) -> str:
    """Why an archived record cannot be restored by itself, or ""."""
    try:
        _must_come_back(record)
    except NotByItself as refusal:
        return str(refusal)
    return ""


def restore_many(kind: Kind, ids: Iterable[int]) -> list[int]:
    """Bring back those that are archived and can be, customers with what went along. Returns the ids that were."""
    rows = _returning(kind).select_for_update(of=("self",)).filter(pk__in=list(ids))
    if kind is Contact:
        rows = rows.exclude(is_customer=True, customer__archived_at__isnull=False)
    names = dict(rows.values_list("pk", "archived_with"))
    if kind is Customer:
        began = [name for pk, name in names.items() if name.startswith(f"c{pk}.")]
        also = _marked(Customer, began).values_list("pk", flat=True)
        for each in reversed(_took(began, customers=[*names, *also])):
            _back(each)
        _back(Contact.objects.archived().filter(customer__in=list(names), is_customer=True))
    _back(kind._default_manager.filter(pk__in=list(names)))
    return list(names)


def _registers() -> list[type[Record]]:
    """Customers first: what hangs on them is judged by them."""
    found = [model for model in apps.get_models() if issubclass(model, Record)]
    return sorted(found, key=lambda model: model is not Customer)


def _rows(kind: type[Record]) -> RecordRows[Any]:
    rows: RecordRows[Any] = kind._default_manager.all()  # type: ignore[assignment]
    return rows


def _returning(kind: type[Record]) -> RecordRows[Any]:
    """Archived rows that may come back: no site that ended, nobody who was erased."""
    rows = _rows(kind).archived()
    if kind is Site:
        return rows.filter(ended_on__isnull=True)
    if kind is Contact:
        return rows.filter(erased_at__isnull=True)
    if kind is Customer:
        return rows.exclude(pk__in=_erased_individuals())
    return rows


def _erased_individuals() -> Any:
    return Contact.objects.filter(is_customer=True, erased_at__isnull=False).values("customer_id")


def _marked(kind: type[Record], names: list[str]) -> RecordRows[Any]:
    return _returning(kind).filter(archived_with__in=names)


def _took(names: list[str], *, customers: Iterable[int] | None = None) -> list[RecordRows[Any]]:
    """Rows that bear one of these names, a kind each; with ``customers`` only what is still theirs."""
    rows = [_marked(kind, names) for kind in _registers()]
    if customers is None:
        return rows
    mine = list(customers)
    return [each.filter(pk__in=mine) if each.model is Customer else each.filter(customer__in=mine) for each in rows]


def _began(record: Record) -> bool:
    return record.archived_with.startswith(f"{_letters(type(record))}{record.pk}.")


@cache
def _letters(kind: type[Record]) -> str:
    """What the references of a kind begin with, in small letters: ``c`` for customers."""
    begins: Any = kind._meta.get_field("reference")
    return str(begins.db_default.get_source_expressions()[0].value).lower()


def _named(letter: str, column: str, act: str) -> Concat:
    number = Cast(F(column), TextField())
    return Concat(Value(letter), number, Value(f".{act[:_ACT_LENGTH]}"), output_field=TextField())


def _persons_of(customers: Any) -> RecordRows[Contact]:
    ids = list(customers.values_list("pk", flat=True))
    return _rows(Contact).current().filter(is_customer=True, customer__in=ids)


def _back(rows: Any) -> int:
    """Off the archive; the mark goes too, so that no later undo takes it for its own."""
    changed: int = rows.filter(archived_at__isnull=False).update(
        archived_at=None, archived_by_id=None, archive_reason="", archived_with=""
    )
    return changed


def _must_come_back(record: Record) -> None:
    if isinstance(record, Site) and record.ended_on:
        text = _(
            "%(site)s ended on %(day)s, when it was joined into another site. "
            "Take the joining back, and it is here again."
        )
        raise NotByItself(text % {"site": record, "day": day_text(record.ended_on)}, code="restore_other_first")
    if isinstance(record, Contact) and record.erased_at:
        raise NotByItself(
            _("%(name)s was erased. What was erased cannot come back.") % {"name": record}, code="is_erased"
        )
    if isinstance(record, Contact) and record.is_customer:
        held = Q(pk=record.customer_id, archived_at__isnull=False)
        if Customer.objects.filter(held).exists():
            raise NotByItself(
                _("%(name)s is the customer. Restore the customer, and the contact comes along.") % {"name": record},
                code="restore_other_first",
            )
    if isinstance(record, Customer) and Customer.objects.filter(pk=record.pk, pk__in=_erased_individuals()).exists():
        raise NotByItself(
            _("%(name)s was erased. What was erased cannot come back.") % {"name": record}, code="is_erased"
        )
