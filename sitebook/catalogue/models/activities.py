"""Activities: priced kinds of work, and what each costs a customer, when."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.row_access import FoundBy, by_customer, everybody
from sitebook.catalogue.models.entry import (
    Entry,
    called,
    not_blank,
    not_negative,
    numbered,
    sorted_by,
    usual_indexes,
)
from sitebook.catalogue.models.work import Service
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.records.dated import Dated, DatedRows, lasts_some_time, one_at_a_time
from sitebook.records.models import RecordRows

_NAME = "coalesce(nullif(description, ''), code)"


def amount(label: Any) -> Any:
    return models.DecimalField(label, max_digits=14, decimal_places=4, null=True, blank=True)


class ActivityRows(RecordRows["Activity"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Activity(Entry):
    """A kind of work with a code, a time, a cost and a sale price. It belongs to one service and serves many customers.

    ``minutes``: how long one unit takes. ``cost`` and ``sale``: of one unit, in ``currency``, unless a customer has
    prices of its own. The history says that the cost changed, not what it was.
    """

    named = called(_("activity"), _("Activities"), path="activities", icon="check", event="activity")
    seen_by = everybody(nobodys=True, secret=("cost",))
    found_by = FoundBy(words=("reference", "code"), spaced=("code",), own=CUSTOM_TEXTS, customer="")
    unique = ("a_code_names_one_activity", "code")

    reference = numbered("AC", "catalogue_activity")
    code = models.CharField(_("Code"), max_length=40)
    code_key = sorted_by("code")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")
    name: Any = models.GeneratedField(
        expression=models.Func(template=_NAME, output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    name_key = sorted_by(_NAME)
    service = models.ForeignKey(Service, verbose_name=_("Service"), on_delete=models.PROTECT, related_name="activities")
    unit = models.CharField(_("Unit"), max_length=20, blank=True, default="")
    minutes = models.PositiveSmallIntegerField(_("Minutes"), null=True, blank=True)
    cost = amount(_("Cost"))
    sale = amount(_("Sale price"))
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")

    objects = ActivityRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("code"), name="a_code_names_one_activity"),
            not_blank("code", "an_activity_has_a_code"),
            not_negative("cost", "sale", name="an_activity_is_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(cost__isnull=True, sale__isnull=True) | ~models.Q(currency=""),
                name="an_amount_of_an_activity_has_a_currency",
            ),
        ]
        indexes = usual_indexes("activities", "name_key", "code_key")

    @property
    def aside(self) -> str:
        return self.code


class PriceRows(DatedRows["CustomerActivity"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class CustomerActivity(Dated):
    """An activity that can be chosen for a customer in a period, and what it costs there.

    ``cost`` and ``sale``: of one unit; None is the activity's own. ``currency``: of both; empty is the activity's own,
    another one needs both amounts. ``source``: the customer it was copied from.
    """

    named = Named(one=_("activity of a customer"), labels={"activity_id": _("Activity"), "source_id": _("Copied from")})
    seen_by = by_customer("customer_id", parent=("catalogue_activity", "activity_id"), secret=("cost",))

    per = ("customer", "activity")
    says = ("cost", "sale", "currency")

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="customer_links")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="activity_links")
    cost = amount(_("Cost"))
    sale = amount(_("Sale price"))
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    source = models.ForeignKey(
        Customer, verbose_name=_("Copied from"), null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )

    objects = PriceRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("customer", "activity", name="a_customer_has_one_price_of_an_activity_at_a_time"),
            lasts_some_time("a_price_of_a_customer_lasts_some_time"),
            not_negative("cost", "sale", name="a_price_of_a_customer_is_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(currency="") | models.Q(cost__isnull=False, sale__isnull=False),
                name="another_currency_needs_both_amounts",
            ),
        ]

    def costs(self, activity: Activity) -> Decimal | None:
        """The cost that counts, of its activity."""
        found: Decimal | None = activity.cost if self.cost is None else self.cost
        return found

    def sells_for(self, activity: Activity) -> Decimal | None:
        """The sale price that counts, of its activity."""
        found: Decimal | None = activity.sale if self.sale is None else self.sale
        return found

    def paid_in(self, activity: Activity) -> str:
        """The currency that counts."""
        return self.currency or activity.currency
