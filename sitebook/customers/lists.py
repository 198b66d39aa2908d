"""The lists of customers and sites: columns, sorts, filters, text search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar

from django.db.models import Case, Count, F, Func, Max, Min, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.custom_fields.lists import custom_fields
from sitebook.customers import columns
from sitebook.customers.group_filters import InGroup, PartyThere, SuppliedThrough
from sitebook.customers.models import Customer, Register, Site
from sitebook.customers.tables import CUSTOMER, SITE
from sitebook.lists.tables import Table
from sitebook.search.queries import holding
from sitebook.ui.filters import Archived, Chip, Choice, Day, Filter, Linked
from sitebook.ui.formats import day_text

# What the address says for sites without a type; no type is called so.
NONE = "-"


def plain(text: str) -> Func:
    """Text as the search compares it: no accents, no case, single blanks."""
    return Func(Value(text, TextField()), function="plain_text", output_field=TextField())


def best_first(rows: QuerySet[Any], text: str, *known: Collection[int]) -> QuerySet[Any]:
    """Found rows for a picker: those in use before archived ones; of them ``known`` ids first, group after group, such
    as those worked with last; then names that begin with the text.
    """
    before = Case(*(When(pk__in=ids, then=place) for place, ids in enumerate(known)), default=len(known))
    rows = rows.annotate(plain_name=Func(F("name"), function="plain_text", output_field=TextField()))
    begins = Case(When(plain_name__startswith=plain(text), then=0), default=1)
    return rows.order_by(F("archived_at").asc(nulls_first=True), before, begins, "name_key", "pk")


def with_site_counts(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Each customer with ``site_count``, its sites in use, and ``site_town``, where they all are."""
    mine = Site.objects.current().filter(customer=OuterRef("pk")).order_by()
    counted = mine.values("customer").annotate(number=Count("pk")).values("number")
    towns = mine.exclude(town="").values("customer").annotate(first=Min("town"), last=Max("town"))
    only = towns.filter(first=F("last")).values("first")
    return customers.annotate(site_count=Coalesce(Subquery(counted), 0), site_town=Coalesce(Subquery(only), Value("")))


def tagged(rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return rows.filter(tags__overlap=values)


# Out of so many records, those changed last, come the tags and types a filter offers: reading all costs too much.
LAST_CHANGED = 5_000


@dataclass(frozen=True)
class InUse(Choice):
    """A choice among words people made up: the latest are offered, any other counts too."""

    def knows(self, value: str) -> bool:
        return "\0" not in value and len(value) <= 60

    def chip(self, values: list[str]) -> Chip:
        words = {value: str(label) for value, label in self.options()}
        relation = say("is") if len(values) == 1 else say("is one of")
        return Chip(str(self.label), relation, ", ".join(words.get(value, value) for value in values))


def tags_of(kind: type[Register]) -> Any:
    """The tags in use, to choose from."""

    def choices() -> list[tuple[str, str]]:
        tagged = kind._default_manager.exclude(tags=[]).order_by("-updated_at")
        each = tagged.values_list("tags", flat=True)[:LAST_CHANGED]
        return [(name, name) for name in sorted({name for names in each for name in names}, key=str.casefold)]

    return choices


def types_in_use() -> list[str]:
    """The types people have written, to filter by and to offer in forms."""
    typed = Site.objects.exclude(type="").order_by("-updated_at")
    return sorted(set(typed.values_list("type", flat=True)[:LAST_CHANGED]), key=str.casefold)


def type_choices() -> list[tuple[str, Any]]:
    return [(NONE, _("No type")), *((name, name) for name in types_in_use())]


def _typed(sites: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return sites.filter(type__in=["" if value == NONE else value for value in values])


def _customer_name(pk: int) -> str | None:
    return Customer.objects.filter(pk=pk).values_list("name", flat=True).first()


# What the address says for sites nobody has.
NOBODY = "none"


@dataclass(frozen=True)
class Holder(Linked):
    """Sites of one customer, or those nobody has: vacant."""

    def knows(self, value: str) -> bool:
        return value == NOBODY or super().knows(value)

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(customer__isnull=True) if values == [NOBODY] else super().narrow(queryset, values)

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), say("is"), say("nobody: vacant")) if values == [NOBODY] else super().chip(values)


@dataclass(frozen=True)
class AsOf(Filter):
    """The day of which a list tells. It narrows nothing by itself: the view asks other rows."""

    control: ClassVar[str] = "date"

    def knows(self, value: str) -> bool:
        return Day(self.key, self.label, "").knows(value)

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset

    def chip(self, values: list[str]) -> Chip:
        return Chip(str(self.label), "", day_text(date.fromisoformat(values[0])))


HOLDER = Holder("customer", _("Customer"), name=_customer_name)
AS_OF = AsOf("on", _("As of"))


CUSTOMERS = Table(
    columns=columns.customers(),
    file_order=columns.CUSTOMER_FILE,
    more=custom_fields(CUSTOMER),
    order="name",
    search=holding,
    filters=[
        AS_OF,
        Choice("kind", _("Kind"), Customer.Kind.choices),
        Choice("account", _("Account"), Customer.Account.choices),
        InUse("tag", _("Tag"), tags_of(Customer), by=tagged),
        SuppliedThrough("distributor", _("Distributor"), [("yes", _("yes")), ("no", _("no"))]),
        InGroup("group", _("Group"), name=_customer_name),
        Archived(label=_("Archived")),
    ],
)

_SITE_FILTERS: list[Filter] = [
    AS_OF,
    Choice("status", _("Status"), Site.Status.choices),
    InUse("type", _("Type"), type_choices, by=_typed),
    InUse("tag", _("Tag"), tags_of(Site), by=tagged),
    Archived(label=_("Archived")),
]
SITES = Table(
    more=custom_fields(SITE),
    columns=columns.sites(),
    file_order=columns.SITE_FILE,
    order="name",
    search=holding,
    filters=[*_SITE_FILTERS, HOLDER, PartyThere("party", _("Party"), name=_customer_name)],
)
SITES_OF_GROUP = Table(
    more=custom_fields(SITE),
    columns=[replace(each, shown=False) if each.key in ("postcode", "changed") else each for each in SITES.columns],
    order="name",
    search=holding,
    filters=_SITE_FILTERS,
)
SITES_OF_CUSTOMER = Table(
    more=custom_fields(SITE),
    columns=[each for each in SITES.columns if each.key not in ("customer", "customer_reference")],
    order="name",
    search=holding,
    filters=_SITE_FILTERS,
)
