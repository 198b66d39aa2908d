"""The register of sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.api.requests import Day
from sitebook.customers.columns import HOLDER_READS, OF_CUSTOMER, customer_reference_column, holder_text
from sitebook.customers.models import Customer
from sitebook.lists.cells import Badge, Look
from sitebook.lists.maps import Map
from sitebook.registers.columns import REACH, field_column, plain_column
from sitebook.registers.field import Field
from sitebook.registers.lists import AS_OF, InUse
from sitebook.registers.register import Register
from sitebook.registers.schemas import Brief, not_published
from sitebook.sites.actions import ended, site_actions
from sitebook.sites.lists import HOLDER, NO_TYPE, of_types, type_choices
from sitebook.sites.models import Site
from sitebook.sites.on_map import called
from sitebook.values.codes import COUNTRY, TIME_ZONE
from sitebook.values.kinds import LATITUDE, LONGITUDE, Paragraphs
from sitebook.values.references import Reference

_ADDRESS = _("Address")
STATUS = Badge(of=attrgetter("status"), tones={"active": "good", "prospective": "news"}, tone="idle", bare="active")


def coordinates_come_in_pairs(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: both coordinates or none."""
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        return "latitude", say("Give latitude and longitude, or neither.")
    return None


def _joined(row: Site) -> str:
    """What it became a part of; of a site the reader does not see only that there is one."""
    return (row.joined_into.name if row.joined_into else say("another site")) if row.joined_into_id else ""


def _holder(row: Site) -> str:
    return "" if row.ended_on else holder_text(row, none=say("vacant"))


def _linked(row: Any) -> int | None:
    return None if getattr(row, "ended_on", None) else OF_CUSTOMER.of(row)


def _holder_reference(row: Site) -> str:
    return row.customer.reference if row.customer and not row.ended_on else ""


def _rows() -> QuerySet[Site]:
    return Site.objects.select_related("customer")


SITES = Register(
    model=Site,
    path="sites",
    see=Permission.SEE_CUSTOMERS,
    change=Permission.CHANGE_SITES,
    archive=Permission.ARCHIVE_SITES,
    rows=_rows,
    map=Map(x="map_x", y="map_y", site="pk", called=partial(called, Site.objects)),
    fields=[
        Field(
            "customer",
            kind=Reference(to=Customer, picker="customers:pick", required=True),
            column=None,
            writes="new",
            imported=False,
            copied=False,
            told=False,
        ),
        Field("name", heading=_("Site"), sort="name_key", copied=False, told=False),
        Field(
            "code",
            column="p3",
            cell=Look(also="code"),
            sort=True,
            leaves=True,
            copied=False,
            personal=True,
            told=False,
            help=_("Unique among the customer’s sites."),
        ),
        Field("type", column="p3", sort=True, bulk=True, words=True, told=False),
        Field("status", column="r1", cell=STATUS, sort=True, filter=True, writes="new", imported=False, told=False),
        Field("line1", section=_ADDRESS, imported=False, personal=True, told=False),
        Field("line2", section=_ADDRESS, imported=False, personal=True, told=False),
        Field("town", section=_ADDRESS, column=None, told=False),
        Field("region", section=_ADDRESS, bulk=True, told=False),
        Field("postcode", section=_ADDRESS, column="r2", sort=True, personal=True, told=False),
        Field("country", section=_ADDRESS, kind=COUNTRY, bulk=True, told=False),
        Field("latitude", section=_ADDRESS, kind=LATITUDE, personal=True, told=False),
        Field("longitude", section=_ADDRESS, kind=LONGITUDE, personal=True, told=False),
        Field("phones", imported=False, leaves=True, personal=True, told=False),
        Field("emails", imported=False, leaves=True, personal=True, told=False),
        Field("access_instructions", kind=Paragraphs(length=5000), column=None, personal=True, told=False),
        Field("opening_hours", column=None, bulk=True, leaves=True, personal=True, told=False),
        Field(
            "hazards",
            kind=Paragraphs(length=5000, rows=2),
            column=None,
            personal=True,
            told=False,
            help=_("One a line."),
        ),
        Field("time_zone", kind=TIME_ZONE, column=None, bulk=True, told=False),
        Field("own_stock", column=None, bulk=True, copied=False, told=False),
        Field("tags", leaves=True, personal=True, told=False),
        Field("ended_on", column=None, writes="never", imported=False, told=False),
        Field("notes", column=None, leaves=True, copied=False, personal=True, told=False),
    ],
    also_read={"joined_into": not_published(Brief | None, "The site it was joined into, from ``ended_on`` on.")},
    blocked=ended,
    columns=[
        plain_column(
            "joined_into", _("Joined into"), "joined_into_id", "joined_into__name", value=_joined, shown=False
        ),
        plain_column(
            "customer",
            _("Customer"),
            *HOLDER_READS,
            "ended_on",
            value=_holder,
            look="p2",
            cell=replace(OF_CUSTOMER, of=_linked, reads=(*HOLDER_READS, "ended_on")),
        ),
        plain_column("place", _("Place"), "town", sort=("town",), look="p2 l2", file_label=_("Town")),
        field_column(Site, "reference", sort=("reference",)),
        replace(customer_reference_column(), value=_holder_reference, reads=("customer__reference", "ended_on")),
    ],
    filters=[AS_OF, InUse("type", _("Type"), type_choices, by=of_types, fixed=NO_TYPE), HOLDER],
    list_order=("name", "customer", "code", "place", "postcode", "type", "status", "changed", "created", "reference"),
    file_order=(
        *("reference", "name", "customer", "customer_reference", "code", "type", "status", "line1", "line2", "place"),
        *("region", "postcode", "country", "latitude", "longitude", *REACH, "contact", "tags"),
    ),
    checks=[coordinates_come_in_pairs],
    also_new={"since": not_published(Day | None, "The day from which the customer has it, in its zone; else always.")},
    actions=site_actions,
    new_label=_("New site"),
    selected_label=_("Selected sites"),
    help="sites",
)
