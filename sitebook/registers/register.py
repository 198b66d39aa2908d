"""A register, declared once: its fields, who may do what, its verbs. Lists, pages, API, files and imports follow.

PRODUCTS = Register(model=Product, path="products", fields=[Field("code", column="l2", key=True), ...], ...)
urlpatterns = PRODUCTS.urls()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from re import sub
from typing import Any

from django.db import transaction
from django.db.models import ForeignKey, QuerySet
from django.urls import URLPattern, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import NotAllowed
from sitebook.bulk.actions import Blocked, BulkAction
from sitebook.bulk.lists import BulkList
from sitebook.custom_fields.lists import custom_fields
from sitebook.custom_fields.records import BadField, changed
from sitebook.lists.boards import Board
from sitebook.lists.columns import Column
from sitebook.lists.maps import InCell, Map
from sitebook.lists.tables import Table
from sitebook.records.models import Record as Record
from sitebook.registers import inputs
from sitebook.registers.actions import bulk_list_of
from sitebook.registers.columns import stamp_columns
from sitebook.registers.field import Check, Field
from sitebook.registers.lists import InUse, tagged, tags_of, words_in_use
from sitebook.registers.operations import Operations, Reading, operations
from sitebook.registers.tabs import Tab
from sitebook.search.queries import holding
from sitebook.ui import current
from sitebook.ui.filters import Archived, Filter
from sitebook.values.contact_lines import Phones
from sitebook.values.readers import BadValue
from sitebook.values.references import Reference

Text = str | Promise
Follows = Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
"""From the values that are written and those a record has, further values that follow from them."""
FILTER, ARCHIVED = _("Filter"), _("Archived")
Offers = Callable[[Any, Any], "Sequence[tuple[Text, str, str]]"]
"""What a user can do with a record: label, icon, address of each."""
# What every record carries, where its model has it; asked for after a register's custom fields.
_SHARED = ("phones", "emails", "tags", "notes")


@dataclass(frozen=True, kw_only=True)
class Days:
    """How the records of a register are shown as they were on another day.

    rows: of these, those that were known on the day. table: the list of that day. fill: puts into rows, which are only
    shown, what held on the day.
    """

    rows: Callable[[QuerySet[Any], date], QuerySet[Any]]
    table: Callable[[Table, date], Table]
    fill: Callable[[Sequence[Any], date], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Register[M: Record]:
    """What all machinery of registers goes by.

    path: of its pages and operations. see, change, archive: who may. order: of the list, where the address says none.
    rows: what the list reads, with annotations. columns, filters: beside those of the fields, columns also in their
    place. more: what adds columns known only when the list is asked for. parts: of fields that hold several values,
    those a file may fill, ``specifications.power``, with the headings that mean them. list_order: the columns that come
    first in the list; file_order: in a file of all. checks: rules about several fields. add, change_by: the verbs,
    where they are not the model's own. follows: what the values of a record bring with them. why_not: why a user may
    see a record but not change it, or "". blocked: which of many records take no change, and why. actions: what else
    can be done to many. tabs: of a record's page, between the first and its history. reading: how records become JSON,
    where that is more than their fields; also_written, also_new, also_read: further members of the shapes, for
    pydantic; those of a new record go to its verb. key: leads to the list when pressed after G. in_rail: its list
    stands in the navigation. beside: those whose lists are reached from this one. country: the column that says whose
    telephone numbers are typed, ``customer.head_country`` where it is of a record that is named. any_key: files may
    name a record by one of the fields that say ``key``, not by all. summary: the template of what stands beside the
    tabs of a record's page. placeholder: what the filter of the list says. empty: heading and sentence while there is
    nothing. offers: what else a user can do with a record, for its menu: label, icon, address.
    days: how its records are shown as they were on another day. badges: what stands under a record's name on a day,
    each with its tone. selection: the template of further buttons for the rows
    that are ticked. boards: the ways to lay out its list as a board (docs/decisions/boards.md).
    map: where its records lie (docs/decisions/maps.md).
    """

    model: type[M]
    path: str
    fields: Sequence[Field]
    see: Permission
    change: Permission
    archive: Permission
    order: str = "name"
    rows: Callable[[], QuerySet[Any]] | None = None
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    checks: Sequence[Check] = ()
    add: Callable[..., M] | None = None
    change_by: Callable[..., None] | None = None
    list_order: Sequence[str] = ()
    more: Callable[[Table], Table] | None = None
    parts: Callable[[], Mapping[str, Collection[str]]] | None = None
    file_order: Sequence[str] = ()
    tabs: Sequence[Tab] = ()
    also_written: Mapping[str, Any] = field(default_factory=dict)
    also_new: Mapping[str, Any] = field(default_factory=dict)
    also_read: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    in_rail: bool = True
    beside: Sequence[Register[Any]] = ()
    reading: Reading | None = None
    new_label: Text = ""
    selected_label: Text = ""
    placeholder: Text = FILTER
    empty: tuple[Text, Text] = ("", "")
    help: str = ""
    blocked: Blocked | None = None
    actions: Callable[[], Sequence[BulkAction]] | None = None
    follows: Follows | None = None
    why_not: Callable[[Any, M], str] | None = None
    country: str = "country"
    any_key: bool = False
    days: Days | None = None
    offers: Offers | None = None
    summary: str = ""
    badges: Callable[[M, date], Sequence[tuple[Text, str]]] | None = None
    selection: str = ""
    boards: Sequence[Board] = ()
    map: Map | None = None
    _added: list[Column | Filter] = field(default_factory=list)
    _tabs: list[Tab] = field(default_factory=list)
    _offers: list[Offers] = field(default_factory=list)

    def add_to_list(self, *more: Column | Filter) -> None:
        """For rooms above: what the list can also show, or be narrowed by. Called when the program starts."""
        self._added.extend(more)

    def add_to_page(self, *tabs: Tab, offers: Offers | None = None) -> None:
        """For rooms above: tabs of a record's page, and what else its menu offers. Called when the program starts."""
        self._tabs.extend(tabs)
        self._offers.extend([offers] if offers else [])

    @property
    def every_tab(self) -> list[Tab]:
        """Its own tabs, and those of rooms above."""
        return [*self.tabs, *self._tabs]

    def offered(self, user: Any, record: M) -> list[tuple[Text, str, str]]:
        """What the menu of a record offers this user: what rooms above offer first, since that is what a page is mostly
        opened for."""
        if record.is_archived:
            return []
        return [each for offers in (*self._offers, self.offers) if offers for each in offers(user, record)]

    @cached_property
    def bound(self) -> list[Field]:
        """All fields in their order, those that every record carries at the end."""
        names = {each.name for each in self.fields}
        has = {each.name for each in self.model._meta.get_fields()}
        shared = [Field(name) for name in _SHARED if name in has and name not in names]
        return [each.of(self.model) for each in (*self.fields, *shared)]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        return {each.name: each for each in self.bound}

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def one(self) -> str:
        """``work_type``: the noun in operations and in what is remembered of a user's last records."""
        return sub(r"(?<!^)(?=[A-Z])", "_", self.model.__name__).lower()

    def withheld(self, user: Any) -> set[str]:
        """The fields this user may not see."""
        return {each.name for each in self.bound if each.needs and not may(user, each.needs)}

    @cached_property
    def keeps_ids(self) -> bool:
        """Whether its records have ids in other systems."""
        return any(each.name == "external_ids" for each in self.model._meta.related_objects)

    def facts_of(self, record: M, user: Any) -> list[tuple[Any, Any]]:
        """The particulars of a record's page, as far as this user may see them: label and text of each."""
        told = [each for each in self.bound if each.told and each.name not in self.withheld(user)]
        return [(each.title, each.reads.said(getattr(record, each.name))) for each in told]

    def asked(self, *, new: bool) -> list[Field]:
        """The fields of the form."""
        return [each for each in self.writable(new=new) if each.asked]

    def writable(self, *, new: bool) -> list[Field]:
        return [each for each in self.bound if each.writes == "always" or (new and each.writes == "new")]

    def read(self, given: Mapping[str, Any], *, now: M | None = None, country: str = "") -> dict[str, Any]:
        """What the verbs take of something typed, sent or found in a file, by the names of the model's fields.

        ``now``: the record as it is; custom fields that are not given stay, and rules about several fields count what
        it holds. Raises BadField, which says which field and why.
        """
        values = {name: self._read(name, given[name]) for name in given if name != "custom" and not self._dials(name)}
        country = self.country_of(None, values) or country or self.country_of(now) or current.country()
        values |= {name: self._read(name, given[name], country) for name in given if self._dials(name)}
        if "custom" in given:
            values["custom"] = changed(self.table, now.custom if now else {}, given["custom"])
        values |= self.following(values, self.plainly(now) if now else {})
        self.must_agree(values, now=now)
        return values

    def _dials(self, name: str) -> bool:
        """Whether a field holds telephone numbers, which are read as somebody in the record's country types them."""
        return name in self.by_name and isinstance(self.by_name[name].reads, Phones)

    def following(self, values: Mapping[str, Any], now: Mapping[str, Any]) -> Mapping[str, Any]:
        """What these values bring with them. ``now``: what the record holds, nothing for a new one."""
        return self.follows(values, now) if self.follows else {}

    def must_be_allowed(self, user: Any, record: M) -> None:
        """Raises NotAllowed where this user may not change the record."""
        if self.why_not and (why := self.why_not(user, record)):
            raise NotAllowed(why)

    def _read(self, name: str, given: Any, country: str = "") -> Any:
        kind = self.by_name[name].reads
        try:
            return (replace(kind, country=country) if isinstance(kind, Phones) else kind).read(given)
        except BadValue as fault:
            raise BadField(name, str(fault)) from fault

    def must_agree(self, values: Mapping[str, Any], *, now: M | None) -> None:
        """Raises BadField where these values break a rule about several fields."""
        if fault := self.fault_of((self.plainly(now) if now else {}) | dict(values)):
            raise BadField(*fault)

    def fault_of(self, whole: Mapping[str, Any]) -> tuple[str, str] | None:
        """Which rule about several fields a whole record breaks: the field, and the sentence."""
        return next((fault for check in self.checks if (fault := check(whole))), None)

    def plainly(self, record: M) -> dict[str, Any]:
        """What a record holds; of the records it names the ids, as ``customer_id``."""
        return {
            f"{each.name}_id" if isinstance(each.reads, Reference) else each.name: each.value_of(record)
            for each in self.bound
        }

    def made(self, values: Mapping[str, Any]) -> M:
        """A new record of these values, as ``read`` gives them."""
        return (self.add or self.model.add)(**values)  # type: ignore[attr-defined]

    def saved(self, record: M, *, version: int, values: Mapping[str, Any]) -> None:
        """These values onto a record. Raises StaleEdit and what its verb raises; nothing is written then."""
        if self.follows:
            values = {**values, **self.following(values, self.plainly(record))}
            self.must_agree(values, now=record)
        pointers = {each.name for each in self.model._meta.concrete_fields if isinstance(each, ForeignKey)}
        plain = {
            f"{name}_id" if name in pointers else name: value.pk if name in pointers and value else value
            for name, value in values.items()
        }
        with transaction.atomic():
            if self.change_by:
                self.change_by(record, version=version, **plain)
            else:
                record.change(version=version, **plain)

    def queryset(self) -> QuerySet[Any]:
        return self.rows() if self.rows else self.model._default_manager.all()

    def with_more(self, table: Table) -> Table:
        """The list with the columns and filters only known when it is asked for."""
        table = custom_fields(self.table)(table)
        return self.more(table) if self.more else table

    @cached_property
    def listing(self) -> Table:
        """The list of its records, with custom fields."""
        fields = [each for each in self.bound if each.column is not None]
        page = self.model.named.page
        own = [each.list_column(page="" if place else page) for place, each in enumerate(fields)]
        stamps = stamp_columns("p3", changed_shown=True, history=f"{self.path}:history")
        added = [each for each in self._added if isinstance(each, Column)]
        rank = {key: place for place, key in enumerate(self.list_order)}
        every = {each.key: each for each in [*own, *stamps, *self.columns, *added]}
        columns = sorted(every.values(), key=lambda each: rank.get(each.key, len(rank)))
        return Table(
            columns=columns,
            order=self.order,
            search=holding,
            filters=[*self.filters, *self._filters(), *(each for each in self._added if isinstance(each, Filter))],
            file_order=self.file_order,
            more=self.with_more,
        )

    def listing_for(self, user: Any) -> Table:
        """The list without what this user may not see."""
        if not (withheld := self.withheld(user)):
            return self.listing
        return replace(self.listing, columns=[each for each in self.listing.columns if each.key not in withheld])

    def _filters(self) -> list[Filter]:
        found = [each.list_filter(self._in_use) for each in self.bound if each.filter or each.name == "tags"]
        placed = [InCell(x=self.map.x, y=self.map.y)] if self.map else []
        return [*(each for each in found if each is not None), *placed, Archived(label=ARCHIVED)]

    def _in_use(self, name: str) -> Filter:
        """What narrows the list by words people made up themselves, in a column of text or of tags."""
        if name == "tags":
            return InUse("tag", _("Tag"), tags_of(self.model), by=tagged)
        return InUse(name, self.by_name[name].title, lambda: [(each, each) for each in words_in_use(self.model, name)])

    def form(self, *, new: bool) -> type[inputs.DeclaredForm]:
        """The form of a new record, or of one that is there."""
        return self._new_form if new else self._change_form

    @cached_property
    def _new_form(self) -> type[inputs.DeclaredForm]:
        return inputs.form_of(self, self.asked(new=True))

    @cached_property
    def _change_form(self) -> type[inputs.DeclaredForm]:
        return inputs.form_of(self, self.asked(new=False))

    @cached_property
    def bulk_list(self) -> BulkList:
        """Its list, as one whose rows can be chosen for one action."""
        return bulk_list_of(self)

    @cached_property
    def operations(self) -> Operations:
        """What programs can do."""
        return operations(self, self.reading)

    def urls(self, **instead: Callable[..., Any]) -> list[URLPattern]:
        """Its addresses; ``instead``: views in place of the usual ones, by the name of the address."""
        from sitebook.registers import boards, maps, views  # pages know all rooms, a declaration does not

        return [*boards.urls(self), *maps.urls(self), *views.urls(self, **instead)]

    def country_of(self, record: Any, values: Mapping[str, Any] | None = None) -> str:
        """The country whose telephone numbers its people type, by new values before the record; "" for none."""
        first, *rest = self.country.split(".")
        found = (values or {}).get(first) or getattr(record, first, None)
        for name in rest:
            found = getattr(found, name, None)
        return str(found or "")

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.path}:{name}", args=args)
