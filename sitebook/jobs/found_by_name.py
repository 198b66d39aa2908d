"""How files name the records that a job names: by code, number or name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from sitebook.assets import found_by_name as assets
from sitebook.catalogue.models import Coding, Service, Team, WorkType
from sitebook.values.readers import BadValue


def site(text: str, row: Mapping[str, Any]) -> Any:
    """By its reference, else by its code or its name, of the row's customer first."""
    return assets.site(text, {"owner": row.get("customer")})


def _called(model: Any, *names: str) -> Callable[[str, Mapping[str, Any]], Any]:
    """By one of these columns, in any case. Raises BadValue."""

    def found(text: str, _row: Mapping[str, Any]) -> Any:
        condition = Q(pk__in=[])
        for name in names:
            condition |= Q(**{f"{name}__in_any_case": text})
        known = list(model.objects.filter(condition).order_by("pk")[:2])
        if len(known) == 1:
            return known[0]
        said = {"what": model.named.one, "text": text[:60]}
        if known:
            raise BadValue(_("“%(text)s” names several. Write the reference instead.") % said)
        raise BadValue(_("There is no %(what)s “%(text)s”. Add it first.") % said)

    return found


work_type = _called(WorkType, "name", "reference")
service = _called(Service, "name", "reference")
team = _called(Team, "name", "reference")
coding = _called(Coding, "code", "reference")
