"""Sites are where the work is; tenures say who had a site when; areas and positions are the place itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from sitebook.basics.named import Event, Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_customer, by_parent
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.records.addresses import one_line
from sitebook.records.dated import Dated, DatedRows, lasts_some_time, one_at_a_time
from sitebook.records.models import NotByItself, Reachable, Record, RecordRows, reference_number
from sitebook.sites.history_words import HANDED, PERIOD
from sitebook.sites.on_map import BY_PLACE, OnTheMap
from sitebook.ui.formats import day_text


class SiteRows(RecordRows["Site"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""

    def returning(self) -> RecordRows[Site]:
        """None that was joined into another one."""
        return self.filter(ended_on__isnull=True)


class Site(OnTheMap, Reachable, Record):
    """A place where work is done. One customer has it at any instant, or it is vacant."""

    named = Named(
        one=_("site"),
        many=_("Sites"),
        icon="sites",
        page="sites:site",
        event="site",
        documents=True,
        custom_fields=True,
        bulk=True,
        changes_hands=True,
    )
    goes_along = ngettext_lazy("%(count)s site goes along", "%(count)s sites go along", "many")
    seen_by = by_customer("customer_id")
    found_by = FoundBy(
        words=("reference", "code", "line1", "line2", "town", "postcode"),
        spaced=("postcode", "code"),
        phones=("phones",),
        emails=("emails",),
        own=CUSTOM_TEXTS,
        children=(("sites_siteexternalid", "site_id", "value"),),
    )

    class Status(models.TextChoices):
        PROSPECTIVE = "prospective", _("Prospective")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        CLOSED = "closed", _("Closed")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("S", "sites_site_reference"),
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), null=True, on_delete=models.PROTECT, related_name="sites"
    )
    name = models.CharField(_("Name"), max_length=200)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="sort_key"), output_field=models.TextField(), db_persist=True
    )
    code = models.CharField(_("Code"), max_length=60, blank=True, default="")
    type = models.CharField(_("Type"), max_length=60, blank=True, default="")
    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.ACTIVE)
    own_stock = models.BooleanField(_("Counts as our own stock"), default=False)
    line1 = models.CharField(_("Address line 1"), max_length=200, blank=True, default="")
    line2 = models.CharField(_("Address line 2"), max_length=200, blank=True, default="")
    town = models.CharField(_("Town"), max_length=100, blank=True, default="")
    region = models.CharField(_("County, state or province"), max_length=100, blank=True, default="")
    postcode = models.CharField(_("Postcode"), max_length=20, blank=True, default="")
    country = models.CharField(_("Country"), max_length=2, blank=True, default="")
    latitude = models.DecimalField(_("Latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("Longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True, default="")
    access_instructions = models.TextField(_("Getting in"), blank=True, default="")
    opening_hours = models.CharField(_("Opening hours"), max_length=300, blank=True, default="")
    hazards = models.TextField(_("Hazards"), blank=True, default="")

    ended_on = models.DateField(_("Ended on"), null=True, editable=False)
    joined_into = models.ForeignKey("self", verbose_name=_("Joined into"), null=True, on_delete=models.PROTECT,
                                   related_name="joined_from", editable=False)  # fmt: skip
    split_from = models.ForeignKey("self", verbose_name=_("Split from"), null=True, on_delete=models.PROTECT,
                                   related_name="split_into", editable=False)  # fmt: skip

    objects = SiteRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_site_has_a_name"),
            models.UniqueConstraint(
                "customer",
                Lower("code"),
                condition=~models.Q(code=""),
                name="a_code_is_unique_within_the_customer",
            ),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="coordinates_lie_on_the_earth",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(status="closed"),
                name="a_site_that_ended_is_closed",
            ),
        ]
        indexes = [
            models.Index("name_key", "id", name="sites_by_name"),
            models.Index("customer", "name_key", "id", name="sites_by_customer"),
            models.Index("updated_at", "id", name="sites_by_change"),
            models.Index("created_at", "id", name="sites_by_addition"),
            models.Index("code", "id", name="sites_by_code"),
            models.Index("town", "id", name="sites_by_town"),
            models.Index("postcode", "id", name="sites_by_postcode"),
            models.Index("type", "id", name="sites_by_type"),
            models.Index("status", "id", name="sites_by_status"),
            BY_PLACE,
            GinIndex(fields=["tags"], name="sites_by_tag"),
            GinIndex(fields=["custom"], name="sites_by_custom_field"),
            models.Index("updated_at", name="sites_tagged", condition=~models.Q(tags=[])),
            models.Index("updated_at", name="sites_typed", condition=~models.Q(type="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        customer = self.customer.name if self.customer else ""
        return ", ".join(filter(None, [customer, self.line1, self.town, self.postcode]))

    @classmethod
    def add(cls, *, customer: Customer, name: str, since: date | None = None, **values: Any) -> Site:
        """Make a site; the customer has it from ``since`` (a day in the site's zone; None: always known).

        Raises Refused (code_taken) when the customer has another site of this code.
        """
        try:
            with transaction.atomic():
                site = cls(customer=customer, name=name, **values)
                site.save(force_insert=True)
        except IntegrityError as fault:
            raise _code_taken(fault, values.get("code", "")) from fault
        Tenure.objects.create(site=site, customer=customer, during=DateRange(since, None))
        site.refresh_from_db()
        return site

    def change(self, *, version: int, **values: Any) -> None:
        if self.ended_on:
            raise Refused(self.takes_nothing_new, code="site_ended")
        try:
            super().change(version=version, **values)
        except IntegrityError as fault:
            raise _code_taken(fault, values.get("code", "")) from fault

    def why_not_restore(self) -> NotByItself | None:
        """A site that was joined into another one comes back when that is taken back."""
        text = _("%(said)s Take the joining back, and it is here again.") % {"said": self.said_of_end}
        return NotByItself(text, code="restore_other_first") if self.ended_on else None

    @property
    def lives_on_in(self) -> Site | None:
        """The site it was joined into; None where whoever asks does not see that one."""
        return Site.objects.filter(pk=self.joined_into_id).first() if self.joined_into_id else None

    @property
    def said_of_end(self) -> str:
        """When it ended and what it became a part of; "" while it stands."""
        day, into = day_text(self.ended_on or date.max), self.lives_on_in or _("another site")
        words = {"site": self, "day": day, "into": into}
        return str(_("%(site)s was joined into %(into)s on %(day)s.") % words) if self.ended_on else ""

    @property
    def takes_nothing_new(self) -> str:
        """Why nothing is written to it any more; "" while it stands."""
        return str(_("%(said)s Write it down there.") % {"said": self.said_of_end}) if self.ended_on else ""

    @property
    def address(self) -> str:
        return one_line(self)


def _code_taken(fault: IntegrityError, code: str) -> Exception:
    if "a_code_is_unique_within_the_customer" in str(fault):
        text = _("The code “%(code)s” is already in use at this customer. Choose another one.")
        return Refused(text % {"code": code}, code="code_taken")
    return fault


class TenureRows(DatedRows["Tenure"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Tenure(Dated):
    """Who had a site when: half-open periods without gap or overlap; no customer means vacant.

    ``place``: the site's fields as they last were while the customer had it. The database keeps it
    (``tenure_keeps_its_place``), so a former customer's people still read what they knew and nothing newer.
    """

    named = Named(one=_("period of a site"))
    seen_by = by_customer("customer_id", parent=("sites_site", "site_id"), quiet=("place",))

    per = ("site",)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tenures")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="tenures")
    place = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), editable=False)
    name_key = models.GeneratedField(
        expression=models.Func(KeyTextTransform("name", "place"), function="sort_key"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenureRows.as_manager()

    class Meta:
        indexes = [models.Index("name_key", "id", name="tenures_by_name")]
        constraints = [
            one_at_a_time("site", name="one_customer_has_a_site_at_a_time"),
            lasts_some_time("a_tenure_lasts_some_time"),
        ]

    @staticmethod
    def history_turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
        """What the history says when another end of the period is all that a former customer sees."""
        return PERIOD if action == "changed" and "during" in changes else None


def while_theirs(*, on: date) -> models.Exists:
    """Of what a customer's people wrote about a site: whether that customer has the site on the day."""
    theirs = {"site": models.OuterRef("site"), "customer": models.OuterRef("customer")}
    return models.Exists(Tenure.objects.in_force(on=on).filter(**theirs))


def had_by(customer_id: int, *, on: date) -> models.QuerySet[Tenure, Any]:
    """The ids of the sites a customer has on the day, to look others up in: asked once, where ``while_theirs`` is asked
    for each of thousands of rows."""
    return Tenure.objects.in_force(on=on).filter(customer=customer_id).values("site")


class Handover(models.Model):
    """A site changed hands, was split or joined: what was done on one day, and can be taken back whole."""

    named = Named(
        one=_("hand-over of a site"),
        events=(
            Event(name="site.handed_over", label=_("A site is handed over"), column="kind", value="handed over"),
            Event(name="site.vacated", label=_("A site is left to nobody"), column="kind", value="vacated"),
            Event(name="site.split", label=_("A site is split"), column="kind", value="split"),
            Event(name="site.joined", label=_("A site is joined into another"), column="kind", value="joined"),
            Event(name="site.taken_back", label=_("A hand-over, split or join is taken back"), column="reversed_at"),
        ),
        silent=frozenset({"tenure_id"}),
        leads=True,
    )
    seen_by = by_customer("customer_id", parent=("sites_site", "site_id"), quiet=("details",))

    class Kind(models.TextChoices):
        HANDED_OVER = "handed over", _("Handed over")
        VACATED = "vacated", _("Vacated")
        SPLIT = "split", _("Split off")
        JOINED = "joined", _("Joined")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="handovers")
    kind = models.CharField(_("What was done"), max_length=12, choices=Kind)
    day = models.DateField(_("From"))
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    tenure = models.ForeignKey(Tenure, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    other_site = models.ForeignKey(
        Site, verbose_name=_("Other site"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    details = models.JSONField(default=dict, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    reversed_at = models.DateTimeField(_("Taken back"), null=True, editable=False)

    class Meta:
        ordering = ["-day", "-pk"]

    @staticmethod
    def history_turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
        """What the history says became of the site."""
        if action == "made":
            done = str(changes.get("kind", [None, ""])[1])
            return HANDED[done if done in HANDED else "handed over"]
        return HANDED["taken back" if "reversed_at" in changes else "corrected"]


class SiteExternalId(models.Model):
    """The site's id in another system."""

    named = Named(one=_("id in another system"))
    seen_by = by_parent("sites_site", "site_id")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="external_ids", db_index=False)
    system = models.CharField(_("System"), max_length=40)
    value = models.CharField(_("Id there"), max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "value"], name="an_outside_id_names_one_site"),
            models.UniqueConstraint(fields=["site", "system"], name="a_site_has_one_id_in_a_system"),
        ]


class Area(models.Model):
    """A building, floor or room inside a site. The parent is in the same site; the database holds it."""

    named = Named(one=_("area"))
    seen_by = by_parent("sites_site", "site_id", of_place=True)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="areas")
    parent = models.ForeignKey(
        "self", verbose_name=_("Inside"), null=True, on_delete=models.PROTECT, related_name="inner"
    )
    name = models.CharField(_("Name"), max_length=100)
    kind = models.CharField(_("Kind"), max_length=60, blank=True, default="")
    notes = models.CharField(_("Notes"), max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="an_area_has_a_name"),
            models.UniqueConstraint(
                "site", "parent", Lower("name"), name="an_area_is_named_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Position(models.Model):
    """A role a unit fills in a place ("Boiler 1"); it outlives the unit."""

    named = Named(one=_("position"))
    seen_by = by_parent("sites_site", "site_id", of_place=True)

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="positions")
    area = models.ForeignKey(
        Area, verbose_name=_("Area"), null=True, on_delete=models.PROTECT, related_name="positions"
    )
    name = models.CharField(_("Name"), max_length=100)
    tag_number = models.CharField(_("Tag number"), max_length=60, blank=True, default="")
    product_class = models.CharField(_("Kind of equipment"), max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_position_has_a_name"),
            models.UniqueConstraint(
                "site", "area", Lower("name"), name="a_position_is_named_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                "site",
                Lower("tag_number"),
                condition=~models.Q(tag_number=""),
                name="a_tag_number_is_unique_in_the_site",
            ),
        ]

    def __str__(self) -> str:
        return self.name
