"""The verbs of an asset: place, workshop, sell, mount, replace, end. Each is one act, which can be taken back whole.

Each counts from a day up to the next change that is written down, so that what was forgotten can be written late.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sitebook.assets.acts import Doing, act_on
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, LifeState, Ownership, OwnPlace, Parentage, PlaceKind, Placement
from sitebook.assets.states import NEXT, Lifecycle
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.sites.models import Area, Position, Site


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place: at a site (in an area, in a position), in a place of our own, or in transit."""

    site: Site | None = None
    area: Area | None = None
    position: Position | None = None
    own_place: OwnPlace | None = None
    in_transit: bool = False

    @property
    def kind(self) -> str:
        if self.site is not None:
            return PlaceKind.SITE
        if self.own_place is not None:
            return self.own_place.kind
        return PlaceKind.TRANSIT if self.in_transit else ""

    def placement(self, asset: Asset, *, reason: str = "") -> Placement:
        return Placement(asset=asset, kind=self.kind, site=self.site, area=self.area, position=self.position,
                         own_place=self.own_place, reason=reason[:200])  # fmt: skip


def place(asset: Asset, where: Where, doing: Doing, *, alone: bool = False) -> AssetAct:
    """Put the asset there from the day up to the next change that is written down; what is mounted on it goes along, or
    with ``alone`` stays where it is. Raises Refused (is_mounted, bad_place, so_already, day_not_possible)."""
    mounted = _mounted_on(asset, doing.day) if alone else []
    with act_on(AssetAct.Kind.PLACED, [asset, *mounted], doing) as act:
        _must_not_be_mounted(asset, doing.day)
        for child in mounted:
            _take_off(child, doing, _place_of(asset, doing.day))
        _put(asset, where, doing)
        if where.site is not None or asset.lifecycle == Lifecycle.IN_TRANSIT:
            _enter(asset, Lifecycle.IN_SERVICE if where.site else Lifecycle.IN_STOCK, doing)
    return act


def send_to_workshop(asset: Asset, workshop: OwnPlace, doing: Doing) -> AssetAct:
    """To a workshop of our own; where it came from is remembered. Raises Refused as ``place``."""
    with act_on(AssetAct.Kind.TO_WORKSHOP, [asset], doing) as act:
        Parentage(child=asset).stop(on=doing.day)
        _put(asset, Where(own_place=workshop), doing)
        _enter(asset, Lifecycle.IN_WORKSHOP, doing)
    return act


def bring_back(asset: Asset, doing: Doing) -> AssetAct:
    """From the workshop to where it was before, or onto what it was mounted on. Raises Refused (not_possible_now)."""
    with act_on(AssetAct.Kind.BACK, [asset], doing) as act:
        away = Placement.objects.in_force(on=doing.day).filter(asset=asset, kind=PlaceKind.WORKSHOP).first()
        if away is None or away.during.lower is None:
            raise Refused(
                _("%(asset)s is not in the workshop on that day.") % {"asset": asset}, code="not_possible_now"
            )
        held = Parentage.objects.filter(child=asset, during__endswith=away.during.lower).first()
        home = away.before()
        if held is not None:
            Placement(asset=asset).stop(on=doing.day)
            Parentage(child=asset, parent_id=held.parent_id, mount_point=held.mount_point).begin(since=doing.day)
        elif home is not None:
            fresh = Placement(asset=asset, kind=home.kind, site_id=home.site_id, area_id=home.area_id,
                              position_id=home.position_id, own_place_id=home.own_place_id)  # fmt: skip
            fresh.begin(since=doing.day)
        else:
            Placement(asset=asset).stop(on=doing.day)
        _enter(asset, Lifecycle.IN_SERVICE, doing)
    return act


def sell(asset: Asset, to: Customer | None, doing: Doing, *, document: str = "", along: bool = True) -> AssetAct:
    """Give it to another owner, or to our own firm; with ``along`` also what is mounted on it and theirs."""
    owned = [child for child in _all_mounted_on(asset, doing.day) if child.owner_id == asset.owner_id] if along else []
    with act_on(AssetAct.Kind.SOLD, [asset, *owned], doing) as act:
        for each in (asset, *owned):
            Ownership(asset=each, owner=to, document=document[:200]).begin(since=doing.day)
    return act


def mount(child: Asset, parent: Asset, doing: Doing, *, mount_point: str = "") -> AssetAct:
    """Mount it on another asset: from the day on it is where that one is. Raises Refused (bad_place, so_already)."""
    with act_on(AssetAct.Kind.MOUNTED, [child], doing, other=parent) as act:
        Placement(asset=child).stop(on=doing.day)
        Parentage(child=child, parent=parent, mount_point=mount_point[:100]).begin(since=doing.day)
        _enter(child, Lifecycle.IN_SERVICE, doing)
    return act


def take_off(child: Asset, doing: Doing, *, where: Where | None = None) -> AssetAct:
    """Off what it is mounted on, to a place of its own: by default where that one is."""
    with act_on(AssetAct.Kind.TAKEN_OFF, [child], doing) as act:
        _take_off(child, doing, where or _place_of(child, doing.day))
    return act


def replace(old: Asset, new: Asset, doing: Doing, *, where: Where, mounted_go: bool = False) -> AssetAct:
    """Another unit in its place: same site, area and position, or mounted on the same asset. The old one goes
    ``where``; what is mounted on it stays with it, or with ``mounted_go`` goes onto the new one."""
    mounted = _mounted_on(old, doing.day) if mounted_go else []
    with act_on(AssetAct.Kind.REPLACED, [old, new, *mounted], doing, other=new) as act:
        place_of, held = _place_of(old, doing.day), _parentage(old, doing.day)
        Parentage(child=old).stop(on=doing.day)
        _put(old, where, doing)
        if held is not None:
            Placement(asset=new).stop(on=doing.day)
            Parentage(child=new, parent_id=held.parent_id, mount_point=held.mount_point).begin(since=doing.day)
        else:
            Parentage(child=new).stop(on=doing.day)
            _put(new, place_of, doing)
        for child in mounted:
            point = _parentage(child, doing.day)
            Parentage(child=child, parent=new, mount_point=point.mount_point if point else "").begin(since=doing.day)
        _enter(old, Lifecycle.REMOVED, doing)
        _enter(new, Lifecycle.IN_SERVICE, doing)
    return act


def enter(asset: Asset, state: str, doing: Doing) -> AssetAct:
    """Pass to another state of its life; one that is scrapped or lost has no place any more."""
    with act_on(AssetAct.Kind.STATE, [asset], doing) as act:
        _enter(asset, state, doing)
        if state in (Lifecycle.SCRAPPED, Lifecycle.LOST):
            Placement(asset=asset).stop(on=doing.day)
            Parentage(child=asset).stop(on=doing.day)
    return act


def _mounted_on(asset: Asset, day: date) -> list[Asset]:
    """What is mounted right on it on the day, as far as the user sees it."""
    return list(Asset.objects.filter(parentages__parent=asset, parentages__during__contains=day).order_by("pk"))


def _all_mounted_on(asset: Asset, day: date) -> list[Asset]:
    """What is mounted on it and on that, however deep."""
    found: dict[int, Asset] = {}
    waiting = [asset]
    while waiting:
        for child in _mounted_on(waiting.pop(), day):
            if child.pk not in found:
                found[child.pk] = child
                waiting.append(child)
    return list(found.values())


def _parentage(asset: Asset, day: date) -> Parentage | None:
    return Parentage.objects.in_force(on=day).filter(child=asset).first()


def _place_of(asset: Asset, day: date) -> Where:
    """Where it is on the day, also where that follows from what it is mounted on."""
    period = asset.periods.in_force(on=day).select_related("site", "area", "position", "own_place").first()
    if period is None:
        return Where()
    return Where(site=period.site, area=period.area, position=period.position, own_place=period.own_place,
                 in_transit=period.kind == PlaceKind.TRANSIT)  # fmt: skip


def _must_not_be_mounted(asset: Asset, day: date) -> None:
    if held := _parentage(asset, day):
        parent = Asset.objects.filter(pk=held.parent_id).first() or _("another customer")
        text = _("%(asset)s is mounted on %(parent)s. Take it off first, or move that one.")
        raise Refused(text % {"asset": asset, "parent": parent}, code="is_mounted")


def _put(asset: Asset, where: Where, doing: Doing) -> None:
    """There from the day on; nowhere where no place is given."""
    if where.kind:
        where.placement(asset, reason=doing.reason).begin(since=doing.day)
    else:
        Placement(asset=asset).stop(on=doing.day)


def _take_off(child: Asset, doing: Doing, where: Where) -> None:
    if not Parentage(child=child).stop(on=doing.day):
        raise Refused(_("%(asset)s is mounted on nothing on that day.") % {"asset": child}, code="not_possible_now")
    if where.position is not None:  # the one it was mounted on stays in it
        where = dataclasses.replace(where, position=None)
    _put(child, where, doing)


def _enter(asset: Asset, state: str, doing: Doing) -> None:
    now = LifeState.objects.in_force(on=doing.day).filter(asset=asset).first()
    before = now.state if now else asset.lifecycle
    if state == before:
        return
    if state not in NEXT[before]:
        words = {"name": asset, "now": Lifecycle(before).label, "state": Lifecycle(state).label}
        text = _("%(name)s is “%(now)s” and cannot become “%(state)s” from there.")
        raise Refused(text % words, code="not_possible_now")
    LifeState(asset=asset, state=state).begin(since=doing.day)
