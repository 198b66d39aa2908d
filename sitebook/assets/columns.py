"""Columns of the list of assets beside those of its fields, and what programs read besides."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets.models import Asset
from sitebook.assets.texts import customer_there_text, owner_text, place_text
from sitebook.customers.models import Customer
from sitebook.lists.cells import Badge, Link
from sitebook.products import specifications
from sitebook.products.register import class_text
from sitebook.registers.columns import plain_column
from sitebook.registers.operations import Reading


def _seen(name: str) -> Any:
    """The id of a record that a row names, where the reader sees it."""
    return lambda row: getattr(row, f"{name}_id") if getattr(row, name) else None


_STATES = {"in service": "good", "in transit": "news", "in workshop": "attention", "lost": "bad"}
_CONDITIONS = {"working": "good", "limited": "attention", "down": "bad", "unsafe": "bad"}

STATE = Badge(
    of=attrgetter("lifecycle"),
    tones=_STATES,
    tone="idle",
    bare="in service",
)
CONDITION = Badge(
    of=attrgetter("condition"),
    tones=_CONDITIONS,
    tone="idle",
    bare="working",
)


def badges(asset: Asset, on: date) -> list[tuple[str, str]]:
    """Under an asset's name: its status, its condition, and that its warranty holds on the day (F-126)."""
    found = [
        (asset.get_lifecycle_display(), _STATES.get(asset.lifecycle, "idle")),
        (asset.get_condition_display(), _CONDITIONS.get(asset.condition, "idle")),
    ]
    return [*found, (say("In warranty"), "good")] if asset.is_in_warranty(on) else found


ORDER = (
    *("reference", "description", "serial", "type", "product_class", "brand", "product_code"),
    *("owner", "place", "lifecycle", "condition"),
)
OWNER = Link(
    view="customers:customer",
    of=_seen("owner"),
    muted=lambda row: not row.owner,
    reads=("owner_id", "owner__name"),
)
PLACE = Link(view="sites:site", of=_seen("site"), muted=lambda row: not row.site, reads=("site_id", "site__name"))
_PRODUCT = Link(view="products:record", of=_seen("product"), reads=("product_id", "product__code"))
_PLACE_READS = ("place_kind", "site_id", "site__name", "area__name", "own_place__name")

COLUMNS = [
    plain_column("description", _("Description"), "name", look="l1 grow p2", sort=("name_key",)),
    plain_column("product_class", _("Class"), "product_class__name", value=class_text, look="p2"),
    plain_column(
        "product_code",
        _("Product code"),
        "product__code",
        value=lambda row: row.product.code if row.product else "",
        look="p3",
        cell=_PRODUCT,
    ),
    plain_column("owner", _("Customer"), "owner_id", "owner__name", value=owner_text, look="p2", cell=OWNER),
    plain_column("place", _("Place"), *_PLACE_READS, value=place_text, look="p2", cell=PLACE),
    plain_column(
        "at",
        _("Customer at the place"),
        "place_customer_id",
        "place_customer__name",
        value=customer_there_text,
        shown=False,
        cell=Link(
            view="customers:customer",
            of=_seen("place_customer"),
            muted=lambda row: not row.place_customer,
            reads=("place_customer_id", "place_customer__name"),
        ),
    ),
]


def rows() -> QuerySet[Any]:
    """What the list reads."""
    named = ("owner", "site", "area", "own_place", "product", "product_class", "place_customer", "parent")
    return Asset.objects.select_related(*named)


def _told(_asked: Any) -> QuerySet[Any]:
    return rows().prefetch_related("product_class__fields")


READING = Reading(
    rows=_told,
    names={"place_customer": (Customer, attrgetter("place_customer_id"))},
    also={
        "place_kind": attrgetter("place_kind"),
        "place": place_text,
        "specifications": specifications.for_programs,
    },
)
