"""The ids of records in other systems."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused


class Known(Protocol):
    """A record that has ids in other systems."""

    @property
    def external_ids(self) -> Any: ...


def with_ids(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Records with ``outside_ids``: each with ``system`` and ``value``, by system."""
    ids: Any = rows.model._meta.get_field("external_ids").related_model
    there = ids._default_manager.filter(**{str(rows.model._meta.model_name): OuterRef("pk")}).order_by("system")
    each = ArraySubquery(there.values(each=JSONObject(system="system", value="value")))
    found: QuerySet[Any] = rows.annotate(outside_ids=each)
    return found


def ids_of(record: Known) -> dict[str, str]:
    """{system: id there}."""
    return {row.system: row.value for row in record.external_ids.order_by("system")}


@transaction.atomic
def set_ids(record: Known, ids: dict[str, str]) -> None:
    """Make the record's outside ids exactly these. Raises Refused (external_id_taken)."""
    now = ids_of(record)
    for system in now.keys() - ids.keys():
        record.external_ids.filter(system=system).delete()
    for system, value in ids.items():
        if now.get(system) == value:
            continue
        try:
            with transaction.atomic():
                if system in now:
                    record.external_ids.filter(system=system).update(value=value)
                else:
                    record.external_ids.create(system=system, value=value)
        except IntegrityError as fault:
            text = _("The id “%(value)s” of “%(system)s” is already in use. An id there belongs to one record here.")
            raise Refused(text % {"value": value, "system": system}, code="external_id_taken") from fault
