"""Products: equipment, parts, supplies, labour and fees, each under a code of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, everybody
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.products.classes import ProductClass as ProductClass
from sitebook.products.classes import SpecificationField as SpecificationField
from sitebook.products.generated import generated
from sitebook.products.makers import BRAND_SPELLED, Branded
from sitebook.products.specifications import Specified
from sitebook.records.models import RecordRows as RecordRows
from sitebook.records.models import reference_number

# Brand and model as people say them, else the description, else the code.
_NAME = "coalesce(nullif(btrim(brand || ' ' || model), ''), nullif(description, ''), code)"


class ProductRows(RecordRows["Product"]):
    def coded(self, code: str) -> Product | None:
        """The product of this code, however it is written, archived or not."""
        return self.filter(code__in_any_case=" ".join(code.split())).first()


class Product(Branded, Specified):
    """A product. Its name follows from brand and model, else from its description. Everybody who signs in sees it."""

    named = Named(
        one=_("product"),
        many=_("Products"),
        icon="products",
        page="products:record",
        event="product",
        documents=True,
        custom_fields=True,
        bulk=True,
    )
    seen_by = everybody(nobodys=True)
    found_by = FoundBy(
        words=("reference", "code", "description"),
        of=(("products_productclass", "product_class_id", "name"),),
        spelled=(BRAND_SPELLED,),
        spaced=("code", "model"),
        own=CUSTOM_TEXTS,
        customer="",
    )

    class Kind(models.TextChoices):
        EQUIPMENT = "equipment", _("Equipment")
        PART = "part", _("Part")
        SUPPLY = "supply", _("Supply")
        LABOUR = "labour", _("Labour")
        FEE = "fee", _("Fee")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("PR", "products_product_reference"),
    )
    code = models.CharField(_("Code"), max_length=60)
    code_key = generated("sort_key(code)")
    model = models.CharField(_("Model"), max_length=150, blank=True, default="")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")
    name = generated(_NAME)
    name_key = generated(f"sort_key({_NAME})")
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind, default=Kind.EQUIPMENT)
    unit = models.CharField(_("Unit"), max_length=20, blank=True, default="")
    cost = models.DecimalField(_("Cost"), max_digits=14, decimal_places=4, null=True, blank=True)
    price = models.DecimalField(_("Price"), max_digits=14, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    warranty_months = models.PositiveSmallIntegerField(_("Default warranty (months)"), null=True, blank=True)

    objects = ProductRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("code"), name="a_code_names_one_product"),
            models.CheckConstraint(condition=~models.Q(code__regex=r"^\s*$"), name="a_product_has_a_code"),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True, price__isnull=True) | ~models.Q(currency=""),
                name="an_amount_has_a_currency",
            ),
            models.CheckConstraint(
                condition=(models.Q(cost__isnull=True) | models.Q(cost__gte=0))
                & (models.Q(price__isnull=True) | models.Q(price__gte=0)),
                name="an_amount_is_not_below_zero",
            ),
        ]
        indexes = [
            models.Index("name_key", "id", name="products_by_name"),
            models.Index("code_key", "id", name="products_by_code"),
            models.Index("updated_at", "id", name="products_by_change"),
            models.Index("created_at", "id", name="products_by_addition"),
            models.Index("brand_key", "id", name="products_by_brand"),
            models.Index("product_class", "name_key", "id", name="products_by_class"),
            GinIndex(fields=["tags"], name="products_by_tag"),
            GinIndex(fields=["custom"], name="products_by_custom_field"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return self.code

    @classmethod
    def add(cls, *, code: str, **values: Any) -> Product:
        """Make a product. Raises Refused when another product has the code, however it is written."""
        product = cls(code=code, **values)
        with _free(code):
            product.save(force_insert=True)
        product.refresh_from_db()
        return product

    def why_not_change(self, values: Mapping[str, Any]) -> Refused | None:
        """A supply of other products stays one."""
        if values.get("kind", self.Kind.SUPPLY) == self.Kind.SUPPLY or self.kind != self.Kind.SUPPLY:
            return None
        count = self.used_in.filter(kind=self.Kind.SUPPLY).count()
        if not count:
            return None
        text = ngettext(
            "%(name)s is a supply of %(count)s other product. Remove it there first, then change its kind.",
            "%(name)s is a supply of %(count)s other products. Remove it there first, then change its kind.",
            count,
        )
        return Refused(text % {"name": self, "count": count}, code="supply_of_others")

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record. Raises Refused when another product has the code, or it is a supply of others and would
        be none any more."""
        with _free(values.get("code", self.code)):
            super().change(version=version, **values)


@contextmanager
def _free(code: str) -> Iterator[None]:
    """Says in words what the database says of a code that is taken. Raises Refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "a_code_names_one_product" not in str(fault):
            raise
        taken = Product.objects.filter(code__in_any_case=code).first()
        text = say("The code “%(code)s” is already in use. Choose another one.")
        if taken and taken.is_archived:
            text = say("The archived product %(reference)s has the code “%(code)s”. Restore it, or choose another one.")
        raise Refused(
            text % {"code": code, "reference": taken.reference if taken else ""}, code="code_taken"
        ) from fault


def amounts_have_a_currency(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: an amount of money says in which currency."""
    given = values.get("cost") is not None or values.get("price") is not None
    if given and not values.get("currency"):
        return "currency", say("Say in which currency cost and price are.")
    return None
