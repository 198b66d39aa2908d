"""Where a person is mentioned: every text of every table, and every value the register keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from sitebook.access.policies import declared
from sitebook.basics.named import named
from sitebook.contacts.models import Contact
from sitebook.custom_fields.records import texts
from sitebook.customers.models import Customer
from sitebook.erasure.terms import ERASED, Terms
from sitebook.files.models import Document
from sitebook.history import erasure as register
from sitebook.history import labels
from sitebook.sites.models import Site, Tenure

# Users and the firm itself are no records about customers' people: they are changed on their own pages.
SPARED = {"users_user", "firm_firm"}
_TEXTS = (models.CharField, models.TextField, models.JSONField, ArrayField)
_MESSAGES = "_messages"


@dataclass(frozen=True)
class Ties:
    """The customers and sites a person has to do with."""

    customers: frozenset[int]
    sites: frozenset[int]
    individual: int | None = None

    def hold(self, record: models.Model) -> bool:
        if isinstance(record, Customer):
            return record.pk in self.customers
        if isinstance(record, Site) and record.pk in self.sites:
            return True
        if isinstance(record, Document) and record.about_kind == Site._meta.db_table and record.about_id in self.sites:
            return True
        site, customer = getattr(record, "site_id", None), getattr(record, "customer_id", None)
        return site in self.sites or customer in self.customers


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A person in one field of another record: now, in its history, or both.

    ticked: whether it is taken out unless somebody says otherwise. spared: it cannot be taken out here.
    """

    table: str
    pk: int
    field: str
    name: str
    label: str
    excerpt: str
    live: bool
    changes: int
    ticked: bool
    spared: bool = False

    @property
    def key(self) -> str:
        return f"{self.table}:{self.pk}:{self.field}"

    @property
    def kind(self) -> str:
        return labels.kind_name(self.table)

    @property
    def view(self) -> str:
        return named(self.table).page if self.name else ""


def mentions(terms: Terms, ties: Ties, *, own: set[tuple[str, int]]) -> list[Mention]:
    """Every mention outside the person's ``own`` records (table and id), those ticked by default first."""
    if not terms.pattern:
        return []
    live = {key: text for key, text in _live(terms).items() if key[:2] not in own}
    recorded = {
        (each.kind, each.record_id, each.column): each
        for each in register.find(terms.pattern)
        if (each.kind, each.record_id) not in own
    }
    keys = live.keys() | recorded.keys()
    keys -= _follow_their_site({pk for table, pk, _column in keys if table == Tenure._meta.db_table})
    records = _records({key[:2] for key in keys})
    found = [_mention(key, live.get(key, ""), recorded.get(key), records.get(key[:2]), terms, ties) for key in keys]
    return sorted(found, key=lambda each: (not each.ticked, each.table, each.pk, each.field))


def take_out(found: Iterable[Mention], terms: Terms) -> None:
    """Take the mentions out of the records and of their history."""
    fields: dict[tuple[str, int], list[Mention]] = defaultdict(list)
    for each in found:
        if not each.spared:
            fields[each.table, each.pk].append(each)
    for (table, pk), mine in fields.items():
        live = [each.field for each in mine if each.live]
        if live:
            _write(labels.kinds()[table], pk, live, terms)
        columns = [each.field for each in mine]
        register.erase(kind=table, ids=[pk], columns=columns, pattern=terms.pattern)


def forget_messages(terms: Terms) -> None:
    """Sentences that wait in sessions to be shown: “Ann Lee is saved.”"""
    for session in Session.objects.all():
        data = session.get_decoded()
        if _MESSAGES in data and terms.within(data[_MESSAGES]):
            del data[_MESSAGES]
            Session.objects.filter(pk=session.pk).update(session_data=SessionStore().encode(data))


def text_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a table that may hold any text; secrets and what the database derives left out."""
    secret = model.seen_by.secret  # type: ignore[attr-defined]
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, _TEXTS) and field.name not in secret and field.name != "reference"
    ]


def _live(terms: Terms) -> dict[tuple[str, int, str], str]:
    """{(table, id, column): the text that holds a mention}."""
    found = {}
    for model, seen_by in declared().items():
        # What only the database writes, the history and the search, follows from the rest; what leaves no history
        # forgets by itself.
        fields = text_fields(model) if seen_by.write and seen_by.tracked else []
        if not fields:
            continue
        together = ", ".join(f'"{field.column}"::text' for field in fields)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id FROM "{model._meta.db_table}" WHERE concat_ws(chr(31), {together}) ~* %s', [terms.pattern]
            )
            ids = [pk for (pk,) in cursor.fetchall()]
        for record in model._default_manager.filter(pk__in=ids):
            for field in fields:
                if text := terms.within(_free(record, field)):
                    found[model._meta.db_table, record.pk, str(field.column)] = text
    return found


def _follow_their_site(tenures: set[int]) -> set[tuple[str, int, str]]:
    """What the present customer's period says of the place is the site's own word: it follows the site by itself."""
    now = Tenure.objects.filter(pk__in=tenures, during__endswith__isnull=True).values_list("pk", flat=True)
    return {(Tenure._meta.db_table, pk, "place") for pk in now}


def _records(wanted: set[tuple[str, int]]) -> dict[tuple[str, int], models.Model]:
    by_table: dict[str, list[int]] = defaultdict(list)
    for table, pk in wanted:
        by_table[table].append(pk)
    kinds = labels.kinds()
    return {
        (table, pk): record
        for table, ids in by_table.items()
        if table in kinds
        for pk, record in kinds[table]._default_manager.in_bulk(ids).items()
    }


def _mention(
    key: tuple[str, int, str],
    text: str,
    recorded: register.Recorded | None,
    record: models.Model | None,
    terms: Terms,
    ties: Ties,
) -> Mention:
    table, pk, column = key
    tied = ties.hold(record) if record else bool(recorded and recorded.customers & ties.customers)
    sure = not text or terms.surely(text)
    spared = table in SPARED
    return Mention(
        table=table,
        pk=pk,
        field=column,
        name=_name_of(record),
        label=_("reason of a change") if column == register.REASON else labels.label(table, column),
        excerpt=terms.excerpt(text) if text else "",
        live=bool(text),
        changes=recorded.changes if recorded else 0,
        ticked=tied and sure and not spared and not _is_own_name(record, column, ties),
        spared=spared,
    )


def _is_own_name(record: models.Model | None, column: str, ties: Ties) -> bool:
    """What a record itself is called or reached by may be somebody else's: a namesake's, the firm's own line."""
    if not isinstance(record, Customer | Contact | Site):
        return False
    if isinstance(record, Site) and record.customer_id is not None and record.customer_id == ties.individual:
        return False
    return column in ("name", "phones", "emails")


def _name_of(record: models.Model | None) -> str:
    if record is None:
        return ""
    if type(record).__str__ is not models.Model.__str__:
        return str(record)
    for held in ("site", "customer", "contact"):
        if getattr(record, f"{held}_id", None) is not None:
            kind = record._meta.get_field(held).related_model
            parent = kind._default_manager.filter(pk=getattr(record, f"{held}_id")).first()  # type: ignore[union-attr]
            return str(parent) if parent else ""
    return ""


def _write(model: type[models.Model], pk: int, columns: list[str], terms: Terms) -> None:
    record = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if record is None:
        return
    fields = [field for field in text_fields(model) if field.column in columns]
    values = {field.attname: _without(record, field, terms) for field in fields}
    try:
        with transaction.atomic():
            model._default_manager.filter(pk=pk).update(**values)
    except IntegrityError:  # two of a kind would now read the same
        alone = {name: _numbered(model, name, value, pk) for name, value in values.items()}
        model._default_manager.filter(pk=pk).update(**alone)


def _free(record: models.Model, field: models.Field[Any, Any]) -> Any:
    """What people wrote freely in a field; a choice among the firm's own words is no mention of a person."""
    value = getattr(record, field.attname)
    return texts(record._meta.db_table, value) if field.attname == "custom" else value


def _without(record: models.Model, field: models.Field[Any, Any], terms: Terms) -> Any:
    taken = _fitting(field, terms.taken_out(_free(record, field)))
    return getattr(record, field.attname) | taken if field.attname == "custom" else taken


def _fitting(field: models.Field[Any, Any], value: Any) -> Any:
    return value[: field.max_length] if isinstance(value, str) and field.max_length else value


def _numbered(model: type[models.Model], name: str, value: Any, pk: int) -> Any:
    if not isinstance(value, str):
        return value
    return _fitting(model._meta.get_field(name), value.replace(ERASED, f"[erased {pk}]"))  # type: ignore[arg-type]
