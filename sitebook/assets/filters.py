"""What the list of assets can be narrowed by, beside its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.periods import OwnPlace, PlaceKind
from sitebook.customers.lists import customer_name
from sitebook.customers.models import Customer
from sitebook.products.models import Product
from sitebook.products.register import class_options
from sitebook.registers.lists import AS_OF
from sitebook.sites.models import Site
from sitebook.ui.filters import Chip, Choice, Day, Filter, Linked

# What the address says for assets of our own firm.
OURS = "own"
# What it says for those of owners whom the reader does not see.
HIDDEN = "hidden"
# What it says for assets without a class.
NONE = "-"


def of_hidden_owners(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of assets or their periods those whose owner the reader does not see. They have a guest, the customer at their
    place, and so an owner; asking for one would make Django's join with it drop all whose owner is hidden."""
    return rows.filter(~Q(owner_id__in=Customer.objects.values("pk")), guest_id__isnull=False)


@dataclass(frozen=True)
class Owner(Linked):
    """Assets of one owner, our own firm's, or those of owners whom the reader does not see."""

    def knows(self, value: str) -> bool:
        return value in (OURS, HIDDEN) or super().knows(value)

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if values == [OURS]:
            return queryset.filter(owner__isnull=True)
        return of_hidden_owners(queryset) if values == [HIDDEN] else super().narrow(queryset, values)

    def chip(self, values: list[str]) -> Chip:
        words = {OURS: say("our own firm"), HIDDEN: say("another customer")}
        if values[0] in words:
            return Chip(str(self.label), say("is"), words[values[0]])
        return super().chip(values)


@dataclass(frozen=True)
class OwnerOrPlace(Linked):
    """Assets that a customer owns or that are at its sites."""

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        pk = int(values[0])
        return queryset.filter(Q(owner=pk) | Q(place_customer=pk))


def _name_of(model: Any) -> Any:
    def name(pk: int) -> str | None:
        found = model.objects.filter(pk=pk).first()
        return str(found) if found else None

    return name


def _by_warranty(rows: QuerySet[Any], chosen: list[str]) -> QuerySet[Any]:
    today = timezone.localdate()
    wanted = {
        "holds": Q(warranty_end__gte=today),
        "over": Q(warranty_end__lt=today),
        "none": Q(warranty_end__isnull=True),
    }
    condition = Q(pk__in=[])
    for each in chosen:
        condition |= wanted[each]
    return rows.filter(condition)


def _classes() -> list[tuple[str, Any]]:
    return [(NONE, say("No class")), *class_options()]


def _by_class(rows: QuerySet[Any], chosen: list[str]) -> QuerySet[Any]:
    named = Q(product_class__in=[int(each) for each in chosen if each != NONE])
    return rows.filter(named | Q(product_class__isnull=True) if NONE in chosen else named)


_WARRANTY = (("holds", _("holds")), ("over", _("is over")), ("none", _("unknown")))

FILTERS: list[Filter] = [
    AS_OF,
    Owner("owner", _("Customer"), name=customer_name),
    Linked("at", _("Customer at the place"), name=customer_name, lookup="place_customer_id"),
    OwnerOrPlace("either", _("Owned by or at"), name=customer_name),
    Linked("site", _("Site"), name=_name_of(Site)),
    Linked("own_place", _("Place of our own"), name=_name_of(OwnPlace)),
    Linked("product", _("Product"), name=_name_of(Product)),
    Choice("product_class", _("Class"), _classes, by=_by_class),
    Choice("place_kind", _("Kind of place"), PlaceKind.choices),
    Choice("warranty", _("Warranty"), _WARRANTY, by=_by_warranty),
    Day("installed_from", _("Installed"), "installed_on", timed=False),
    Day("installed_until", _("Installed"), "installed_on", until=True, timed=False),
]
