"""An asset: one physical unit, with its owner, its place and what it is mounted on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.periods import AssetPeriod as AssetPeriod
from sitebook.assets.periods import LifeState, OwnPlace, PlaceKind
from sitebook.assets.states import LAST, NEXT, Condition, Criticality, Lifecycle
from sitebook.assets.texts import owner_text, place_text
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.basics.row_access import FoundBy, by_owner_and_place
from sitebook.custom_fields.models import CUSTOM_TEXTS
from sitebook.customers.models import Customer
from sitebook.products.generated import generated
from sitebook.products.models import Product
from sitebook.products.specifications import Specified
from sitebook.records.models import RecordRows, reference_number
from sitebook.sites.models import Area, Position, Site

# What it is, as people say it; else its number.
_NAME = "coalesce(nullif(description, ''), nullif(btrim(brand || ' ' || type), ''), nullif(serial, ''), reference)"
SERIAL_KEY = r"upper(regexp_replace(serial, '[[:space:]\u2010-\u2015_-]+', '', 'g'))"
"""Serials are the same whatever case, blanks and dashes they are written with."""


def _number(template: str, *, null: bool = False) -> models.GeneratedField:
    """A customer's number that follows from owner and place."""
    expression = models.Func(template=template, output_field=models.BigIntegerField())
    return models.GeneratedField(expression=expression, output_field=models.BigIntegerField(null=null), db_persist=True)


class AssetRows(RecordRows["Asset"]):
    def in_warranty(self, *, on: date) -> AssetRows:
        """Those whose warranty holds on the day."""
        begun = models.Q(warranty_start__isnull=True) | models.Q(warranty_start__lte=on)
        return self.filter(begun, warranty_end__gte=on)

    def of_serial(self, serial: str) -> AssetRows:
        """Those of this serial, however it is written; archived ones too."""
        written = models.Func(
            models.Value(serial),
            template=SERIAL_KEY.replace("serial", "%(expressions)s"),
            output_field=models.TextField(),
        )
        return self.exclude(serial_key="").filter(serial_key=written)


class Asset(Specified):
    """One physical unit. Owner, place and parent are what holds now; the database keeps them equal to the periods, and
    writes the first periods of new rows, also of many at once (``bulk_create``).

    No owner: it is our own firm's. ``holder_id`` and ``guest_id``: the one or two customers whose people see it.
    """

    named = Named(
        one=_("asset"),
        many=_("Assets"),
        icon="assets",
        page="assets:record",
        event="asset",
        documents=True,
        notes=True,
        custom_fields=True,
        bulk=True,
        silent=frozenset({"place_customer_id"}),
    )
    seen_by = by_owner_and_place(owner="owner_id", periods="assets_assetperiod")
    found_by = FoundBy(
        words=("reference", "serial", "type", "brand", "cost_centre"),
        of=(("products_productclass", "product_class_id", "name"),),
        spaced=("serial", "reference"),
        own=CUSTOM_TEXTS,
        customer="holder_id",
        nobodys=True,
        guest="guest_id",
    )

    reference = models.CharField(
        _("Reference"),
        max_length=40,
        unique=True,
        blank=True,
        db_default=reference_number("A", "assets_asset_reference"),
    )
    serial = models.CharField(_("Serial number"), max_length=100, blank=True, default="")
    serial_key = generated(SERIAL_KEY)
    product = models.ForeignKey(
        Product, verbose_name=_("Product"), null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    brand = models.CharField(_("Brand"), max_length=100, blank=True, default="")
    description = models.CharField(_("Description"), max_length=300, blank=True, default="")
    type = models.CharField(_("Type"), max_length=60, blank=True, default="")
    name = generated(_NAME)
    name_key = generated(f"sort_key({_NAME})")
    lifecycle = models.CharField(_("Status"), max_length=12, choices=Lifecycle, default=Lifecycle.IN_SERVICE)
    condition = models.CharField(_("Condition"), max_length=10, choices=Condition, default=Condition.WORKING)
    criticality = models.CharField(_("Criticality"), max_length=10, choices=Criticality, blank=True, default="")
    installed_on = models.DateField(_("Installed on"), null=True, blank=True)
    warranty_start = models.DateField(_("Warranty from"), null=True, blank=True)
    warranty_end = models.DateField(_("Warranty until"), null=True, blank=True)
    warranty_terms = models.CharField(_("Warranty terms"), max_length=300, blank=True, default="")
    cost_centre = models.CharField(_("Cost centre"), max_length=100, blank=True, default="")

    owner = models.ForeignKey(
        Customer, verbose_name=_("Owner"), null=True, blank=True, on_delete=models.PROTECT, related_name="owned_assets"
    )
    place_kind = models.CharField(_("Kind of place"), max_length=10, choices=PlaceKind, blank=True, default="")
    site = models.ForeignKey(
        Site, verbose_name=_("Site"), null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("Area"), null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    position = models.ForeignKey(
        Position, verbose_name=_("Position"), null=True, blank=True, on_delete=models.PROTECT, related_name="assets"
    )
    own_place = models.ForeignKey(
        OwnPlace,
        verbose_name=_("Place of our own"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assets",
    )
    place_customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer at the place"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="assets_on_location",
    )
    parent = models.ForeignKey(
        "self", verbose_name=_("Mounted on"), null=True, blank=True, on_delete=models.PROTECT, related_name="mounted"
    )
    holder_id = _number("coalesce(owner_id, place_customer_id, 0)")
    guest_id = _number("CASE WHEN owner_id <> place_customer_id THEN place_customer_id END", null=True)

    objects = AssetRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("serial_key", condition=~models.Q(serial_key=""), name="a_serial_names_one_asset"),
            models.CheckConstraint(condition=~models.Q(reference__regex=r"^\s*$"), name="an_asset_has_a_reference"),
            models.CheckConstraint(
                condition=models.Q(warranty_start__isnull=True)
                | models.Q(warranty_end__isnull=True)
                | models.Q(warranty_start__lte=models.F("warranty_end")),
                name="a_warranty_begins_before_it_ends",
            ),
        ]
        indexes = [
            models.Index("reference", "id", name="assets_by_reference"),
            models.Index("name_key", "id", name="assets_by_name"),
            models.Index("serial", "id", name="assets_by_serial"),
            models.Index("type", "id", name="assets_by_type"),
            models.Index("brand", "id", name="assets_by_brand"),
            models.Index("product_class", "id", name="assets_by_class"),
            models.Index("lifecycle", "id", name="assets_by_lifecycle"),
            models.Index("lifecycle", "updated_at", "id", name="assets_of_a_state_by_change"),
            models.Index("owner", "updated_at", "id", name="assets_of_an_owner_by_change"),
            models.Index("condition", "id", name="assets_by_condition"),
            models.Index("installed_on", "id", name="assets_by_installation"),
            models.Index("warranty_end", "id", name="assets_by_warranty"),
            models.Index(
                models.F("installed_on").desc(nulls_last=True), models.F("id").desc(), name="assets_latest_installed"
            ),
            models.Index(
                models.F("warranty_end").desc(nulls_last=True), models.F("id").desc(), name="assets_latest_warranty"
            ),
            models.Index("updated_at", "id", name="assets_by_change"),
            models.Index("created_at", "id", name="assets_by_addition"),
            models.Index("holder_id", "id", name="assets_by_holder"),
            models.Index("guest_id", "id", name="assets_by_guest", condition=models.Q(guest_id__isnull=False)),
            GinIndex(fields=["tags"], name="assets_by_tag"),
            GinIndex(fields=["custom"], name="assets_by_custom_field"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def aside(self) -> str:
        """What tells it from its namesakes."""
        return ", ".join(filter(None, [self.reference, self.serial]))

    @property
    def name_of_owner(self) -> str:
        """The owner in words; a hidden one stays hidden."""
        return owner_text(self)

    @property
    def name_of_place(self) -> str:
        """Where it is in words; "" when nobody knows."""
        return place_text(self)

    def is_in_warranty(self, day: date) -> bool:
        """Whether its warranty holds on the day: it has an end that is not past, and has begun."""
        begun = self.warranty_start is None or self.warranty_start <= day
        return self.warranty_end is not None and begun and day <= self.warranty_end

    def age_on(self, day: date) -> int | None:
        """Whole years since it was installed; None where nobody knows or the day is before."""
        since = self.installed_on
        if since is None or since > day:
            return None
        return day.year - since.year - ((day.month, day.day) < (since.month, since.day))

    @classmethod
    def add(
        cls,
        *,
        owner: Customer | None = None,
        site: Site | None = None,
        area: Area | None = None,
        position: Position | None = None,
        own_place: OwnPlace | None = None,
        parent: Asset | None = None,
        since: date | None = None,
        **values: Any,
    ) -> Asset:
        """Make an asset with its owner and, where given, its place or what it is mounted on, both from ``since``
        (None: always known). One that is mounted has no place of its own.

        Raises Refused (serial_taken, reference_taken, bad_place).
        """
        if parent is not None and (site or own_place):
            raise Refused(say("It is where the asset is that it is mounted on. Leave the place out."), code="bad_place")
        kind = PlaceKind.SITE if site else own_place.kind if own_place else ""
        customer = site.customer_id if site else None
        place = {"site": site, "area": area, "position": position, "own_place": own_place, "place_kind": kind}
        with transaction.atomic(), placed_well(), _placed_since(since):
            asset = _inserted(cls, owner=owner, parent=parent, place_customer_id=customer, **place, **values)
        asset.refresh_from_db()
        return asset

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record. Raises Refused (serial_taken, reference_taken)."""
        if values.get("reference") == "":
            del values["reference"]
        with _free(values):
            super().change(version=version, **values)

    def next_states(self) -> frozenset[str]:
        """The states it can pass to from the one it is in."""
        return NEXT[self.lifecycle]

    def enter(self, state: str, *, on: date, version: int | None = None) -> None:
        """Pass to another state of its life from the day on, today by preference.

        Raises Refused (not_possible_now) and StaleEdit where somebody changed it since ``version``. ``acts.enter`` does
        the same as an act that can be taken back.
        """
        if state == self.lifecycle:
            return
        if state not in self.next_states():
            words = {"name": self, "now": self.get_lifecycle_display(), "state": Lifecycle(state).label}
            text = say("%(name)s is “%(now)s” and cannot become “%(state)s” from there.")
            raise Refused(text % words, code="not_possible_now")
        if version not in (None, self.version):
            raise StaleEdit(say("Somebody else changed this record while you were editing it."))
        with transaction.atomic():
            LifeState(asset=self, state=state).begin(since=on)
        self.refresh_from_db()

    @property
    def is_out_of_use(self) -> bool:
        return self.lifecycle in LAST


@contextmanager
def _placed_since(since: date | None) -> Iterator[None]:
    """New assets are where they are, or mounted, from this day; the database writes their first periods."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sitebook.asset_since', %s, true)", [since.isoformat() if since else ""])
        yield
        cursor.execute("SELECT set_config('sitebook.asset_since', '', true)")


def _inserted(cls: type[Asset], **values: Any) -> Asset:
    """A new row; where the number it drew is one that somebody wrote by hand, it draws the next one."""
    own = values.pop("reference", "")
    while True:
        asset = cls(**values, **({"reference": own} if own else {}))
        try:
            with _free(values | {"reference": own}):
                asset.save(force_insert=True)
        except ReferenceTaken:
            if own:
                raise
            continue
        return asset


class ReferenceTaken(Refused):
    """Another asset has the reference."""


@contextmanager
def _free(values: dict[str, Any]) -> Iterator[None]:
    """Says in words what the database says of a serial or reference that is taken. Raises Refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if "a_serial_names_one_asset" in str(fault):
            raise _serial_taken(str(values.get("serial", ""))) from fault
        if "assets_asset_reference" in str(fault):
            text = say("The reference “%(reference)s” is already in use. Choose another one.")
            raise ReferenceTaken(text % {"reference": values.get("reference", "")}, code="reference_taken") from fault
        raise


class SerialTaken(Refused):
    """Another asset has the serial. ``holder``: that one, where the user sees it."""

    holder: Asset | None = None

    @property
    def linked(self) -> str:
        """With a link to the asset that has it."""
        if self.holder is None:
            return str(self)
        address = reverse(self.holder.named.page, args=[self.holder.pk])
        return format_html('{} <a href="{}">{}</a>', str(self), address, self.holder.reference)


def _serial_taken(serial: str) -> SerialTaken:
    holder = Asset.objects.of_serial(serial).first()
    text = say("The serial number “%(serial)s” is already in use.")
    if holder is not None:
        text = say("The serial number “%(serial)s” is already in use: %(reference)s %(name)s has it.")
        if holder.is_archived:
            text = say("The archived asset %(reference)s has the serial number “%(serial)s”. Restore it instead.")
    words = {"serial": serial, "reference": holder.reference if holder else "", "name": holder or ""}
    refusal = SerialTaken(text % words, code="serial_taken")
    refusal.holder = holder
    return refusal


_PLACES = {
    "a_position_holds_one_asset_at_a_time": _("Another asset is in this position at that time."),
    "the_area_is_at_the_site": _("This area or position is not at this site."),
    "an_own_place_is_of_its_kind": _("This place is not of this kind."),
    "an_asset_has_one_period_at_a_time": _("An asset that is mounted on another is where that one is."),
    "no_asset_is_mounted_on_itself": _("It would be mounted on itself. Choose another asset."),
}


@contextmanager
def placed_well() -> Iterator[None]:
    """Says in words why the database refuses a place or a mounting. Raises Refused (bad_place)."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        text = next((text for name, text in _PLACES.items() if name in str(fault)), None)
        if text is None:
            raise
        raise Refused(str(text), code="bad_place") from fault
