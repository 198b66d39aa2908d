"""What is fitted in an asset: parts, with the days they were fitted and removed.

A part with a serial number of its own is a mounted asset instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import by_parent
from sitebook.products.models import Product

MOST = 500
"""So many mounted assets of one are shown."""
_ON = (
    "coalesce(lower(p.during), '-infinity') <= %(day)s::date AND coalesce(upper(p.during), 'infinity') > %(day)s::date"
)
_BELOW = f"""
WITH RECURSIVE below (child, parent, place, depth) AS (
  SELECT p.child_id, p.parent_id, p.mount_point, 1 FROM assets_parentage p WHERE p.parent_id = %(top)s AND {_ON}
  UNION ALL
  SELECT p.child_id, p.parent_id, p.mount_point, b.depth + 1
    FROM below b JOIN assets_parentage p ON p.parent_id = b.child AND {_ON} WHERE b.depth < 30)
SELECT child, parent, place FROM below LIMIT %(most)s
"""


class MaterialRows(models.QuerySet["InstalledMaterial"]):
    def in_place(self, *, on: date) -> MaterialRows:
        """What was fitted on a day; a part whose day nobody knows was always there."""
        begun = models.Q(fitted_on__isnull=True) | models.Q(fitted_on__lte=on)
        return self.filter(begun, models.Q(removed_on__isnull=True) | models.Q(removed_on__gt=on))

    def fitted_by(self, *, on: date) -> MaterialRows:
        """What had been fitted by a day, removed since or not."""
        return self.filter(models.Q(fitted_on__isnull=True) | models.Q(fitted_on__lte=on))


class InstalledMaterial(models.Model):
    """A part in an asset. ``fitted_on``: None where nobody knows.

    ``fitted_with``, ``removed_with``: by what, such as the number of a job or of a delivery note.
    """

    named = Named(one=_("installed part"))
    seen_by = by_parent("assets_asset", "asset_id")

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="materials", editable=False)
    product = models.ForeignKey(
        Product, verbose_name=_("Part"), on_delete=models.PROTECT, related_name="installed", db_index=False
    )
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    lot = models.CharField(_("Lot"), max_length=60, blank=True, default="")
    fitted_on = models.DateField(_("Fitted on"), null=True, blank=True)
    fitted_with = models.CharField(_("Fitted with"), max_length=60, blank=True, default="")
    removed_on = models.DateField(_("Removed on"), null=True, blank=True)
    removed_with = models.CharField(_("Removed with"), max_length=60, blank=True, default="")
    version = models.IntegerField(default=1, editable=False)

    objects = MaterialRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="an_installed_quantity_is_above_zero"),
            models.CheckConstraint(
                condition=models.Q(removed_on__isnull=True)
                | models.Q(fitted_on__isnull=True)
                | models.Q(removed_on__gte=models.F("fitted_on")),
                name="a_part_is_removed_after_it_was_fitted",
            ),
        ]
        indexes = [models.Index("product", "id", name="materials_by_product")]

    def __str__(self) -> str:
        return str(self.product)

    @classmethod
    def fit(cls, asset: Asset, *, product: Product, today: date, **values: Any) -> InstalledMaterial:
        """Fit a part. ``values``: quantity, lot, fitted_on, fitted_with.

        Raises Refused (is_archived, not_above_zero, day_not_possible)."""
        if product.is_archived:
            text = say("%(name)s is archived. Restore it first, or choose another product.")
            raise Refused(text % {"name": product}, code="is_archived")
        made = cls(asset=asset, product=product, **values)
        made._must_hold(today)
        made.save(force_insert=True)
        made.refresh_from_db()
        return made

    def change(self, *, version: int, today: date, **values: Any) -> None:
        """Correct what was written. Raises StaleEdit, and Refused as ``fit``."""
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed and version == self.version:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self._must_hold(today)
        rows = InstalledMaterial.objects.filter(pk=self.pk, version=version)
        if not changed or not rows.update(**changed):
            raise StaleEdit(say("Somebody else changed this meanwhile. Reload the page to see it."))
        self.refresh_from_db()

    def remove(self, *, on: date, today: date, using: str = "") -> None:
        """Take it out of the asset. ``using``: by what, such as the number of a job.

        Raises Refused (already_removed, day_not_possible)."""
        if self.removed_on is not None:
            raise Refused(say("%(name)s is already removed.") % {"name": self}, code="already_removed")
        self.change(version=self.version, today=today, removed_on=on, removed_with=using)

    def put_back(self) -> None:
        """As if it had not been removed. Raises Refused (not_removed)."""
        rows = InstalledMaterial.objects.filter(pk=self.pk, removed_on__isnull=False)
        if not rows.update(removed_on=None, removed_with=""):
            raise Refused(say("%(name)s is not removed.") % {"name": self}, code="not_removed")
        self.refresh_from_db()

    def was_there_on(self, day: date) -> bool:
        return self.removed_on is None or self.removed_on > day

    def _must_hold(self, today: date) -> None:
        if self.quantity <= 0:
            raise Refused(say("The quantity is above zero."), code="not_above_zero")
        if any(day and day > today for day in (self.fitted_on, self.removed_on)):
            raise Refused(say("This day is still to come."), code="day_not_possible")
        if self.fitted_on and self.removed_on and self.removed_on < self.fitted_on:
            raise Refused(say("A part is removed on the day it was fitted or later."), code="day_not_possible")


@dataclass(frozen=True)
class Line:
    """One line of the tree: a mounted asset (``mounted_at``: where on the one above) or a part."""

    depth: int
    asset: Asset | None = None
    mounted_at: str = ""
    part: InstalledMaterial | None = None
    gone: bool = False


def tree(asset: Asset, *, on: date, removed: bool = False) -> list[Line]:
    """What was mounted on an asset and fitted in it on a day, each mounted asset with its own parts below it.

    ``removed``: also parts that had been removed by then. What the asker does not see is left out, with what is below.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, {"top": asset.pk, "day": on, "most": MOST})
        found = cursor.fetchall()
    assets = Asset.objects.select_related("product").in_bulk([child for child, _parent, _place in found])
    children: dict[int, list[tuple[Asset, str]]] = defaultdict(list)
    for child, parent, place in found:
        if child in assets:
            children[parent].append((assets[child], place))
    rows = InstalledMaterial.objects.filter(asset__in=[asset.pk, *assets]).select_related("product")
    parts: dict[int, list[InstalledMaterial]] = defaultdict(list)
    for row in (rows.fitted_by(on=on) if removed else rows.in_place(on=on)).order_by("product__name_key", "pk"):
        parts[row.asset_id].append(row)
    return list(_lines(asset.pk, children, parts, on, 0))


def _lines(
    pk: int,
    children: dict[int, list[tuple[Asset, str]]],
    parts: dict[int, list[InstalledMaterial]],
    on: date,
    depth: int,
) -> Iterator[Line]:
    for child, place in sorted(children[pk], key=lambda pair: (str(pair[0].name_key), pair[0].pk)):
        yield Line(depth, asset=child, mounted_at=place)
        yield from _lines(child.pk, children, parts, on, depth + 1)
    for part in parts[pk]:
        yield Line(depth, part=part, gone=not part.was_there_on(on))
