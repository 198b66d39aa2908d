"""What lies inside a site: areas as a tree, and positions in them. They belong to the place, whoever has it.

Who changes the inside of a site waits for the others at the site's row, so that no two moves make a loop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sitebook.basics.refused import Refused
from sitebook.sites.models import Area, Position, Site

NAMED = 3


@dataclass
class Node:
    """An area with what lies in it. ``level``: 0 at the top."""

    area: Area
    level: int
    inner: list[Node] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Areas and positions in it, at any depth."""
        return len(self.positions) + sum(1 + node.count for node in self.inner)


@dataclass
class Inside:
    """A whole site. ``positions``: those in no area."""

    tops: list[Node]
    positions: list[Position]
    areas: dict[int, Node]

    def in_order(self) -> Iterable[Node]:
        """Every area, each before what lies in it."""
        waiting = self.tops[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.inner[::-1]

    def path(self, area: Area | None) -> str:
        """``Boiler house / Ground floor``; "" for the site itself."""
        names: list[str] = []
        while area is not None:
            names.insert(0, area.name)
            area = self.areas[area.parent_id].area if area.parent_id else None
        return " / ".join(names)


def inside(site: Site) -> Inside:
    """The tree of a site, by name; two queries however many areas there are."""
    nodes = {area.pk: Node(area, 0) for area in sorted(Area.objects.filter(site=site), key=_by_name)}
    tops: list[Node] = []
    for node in nodes.values():
        (nodes[node.area.parent_id].inner if node.area.parent_id else tops).append(node)
    found = Inside(tops, [], nodes)
    for node in found.in_order():
        for each in node.inner:
            each.level = node.level + 1
    for position in sorted(Position.objects.filter(site=site), key=_by_name):
        (nodes[position.area_id].positions if position.area_id else found.positions).append(position)
    return found


def add_area(site: Site, *, name: str, kind: str = "", notes: str = "", parent: int | None = None) -> Area:
    """``parent``: the id of an area of the site. Raises Refused (site_ended, area_not_there, name_taken)."""
    _still_there(site)
    area = Area(site=site, parent=_area_of(site, parent), name=name, kind=kind, notes=notes)
    _must_be_new(Area.objects.filter(site=site, parent=area.parent), name, area.parent, site)
    area.save(force_insert=True)
    return area


def change_area(area: Area, *, name: str, kind: str, notes: str, parent: int | None) -> None:
    """Rename it, or move it with all that lies in it. Raises Refused (site_ended, area_not_there, name_taken)."""
    site = area.site
    _still_there(site)
    into = _area_of(site, parent)
    if into is not None:
        _must_not_lie_in(area, into)
    others = Area.objects.filter(site=site, parent=into).exclude(pk=area.pk)
    _must_be_new(others, name, into, site)
    area.name, area.kind, area.notes, area.parent = name, kind, notes, into
    area.save(update_fields=["name", "kind", "notes", "parent"])


def remove_area(area: Area) -> None:
    """Raises Refused (area_not_empty), with the names of what is in it."""
    _one_after_another(area.site)
    if held := holds(area):
        text = _("%(name)s still holds %(what)s. Move or remove that first.")
        raise Refused(text % {"name": area, "what": held}, code="area_not_empty")
    area.delete()


def holds(area: Area) -> str:
    """What lies directly in it: "2 areas and 1 position: Ground floor, Loft, Boiler 1"; "" for nothing."""
    areas = list(Area.objects.filter(parent=area).order_by("name"))
    positions = list(Position.objects.filter(area=area).order_by("name"))
    parts = [
        text % {"count": len(found)}
        for found, text in (
            (areas, ngettext("%(count)s area", "%(count)s areas", len(areas))),
            (positions, ngettext("%(count)s position", "%(count)s positions", len(positions))),
        )
        if found
    ]
    if not parts:
        return ""
    names = [*(each.name for each in areas), *(each.name for each in positions)]
    shown = ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")
    counts = _("%(areas)s and %(positions)s") % {"areas": parts[0], "positions": parts[-1]} if parts[1:] else parts[0]
    return f"{counts} ({shown})"


def add_position(
    site: Site, *, name: str, tag_number: str = "", product_class: str = "", area: int | None = None
) -> Position:
    """``area``: the id of an area of the site; None: in none.

    Raises Refused (site_ended, area_not_there, name_taken, tag_number_taken).
    """
    _still_there(site)
    position = Position(
        site=site, area=_area_of(site, area), name=name, tag_number=tag_number, product_class=product_class
    )
    _must_fit(position)
    position.save(force_insert=True)
    return position


def change_position(position: Position, *, name: str, tag_number: str, product_class: str, area: int | None) -> None:
    """Raises Refused (site_ended, area_not_there, name_taken, tag_number_taken)."""
    _still_there(position.site)
    position.area = _area_of(position.site, area)
    position.name, position.tag_number, position.product_class = name, tag_number, product_class
    _must_fit(position)
    position.save(update_fields=["name", "tag_number", "product_class", "area"])


def remove_position(position: Position) -> None:
    """Nothing lies in a position yet, so nothing hinders it."""
    _one_after_another(position.site)
    position.delete()


def kinds_in_use() -> list[str]:
    """The kinds of areas people have written, for the form to offer."""
    rows = Area.objects.exclude(kind="").order_by("kind").values_list("kind", flat=True)
    return list(rows.distinct()[:100])


def classes_in_use() -> list[str]:
    """The kinds of equipment people have written at positions."""
    rows = Position.objects.exclude(product_class="").order_by("product_class")
    return list(rows.values_list("product_class", flat=True).distinct()[:100])


def _by_name(each: Area | Position) -> tuple[str, int]:
    return each.name.casefold(), each.pk


def _one_after_another(site: Site) -> Site | None:
    return Site.objects.select_for_update(of=("self",), no_key=True).filter(pk=site.pk).first()


def _still_there(site: Site) -> None:
    now = _one_after_another(site)
    if now is not None and now.ended_on:
        raise Refused(now.takes_nothing_new, code="site_ended")


def _area_of(site: Site, pk: int | None) -> Area | None:
    if pk is None:
        return None
    found = Area.objects.filter(pk=pk, site=site).first()
    if found is None:
        text = _("That area is not at %(site)s. Choose one of its areas.")
        raise Refused(text % {"site": site}, code="area_not_there")
    return found


def _must_not_lie_in(area: Area, into: Area) -> None:
    parents = dict(Area.objects.filter(site=area.site_id).values_list("pk", "parent_id"))
    above: int | None = into.pk
    while above is not None:
        if above == area.pk:
            text = _("%(area)s cannot go into %(into)s, which lies in it. Choose another place.")
            if into.pk == area.pk:
                text = _("%(area)s cannot go into itself. Choose another place.")
            raise Refused(text % {"area": area, "into": into}, code="area_not_there")
        above = parents.get(above)


def _must_fit(position: Position) -> None:
    site = position.site
    others = Position.objects.filter(site=site).exclude(pk=position.pk)
    _must_be_new(others.filter(area=position.area), position.name, position.area, site)
    if not position.tag_number:
        return
    if taken := others.filter(tag_number__in_any_case=position.tag_number).first():
        text = _("%(name)s at %(site)s has the tag number “%(tag)s” already. Write another one.")
        raise Refused(text % {"name": taken, "site": site, "tag": position.tag_number}, code="tag_number_taken")


def _must_be_new(others: QuerySet[Area] | QuerySet[Position], name: str, into: Area | None, site: Site) -> None:
    if others.filter(name__in_any_case=name).exists():
        words = {"name": name, "place": into or site}
        raise Refused(_("“%(name)s” is there already, in %(place)s. Choose another name.") % words, code="name_taken")
