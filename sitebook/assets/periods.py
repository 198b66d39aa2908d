"""What holds of an asset from when to when: its owner, its place, what it is mounted on.

``Ownership``, ``Placement``, ``Parentage`` and ``LifeState`` are written by the verbs of an asset. ``AssetPeriod`` is
made from them by the database: a row for each period in which none of the four changed, with the customer who had the
site then. Row policies and lists of another day read it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sitebook.assets.states import Lifecycle
from sitebook.basics.named import Event, Named
from sitebook.basics.row_access import SeenBy, by_customer, by_owner_and_place, everybody
from sitebook.customers.models import Customer
from sitebook.records.dated import Dated, DatedRows, lasts_some_time, one_at_a_time
from sitebook.records.models import Record, RecordRows, reference_number
from sitebook.sites.models import Area, Handover, Position, Site

_ASSET = "assets.Asset"
PERIODS = "assets_assetperiod"


class PlaceKind(models.TextChoices):
    SITE = "site", _("At a site")
    STORE = "store", _("In our store")
    VAN = "van", _("In a van")
    WORKSHOP = "workshop", _("In the workshop")
    TRANSIT = "transit", _("In transit")


OWN_KINDS = (PlaceKind.STORE, PlaceKind.VAN, PlaceKind.WORKSHOP)


class OwnPlaceRows(RecordRows["OwnPlace"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class OwnPlace(Record):
    """A store, van or workshop of our own firm. Everybody who signs in sees it."""

    named = Named(
        one=_("place of our own"), many=_("Places of our own"), icon="route", page="own-places:record", bulk=True
    )
    seen_by = everybody(nobodys=True)

    class Kind(models.TextChoices):
        STORE = "store", _("Store")
        VAN = "van", _("Van")
        WORKSHOP = "workshop", _("Workshop")

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("OP", "assets_ownplace_reference"),
    )
    name = models.CharField(_("Name"), max_length=100)
    name_key = models.GeneratedField(
        expression=models.Func("name", function="sort_key"), output_field=models.TextField(), db_persist=True
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.STORE)

    objects = OwnPlaceRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_place_of_our_own_has_a_name")
        ]
        indexes = [
            models.Index("name_key", "id", name="own_places_by_name"),
            models.Index("kind", "id", name="own_places_by_kind"),
            models.Index("updated_at", "id", name="own_places_by_change"),
            models.Index("created_at", "id", name="own_places_by_addition"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return str(self.get_kind_display())

    @classmethod
    def add(cls, *, name: str, **values: Any) -> OwnPlace:
        place = cls(name=name, **values)
        place.save(force_insert=True)
        place.refresh_from_db()
        return place


def _seen_with(condition: str, column: str) -> SeenBy:
    """Rows of whoever sees a period ``p`` of the asset that ``column`` names."""
    there = f"EXISTS (SELECT 1 FROM {PERIODS} p WHERE {condition})"
    return SeenBy(few=there, many=there, parent=("assets_asset", column))


def _with_a_period(column: str, table: str) -> SeenBy:
    """Rows of whoever sees a period of the asset that they overlap."""
    return _seen_with(f"p.asset_id = {table}.{column} AND p.during && {table}.during", column)


def _owned() -> str:
    """What was our own firm's is seen by whoever sees the asset."""
    return "(owner_id IS NULL AND EXISTS (SELECT 1 FROM assets_asset a WHERE a.id = asset_id))"


class OwnershipRows(DatedRows["Ownership"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Ownership(Dated):
    """Who owned an asset when, without gap or overlap; no owner: our own organisation."""

    named = Named(one=_("ownership of an asset"))
    seen_by = by_customer("owner_id", parent=("assets_asset", "asset_id"), also=_owned)

    per, says = ("asset",), ("owner",)

    asset = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="ownerships")
    owner = models.ForeignKey(
        Customer, verbose_name=_("Owner"), null=True, on_delete=models.PROTECT, related_name="owned_assets_ever"
    )
    document = models.CharField(_("Document"), max_length=200, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = OwnershipRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("asset", name="an_asset_has_one_owner_at_a_time", policy="owner"),
            lasts_some_time("an_ownership_lasts_some_time"),
        ]


class PlacementRows(DatedRows["Placement"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Placement(Dated):
    """Where an asset stood when. One that is mounted on another has none: it is where that one is.

    ``handover``: the split or join of sites that brought it there.
    """

    named = Named(one=_("placement of an asset"))
    seen_by = _with_a_period("asset_id", "assets_placement")

    per, says = ("asset",), ("kind", "site", "area", "position", "own_place")

    asset = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="placements")
    kind = models.CharField(_("Kind of place"), max_length=10, choices=PlaceKind)
    site = models.ForeignKey(Site, verbose_name=_("Site"), null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, verbose_name=_("Area"), null=True, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(
        Position, verbose_name=_("Position"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    own_place = models.ForeignKey(
        OwnPlace, verbose_name=_("Place of our own"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    handover = models.ForeignKey(Handover, null=True, on_delete=models.SET_NULL, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PlacementRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("asset", name="an_asset_stands_in_one_place_at_a_time"),
            one_at_a_time(
                "position", name="a_position_holds_one_asset_at_a_time", condition=models.Q(position__isnull=False)
            ),
            lasts_some_time("a_placement_lasts_some_time"),
            models.CheckConstraint(
                condition=models.Q(kind=PlaceKind.SITE, site__isnull=False, own_place__isnull=True)
                | models.Q(kind__in=OWN_KINDS, site__isnull=True, own_place__isnull=False)
                | models.Q(kind=PlaceKind.TRANSIT, site__isnull=True, own_place__isnull=True),
                name="a_placement_names_the_place_of_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(site__isnull=False) | models.Q(area__isnull=True, position__isnull=True),
                name="an_area_or_position_is_at_a_site",
            ),
        ]


class ParentageRows(DatedRows["Parentage"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Parentage(Dated):
    """What an asset was mounted on when. No loop on any day."""

    named = Named(one=_("mounting of an asset"))
    seen_by = _with_a_period("child_id", "assets_parentage")

    per, says = ("child",), ("parent", "mount_point")

    child = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="parentages")
    parent = models.ForeignKey(_ASSET, verbose_name=_("Mounted on"), on_delete=models.PROTECT, related_name="mountings")
    mount_point = models.CharField(_("Mounted where"), max_length=100, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ParentageRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("child", name="an_asset_is_mounted_on_one_at_a_time"),
            lasts_some_time("a_mounting_lasts_some_time"),
        ]


class LifeStateRows(DatedRows["LifeState"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class LifeState(Dated):
    """In which state of its life an asset was when, without gap."""

    named = Named(one=_("status of an asset"))
    seen_by = _with_a_period("asset_id", "assets_lifestate")

    per, says = ("asset",), ("state",)

    asset = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="states")
    state = models.CharField(_("Status"), max_length=12, choices=Lifecycle)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = LifeStateRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("asset", name="an_asset_has_one_status_at_a_time"),
            lasts_some_time("a_status_lasts_some_time"),
        ]


class AssetAct(models.Model):
    """What was done to assets on a day; it can be taken back whole (``acts.py``).

    ``before`` and ``after``: the periods of the assets it touched, by their ids.
    """

    named = Named(
        one=_("act on an asset"),
        events=(
            Event(name="asset.moved", label=_("An asset is moved, mounted or replaced"), column="kind"),
            Event(name="asset.taken_back", label=_("What was done to an asset is taken back"), column="reversed_at"),
        ),
        leads=True,
    )
    seen_by = replace(
        _seen_with("p.asset_id = assets_assetact.asset_id AND p.during @> assets_assetact.day", "asset_id"),
        quiet=("before", "after"),
    )

    class Kind(models.TextChoices):
        PLACED = "placed", _("Moved")
        TO_WORKSHOP = "to workshop", _("Sent to the workshop")
        BACK = "back", _("Back from the workshop")
        SOLD = "sold", _("Handed to another owner")
        MOUNTED = "mounted", _("Mounted")
        TAKEN_OFF = "taken off", _("Taken off")
        REPLACED = "replaced", _("Replaced")
        STATE = "status", _("Status changed")

    asset = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="acts")
    other = models.ForeignKey(
        _ASSET, verbose_name=_("Other asset"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(_("What was done"), max_length=12, choices=Kind)
    day = models.DateField(_("From"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True, default="")
    before = models.JSONField(default=dict, editable=False)
    after = models.JSONField(default=dict, editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )
    reversed_at = models.DateTimeField(_("Taken back"), null=True, editable=False)

    class Meta:
        ordering = ["-day", "-pk"]


class AssetPeriodRows(models.QuerySet["AssetPeriod"]):
    """Rows by day."""

    def in_force(self, *, on: Any) -> AssetPeriodRows:
        return self.filter(during__contains=on)


class AssetPeriod(models.Model):
    """Owner, place, the place's customer, parent and status of an asset in a period; written by the database alone.

    ``holder_id``: the owner, else the place's customer, 0 for an asset that concerns no customer. ``guest_id``: the
    place's customer where that is another one than the owner.
    """

    seen_by = by_owner_and_place(owner="owner_id", write="", tracked=False)

    asset = models.ForeignKey(_ASSET, on_delete=models.CASCADE, related_name="periods", db_constraint=False)
    during = DateRangeField(_("Period"))
    owner = models.ForeignKey(Customer, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=10, choices=PlaceKind, blank=True, default="")
    site = models.ForeignKey(Site, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    area = models.ForeignKey(
        Area, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    position = models.ForeignKey(
        Position, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    own_place = models.ForeignKey(
        OwnPlace, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    place_customer = models.ForeignKey(
        Customer, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    parent = models.ForeignKey(
        _ASSET, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    lifecycle = models.CharField(max_length=12, choices=Lifecycle, blank=True, default="")
    holder_id = models.BigIntegerField()
    guest_id = models.BigIntegerField(null=True)

    objects = AssetPeriodRows.as_manager()

    class Meta:
        constraints = [
            one_at_a_time("asset", name="an_asset_has_one_period_at_a_time"),
        ]
        indexes = [
            models.Index("holder_id", "asset", name="asset_periods_by_holder"),
            models.Index(
                "guest_id", "asset", name="asset_periods_by_guest", condition=models.Q(guest_id__isnull=False)
            ),
        ]
