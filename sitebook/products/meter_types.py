"""Meter types: what is counted or measured at a machine, and how the number behaves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.row_access import FoundBy, everybody
from sitebook.products.by_name import ByName
from sitebook.records.models import RecordRows, reference_number

MOST_DECIMALS = 6


class MeterTypeRows(RecordRows["MeterType"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class MeterType(ByName):
    """Such as mono pages, running hours, pressure. A counting one only rises, and begins again at ``rollover_limit``:
    the first number its display cannot show (100,000 for five digits). A gauge goes up and down."""

    named = Named(one=_("meter type"), many=_("Meter types"), icon="products", page="meter-types:record", bulk=True)
    seen_by = everybody(nobodys=True)
    found_by = FoundBy(words=("reference", "unit"), customer="")
    alone = "a_name_names_one_meter_type"

    class Behaviour(models.TextChoices):
        COUNTING = "counting", _("Counting")
        GAUGE = "gauge", _("Gauge")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("MT", "products_metertype_reference"),
    )
    unit = models.CharField(_("Unit"), max_length=20, blank=True, default="")
    behaviour = models.CharField(_("Behaviour"), max_length=8, choices=Behaviour, default=Behaviour.COUNTING)
    decimals = models.PositiveSmallIntegerField(_("Digits after the point"), default=0)
    rollover_limit = models.DecimalField(_("Begins again at"), max_digits=18, decimal_places=6, null=True, blank=True)

    objects = MeterTypeRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_meter_type"),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_meter_type_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(decimals__lte=MOST_DECIMALS), name="a_meter_has_up_to_six_digits_after_the_point"
            ),
            models.CheckConstraint(
                condition=models.Q(rollover_limit__isnull=True) | models.Q(behaviour="counting", rollover_limit__gt=0),
                name="only_a_counting_meter_begins_again_above_zero",
            ),
        ]
        indexes = [
            models.Index("name_key", "id", name="meter_types_by_name"),
            models.Index("updated_at", "id", name="meter_types_by_change"),
            models.Index("created_at", "id", name="meter_types_by_addition"),
        ]


def rollover_is_a_counters(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: only a counting meter begins again, and above zero."""
    limit = values.get("rollover_limit")
    if limit is None:
        return None
    if values.get("behaviour") == MeterType.Behaviour.GAUGE:
        return "rollover_limit", say("A gauge does not begin again. Leave this empty, or choose “Counting”.")
    return ("rollover_limit", say("Write a number above zero.")) if limit <= Decimal(0) else None
