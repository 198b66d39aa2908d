"""What the lists of sites are narrowed by: types in use, and who has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.customers.lists import customer_name
from sitebook.registers.lists import words_in_use
from sitebook.sites.models import Site
from sitebook.ui.filters import Chip, Linked

# What the address says for sites without a type; no type is called so.
NONE = "-"
NO_TYPE = ((NONE, _("No type")),)


def type_choices() -> list[tuple[str, Any]]:
    return [*NO_TYPE, *((name, name) for name in words_in_use(Site, "type"))]


def of_types(sites: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
    return sites.filter(type__in=["" if value == NONE else value for value in values])


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


HOLDER = Holder("customer", _("Customer"), name=customer_name)
