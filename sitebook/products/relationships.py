"""What products have to do with each other: a supply, part or accessory of one, or its successor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import by_parent
from sitebook.products.meter_types import MeterType
from sitebook.products.models import Product
from sitebook.records.consequences import Consequence, stays
from sitebook.records.models import Record


class RelationshipRows(models.QuerySet["ProductRelationship"]):
    def supplies(self) -> RelationshipRows:
        """Those a supply order offers: of kind supply, of products in use."""
        return self.filter(kind=ProductRelationship.Kind.SUPPLY, related__archived_at__isnull=True)

    def of(self, product: Product) -> RelationshipRows:
        """What a product has: its supplies, parts, accessories and successor, in this order, by name."""
        return self.filter(product=product).select_related("related", "meter_type").in_order("related")

    def where_used(self, product: Product) -> RelationshipRows:
        """Where a product is used: the products whose supply, part, accessory or successor it is."""
        return self.filter(related=product).select_related("product", "meter_type").in_order("product")

    def in_order(self, other: str) -> RelationshipRows:
        kinds = [models.When(kind=kind, then=place) for place, kind in enumerate(ProductRelationship.Kind.values)]
        return self.order_by(models.Case(*kinds), f"{other}__name_key", "pk")


class ProductRelationship(models.Model):
    """One product is the ``kind`` of another: ``related`` is a supply of ``product``.

    ``expected_yield``: what one ``related`` is good for, counted by ``meter_type``. ``quantity``: how many ``product``
    takes.
    """

    named = Named(one=_("related product"))
    seen_by = by_parent("products_product", "product_id")

    class Kind(models.TextChoices):
        SUPPLY = "supply", _("Supply")
        PART = "part", _("Part")
        ACCESSORY = "accessory", _("Accessory")
        SUCCESSOR = "successor", _("Successor")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="relationships", editable=False)
    related = models.ForeignKey(
        Product, verbose_name=_("Related product"), on_delete=models.PROTECT, related_name="used_in"
    )
    kind = models.CharField(_("Kind of relationship"), max_length=10, choices=Kind)
    meter_type = models.ForeignKey(
        MeterType,
        verbose_name=_("Meter type"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    expected_yield = models.DecimalField(_("Expected yield"), max_digits=14, decimal_places=3, null=True, blank=True)
    quantity = models.DecimalField(_("Quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = RelationshipRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product", "related", "kind"], name="two_products_are_related_once_in_a_way"
            ),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("related")), name="a_product_is_not_related_to_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(expected_yield__isnull=True) | models.Q(expected_yield__gt=0),
                name="an_expected_yield_is_above_zero",
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="a_quantity_is_above_zero"),
            models.CheckConstraint(
                condition=models.Q(expected_yield__isnull=True) | models.Q(meter_type__isnull=False),
                name="an_expected_yield_is_counted_by_a_meter",
            ),
        ]

    def __str__(self) -> str:
        return str(self.related)

    @classmethod
    def add(cls, *, product: Product, related: Product, kind: str, **values: Any) -> ProductRelationship:
        """Say what ``related`` is to ``product``. ``values``: meter_type, expected_yield, quantity.

        Raises Refused (related_already, related_to_itself, not_a_supply, yield_without_meter, not_above_zero,
        is_archived)."""
        if related.is_archived:
            text = say("%(name)s is archived. Restore it first, or choose another product.")
            raise Refused(text % {"name": related}, code="is_archived")
        made = cls(product=product, related=related, kind=kind, **values)
        made._must_hold()
        with made._said():
            made.save(force_insert=True)
        made.refresh_from_db()
        return made

    def change(self, *, version: int, **values: Any) -> None:
        """Raises StaleEdit and Refused as ``add``."""
        changed = {name: value for name, value in values.items() if getattr(self, name) != value}
        if not changed and self.version == version:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self._must_hold()
        with self._said():
            mine = ProductRelationship.objects.filter(pk=self.pk, version=version)
            count = mine.update(**changed) if changed else 0
        if not count:
            raise StaleEdit(say("Somebody else changed this meanwhile. Reload the page to see it."))
        self.refresh_from_db()

    def remove(self) -> None:
        """Take it away; the history keeps it."""
        self.delete()

    def _must_hold(self) -> None:
        if self.product_id == self.related_id:
            text = say("%(name)s cannot be related to itself. Choose another product.")
            raise Refused(text % {"name": self.product}, code="related_to_itself")
        if self.kind == self.Kind.SUPPLY and self.related.kind != Product.Kind.SUPPLY:
            said = {"name": self.related, "kind": Product.Kind(self.related.kind).label}
            text = say("%(name)s is no supply: its kind is “%(kind)s”. Choose a product of kind “Supply”.")
            raise Refused(text % said, code="not_a_supply")
        if (self.expected_yield is not None and self.expected_yield <= 0) or self.quantity <= 0:
            raise Refused(say("Yield and quantity are numbers above zero."), code="not_above_zero")
        if self.expected_yield is not None and self.meter_type_id is None:
            raise Refused(say("Say which meter counts the expected yield."), code="yield_without_meter")

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Says in words what the database says of a pair that is there, or a product changed meanwhile."""
        try:
            with transaction.atomic():
                yield
        except IntegrityError as fault:
            said = {"related": self.related, "product": self.product, "kind": self.Kind(self.kind).label}
            if "two_products_are_related_once_in_a_way" in str(fault):
                text = say("%(related)s is there already for %(product)s as “%(kind)s”. Change that one instead.")
                raise Refused(text % said, code="related_already") from fault
            if "a_supply_is_a_product_of_kind_supply" in str(fault):
                raise Refused(say("%(related)s is no supply any more.") % said, code="not_a_supply") from fault
            raise


def related_to(pk: int) -> models.QuerySet[ProductRelationship]:
    """The products that have to do with one, either way."""
    return ProductRelationship.objects.filter(models.Q(product=pk) | models.Q(related=pk))


def consequences(record: Record, *, on: date) -> list[Consequence]:
    """What stays when a product is archived: its related products, and those it is used in."""
    if not isinstance(record, Product):
        return []
    count = related_to(record.pk).count()
    said = ngettext("%(count)s related product", "%(count)s related products", count)
    return [stays("related", "products", count, said, view="related:list", pk=record.pk)]
