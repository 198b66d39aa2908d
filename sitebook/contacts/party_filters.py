"""What the list of sites can be narrowed by, of parties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from sitebook.contacts import parties
from sitebook.ui.filters import Linked


@dataclass(frozen=True)
class PartyThere(Linked):
    """Sites where a customer is owner, agent, occupier or payer, today or ``on`` a day."""

    on: date | None = None

    def narrow(self, queryset: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        return queryset.filter(pk__in=parties.sites_with(int(values[0]), on=self.on or timezone.localdate()))
