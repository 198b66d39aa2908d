"""The register of assets."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.assets import columns, found_by_name, rules, verbs
from sitebook.assets.as_of import DAYS
from sitebook.assets.boards import BOARDS
from sitebook.assets.filters import FILTERS
from sitebook.assets.models import Asset
from sitebook.assets.own_places import OWN_PLACES
from sitebook.assets.periods import OwnPlace
from sitebook.customers.models import Customer
from sitebook.lists.maps import Map
from sitebook.products import specifications
from sitebook.products.classes import ProductClass
from sitebook.products.models import Product
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.registers.tabs import Tab
from sitebook.sites.models import Site
from sitebook.sites.on_map import called
from sitebook.values.kinds import Day
from sitebook.values.references import Reference

_PRODUCT = Reference(to=Product, picker="products:pick", fills="assets:from-product")
_CLASS = Reference(to=ProductClass, picker="product-classes:pick", called=ProductClass.called_or_new, makes=True)
_WARRANTY, _PLACE = _("Warranty"), _("Owner and place")


def _named(name: str, picker: str, to: Any, found: Any, *, beside: str = "", **more: Any) -> Field:
    """A record that an asset names when it is made; verbs of their own change it afterwards."""
    kind = Reference(to=to, picker=picker, beside=beside)
    return Field(name, kind=kind, column=None, writes="new", told=False, section=_PLACE, found_by=found, **more)


ASSETS = Register(
    model=Asset,
    path="assets",
    see=Permission.SEE_ASSETS,
    change=Permission.CHANGE_ASSETS,
    archive=Permission.ARCHIVE_ASSETS,
    order="reference",
    rows=columns.rows,
    fields=[
        Field("reference", sort=True, key=True, help=_("Left empty, it is numbered by itself."), told=False),
        Field("serial", column="l2", sort=True, key=True),
        Field("product", kind=_PRODUCT, column=None, found_by=found_by_name.product),
        Field("brand", column="p2", sort=True, filter=True, bulk=True, words=True),
        Field("description", column="p3"),
        Field("product_class", kind=_CLASS, column=None, bulk=True),
        Field("type", column="p3", sort=True, filter=True, bulk=True, words=True),
        _named("owner", "customers:pick", Customer, found_by_name.customer, help=_("Empty: our own firm.")),
        _named("site", "assets:sites-to-pick", Site, found_by_name.site, beside="owner"),
        _named("own_place", "own-places:pick", OwnPlace, found_by_name.own_place, help=_("In place of a site.")),
        _named("parent", "assets:pick", Asset, found_by_name.asset, help=_("Then it is where that one is.")),
        Field("lifecycle", column="r1", cell=columns.STATE, sort=True, filter=True, writes="new"),
        Field("condition", column="r2", cell=columns.CONDITION, sort=True, filter=True, bulk=True),
        Field("criticality", filter=True, bulk=True),
        Field("installed_on", sort=True, bulk=True, kind=Day()),
        Field("warranty_start", section=_WARRANTY, kind=Day()),
        Field("warranty_end", section=_WARRANTY, sort=True, bulk=True, kind=Day()),
        Field("warranty_terms", section=_WARRANTY),
        Field("cost_centre", bulk=True, leaves=True),
        Field("specifications", kind=specifications.Specifications(), column=None, asked=False, told=False),
    ],
    any_key=True,
    days=DAYS,
    columns=columns.COLUMNS,
    filters=FILTERS,
    list_order=columns.ORDER,
    boards=BOARDS,
    map=Map(x="site__map_x", y="site__map_y", site="site_id", called=partial(called, Site.objects)),
    checks=[rules.warranty_begins_before_it_ends, rules.one_place, specifications.nothing_lost],
    follows=rules.following,
    more=specifications.with_columns,
    parts=specifications.parts,
    reading=columns.READING,
    summary="assets/_summary.html",
    badges=columns.badges,
    selection="assets/_selection.html",
    offers=verbs.offered,
    tabs=[
        Tab("life", _("Owner and place"), "assets:life"),
        Tab("installation", _("Installation"), "assets:installation"),
        Tab("materials", _("Installed materials"), "assets:materials"),
        Tab("meters", _("Meters"), "assets:meters"),
    ],
    key="a",
    beside=[OWN_PLACES],
    new_label=_("New asset"),
    selected_label=_("Selected assets"),
    placeholder=_("Filter by reference, serial number, brand or type"),
    empty=(_("What do you look after?"), _("An asset is one machine: its maker, its owner, where it stands.")),
    help="assets",
)
