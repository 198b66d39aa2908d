"""Product classes: what sort of thing a product or an asset is, and which specifications are written down of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named, has_column, models_named
from sitebook.basics.refused import NotAllowed, Refused, StaleEdit
from sitebook.basics.row_access import FoundBy, by_parent, everybody
from sitebook.custom_fields.typed import NUMBERS, Choice, TypedField, key_of, sees_all, with_values
from sitebook.products.by_name import ByName
from sitebook.records.models import RecordRows, reference_number
from sitebook.ui import formats
from sitebook.values.readers import BadValue

MOST = 100
SPECIFICATIONS = "specifications"


class ProductClassRows(RecordRows["ProductClass"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class ProductClass(ByName):
    """A sort of product, such as boiler, lift or copier. Everybody who signs in sees it."""

    named = Named(
        one=_("product class"), many=_("Product classes"), icon="products", page="product-classes:record", bulk=True
    )
    seen_by = everybody(nobodys=True)
    found_by = FoundBy(words=("reference",), customer="")
    alone = "a_name_names_one_product_class"

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("PC", "products_productclass_reference"),
    )
    objects = ProductClassRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_product_class"),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_product_class_has_a_name"),
        ]
        indexes = [
            models.Index("name_key", "id", name="product_classes_by_name"),
            models.Index("updated_at", "id", name="product_classes_by_change"),
            models.Index("created_at", "id", name="product_classes_by_addition"),
        ]


class SpecificationFieldRows(models.QuerySet["SpecificationField"]):
    def of(self, product_class: int | None) -> SpecificationFieldRows:
        """Those of a class that are in use, in its order."""
        return self.filter(product_class=product_class, archived_at__isnull=True)


class SpecificationField(TypedField):
    """What is written down of the products and assets of one class: ``Power``, a number in kW, from 0 to 500.

    Its kind stays. Values are kept in the column ``specifications`` of a record, by the field's id.
    """

    named = Named(one=_("specification"), labels={"label": _("Name")})
    seen_by = by_parent("products_productclass", "product_class_id")
    holder = SPECIFICATIONS
    holder_label = _("Specifications")
    name_alone = "a_specification_has_its_name_alone"

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        WHOLE = "whole", _("Whole number")
        YES_NO = "yesno", _("Yes or no")
        CHOICE = "choice", _("Choice")
        DATE = "date", _("Date")

    product_class = models.ForeignKey(
        ProductClass, verbose_name=_("Product class"), on_delete=models.PROTECT, related_name="fields", editable=False
    )
    key = models.SlugField(_("Key"), max_length=40, editable=False, db_index=False)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    unit = models.CharField(_("Unit"), max_length=20, blank=True, default="")
    least = models.DecimalField(_("Lowest value"), max_digits=21, decimal_places=6, null=True, blank=True)
    most = models.DecimalField(_("Highest value"), max_digits=21, decimal_places=6, null=True, blank=True)

    objects = SpecificationFieldRows.as_manager()

    class Meta:
        verbose_name = _("specification")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["product_class", "key"], name="a_specification_has_its_key_alone"),
            models.UniqueConstraint(
                "product_class",
                Lower("label"),
                condition=models.Q(archived_at__isnull=True),
                name="a_specification_has_its_name_alone",
            ),
            models.CheckConstraint(condition=~models.Q(label__regex=r"^\s*$"), name="a_specification_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="a_specification_key_is_of_letters_and_digits"
            ),
            models.CheckConstraint(
                condition=models.Q(least__isnull=True)
                | models.Q(most__isnull=True)
                | models.Q(least__lte=models.F("most")),
                name="the_lowest_value_is_not_above_the_highest",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=NUMBERS) | models.Q(unit="", least__isnull=True, most__isnull=True),
                name="only_numbers_have_units_and_limits",
            ),
        ]

    @classmethod
    def add(
        cls, *, product_class: ProductClass, label: str, kind: str, choices: Iterable[Choice] = (), **more: Any
    ) -> SpecificationField:
        """Add a field at the end: ``unit``, ``least`` and ``most`` for numbers, ``choices`` for a choice.

        Raises Refused (name_taken, too_many_fields, bad_limits, no_choices)."""
        with transaction.atomic():
            ProductClass.objects.select_for_update(no_key=True).get(pk=product_class.pk)
            every = list(cls.objects.filter(product_class=product_class))
            if sum(each.archived_at is None for each in every) >= MOST:
                text = say("There is room for %(most)s fields. Archive one that nobody needs.")
                raise Refused(text % {"most": MOST}, code="too_many_fields")
            field = cls(
                product_class=product_class,
                key=key_of(label, (each.key for each in every), "field"),
                label=label,
                kind=kind,
                choices=with_values(choices, []),
                position=max((each.position for each in every), default=0) + 1,
                **more,
            )
            field._must_hold()
            field.saved(lambda: field.save(force_insert=True))
        field.refresh_from_db()
        return field

    def change(self, *, version: int, choices: Iterable[Choice] | None = None, **values: Any) -> None:
        """Change label, unit, limits or choices. What is written already stays, also outside new limits.

        Raises StaleEdit, Refused (name_taken, bad_limits, no_choices, choice_in_use), NotAllowed (sees_not_all) where a
        choice would go and who asks does not see all records that may have it."""
        fresh = dict(values)
        if choices is not None:
            fresh["choices"] = with_values(choices, self.choices)
            self._must_be_free(fresh["choices"])
        changed = {name: value for name, value in fresh.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        self._must_hold()
        mine = SpecificationField.objects.filter(pk=self.pk, version=version)
        if (changed and not self.saved(lambda: mine.update(**changed), label=self.label)) or not (
            changed or self.version == version
        ):
            raise StaleEdit(say("Somebody else changed this field meanwhile. Reload the page to see it."))
        self.refresh_from_db()

    @property
    def kept_as(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return f"specification_{self.pk}"

    @property
    def title(self) -> str:
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def help(self) -> str:
        """The limits in words."""
        said = {"least": _number(self.least), "most": _number(self.most)}
        if self.least is not None and self.most is not None:
            return say("From %(least)s to %(most)s.") % said
        if self.least is not None:
            return say("At least %(least)s.") % said
        return say("At most %(most)s.") % said if self.most is not None else ""

    def siblings(self) -> SpecificationFieldRows:
        return SpecificationField.objects.filter(product_class=self.product_class_id)

    def read(self, given: Any) -> str | bool | None:
        """As every typed field, and within the limits. Raises BadValue."""
        kept = super().read(given)
        if kept is not None and self.kind in NUMBERS:
            number = Decimal(str(kept))
            if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
                said = {"value": str(given)[:60], "field": self.label, "limits": self.help}
                raise BadValue(say("“%(value)s” is outside the limits of %(field)s. %(limits)s") % said)
        return kept

    def said(self, kept: Any) -> str:
        """With its unit: ``12 kW``."""
        text = super().said(kept)
        return f"{text} {self.unit}" if text and self.unit else text

    def value(self, kept: Any) -> Any:
        """As every typed field; a choice as it is called, yes and no in words."""
        return int(kept) if kept is not None and self.kind == self.Kind.WHOLE else super().value(kept)

    def _must_hold(self) -> None:
        """Raises Refused (bad_limits, no_choices)."""
        if self.least is not None and self.most is not None and self.least > self.most:
            said = {"least": _number(self.least), "most": _number(self.most)}
            text = say("The lowest value %(least)s is above the highest value %(most)s.")
            raise Refused(text % said, code="bad_limits")
        if self.kind == self.Kind.CHOICE and not self.choices:
            raise Refused(say("Write at least one choice."), code="no_choices")

    def _must_be_free(self, choices: list[Choice]) -> None:
        staying = {each["value"] for each in choices}
        going = [each for each in self.choices if each["value"] not in staying]
        if going and not sees_all():
            text = say(
                "A choice is taken away by who sees all customers: somebody may have chosen it. Rename it instead."
            )
            raise NotAllowed(text, code="sees_not_all")
        for each in going:
            if chosen_in({self.kept_as: each["value"]}):
                text = say("“%(choice)s” is chosen in some records. Change them first, or rename the choice.")
                raise Refused(text % {"choice": each["label"]}, code="choice_in_use")


def chosen_in(kept: Mapping[str, Any]) -> bool:
    """Whether a record of any kind has this among its specifications."""
    holding = [model for model in models_named().values() if has_column(model, SPECIFICATIONS)]
    return any(model._default_manager.filter(specifications__contains=kept).exists() for model in holding)


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    plain = f"{value.normalize():f}"
    return formats.number(value, len(plain.partition(".")[2]))
