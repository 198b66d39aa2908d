"""The inside of a site: the tree of its areas and positions, and what is done to each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.records.pages.frame import present
from sitebook.sites.area_forms import CLASSES, KINDS, AreaForm, InsideForm, PositionForm
from sitebook.sites.areas import (
    Inside,
    add_area,
    add_position,
    change_area,
    change_position,
    classes_in_use,
    holds,
    inside,
    kinds_in_use,
    remove_area,
    remove_position,
)
from sitebook.sites.models import Area, Position, Site
from sitebook.sites.pages.frame import site_frame
from sitebook.ui.render import go

SEE, CHANGE = Permission.SEE_CUSTOMERS, Permission.CHANGE_SITES
FORMS: dict[str, type[InsideForm]] = {"area": AreaForm, "position": PositionForm}


def _site(pk: int) -> Site:
    return get_object_or_404(Site.objects.select_related("customer"), pk=pk)


@page(may=SEE)
def areas(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree. ``what`` and ``in`` in the address open the line that adds an area or position there."""
    site = _site(pk)
    what = request.GET.get("what", "")
    return _tree(request, site, what if what in FORMS else "", into=request.GET.get("in", ""))


@page(may=CHANGE)
def add(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Add one, and be ready for the next in the same place."""
    site = _site(pk)
    at = inside(site)
    if request.method != "POST" or what not in FORMS:
        return go(request, f"{reverse('sites:areas', args=[pk])}?{urlencode({'what': what})}")
    form = FORMS[what](request.POST, at=at)
    if not form.is_valid():
        return _tree(request, site, what, form=form, at=at, status=422)
    data = dict(form.cleaned_data)
    try:
        if what == "area":
            add_area(site, parent=data.pop("into"), **data)
        else:
            add_position(site, area=data.pop("into"), **data)
    except Refused as refusal:
        form.add_error("name", str(refusal))
        return _tree(request, site, what, form=form, at=at, status=409)
    messages.success(request, _("%(name)s is added.") % {"name": data["name"]})
    again = {"what": what, "in": form.cleaned_data["into"] or ""}
    return go(request, f"{reverse('sites:areas', args=[pk])}?{urlencode(again)}")


def _tree(
    request: HttpRequest,
    site: Site,
    what: str,
    *,
    into: str = "",
    form: InsideForm | None = None,
    at: Inside | None = None,
    status: int = 200,
) -> HttpResponse:
    context = site_frame(request, site, "areas")
    at = at or inside(site)
    if form is not None:
        into = form["into"].value() or ""
    known = int(into) if into.isascii() and into.isdigit() and int(into) in at.areas else 0
    if what:
        form = form or FORMS[what](at=at, initial={"into": known or None})
        form.fields["name"].widget.attrs["autofocus"] = True
    context |= {"inside": at, "what": what, "into": known, "form": form, "help": "areas"} | _offered(what)
    return present(request, "sites/areas.html", context, status=status)


def _offered(what: str) -> dict[str, Any]:
    """The words in use that a form offers."""
    if what == "area":
        return {"offered": kinds_in_use(), "offered_id": KINDS}
    return {"offered": classes_in_use() if what else [], "offered_id": CLASSES}


@page(may=CHANGE)
def edit_area(request: HttpRequest, pk: int) -> HttpResponse:
    area = get_object_or_404(Area.objects.select_related("site"), pk=pk)
    start = {"name": area.name, "kind": area.kind, "notes": area.notes, "into": area.parent_id}
    form = AreaForm(request.POST or None, at=inside(area.site), initial=start)

    def save(data: dict[str, Any]) -> None:
        change_area(area, parent=data.pop("into"), **data)

    return _edit(request, area, form, save, what="area")


@page(may=CHANGE)
def edit_position(request: HttpRequest, pk: int) -> HttpResponse:
    position = get_object_or_404(Position.objects.select_related("site"), pk=pk)
    start = {"name": position.name, "tag_number": position.tag_number, "product_class": position.product_class}
    form = PositionForm(request.POST or None, at=inside(position.site), initial=start | {"into": position.area_id})

    def save(data: dict[str, Any]) -> None:
        change_position(position, area=data.pop("into"), **data)

    return _edit(request, position, form, save, what="position")


def _edit(request: HttpRequest, record: Area | Position, form: InsideForm, save: Any, *, what: str) -> HttpResponse:
    status, name = 422 if form.errors else 200, str(record)
    if request.method == "POST" and form.is_valid():
        try:
            save(dict(form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": record})
            return go(request, reverse("sites:areas", args=[record.site_id]))
    context = {"record": record, "name": name, "form": form, "what": what, "help": "areas"} | _offered(what)
    return present(request, "sites/area_edit.html", context, block="form", status=status)


@page(may=CHANGE)
def drop_area(request: HttpRequest, pk: int) -> HttpResponse:
    area = get_object_or_404(Area.objects.select_related("site"), pk=pk)
    return _drop(request, area, remove_area, what="area", held=holds(area))


@page(may=CHANGE)
def drop_position(request: HttpRequest, pk: int) -> HttpResponse:
    position = get_object_or_404(Position.objects.select_related("site"), pk=pk)
    return _drop(request, position, remove_position, what="position", held="")


def _drop(request: HttpRequest, record: Any, remove: Any, *, what: str, held: str) -> HttpResponse:
    name, site = str(record), record.site
    if request.method == "POST":
        remove(record)
        messages.success(request, _("%(name)s is removed.") % {"name": name})
        return go(request, reverse("sites:areas", args=[site.pk]))
    context = {"record": record, "name": name, "what": what, "held": held, "help": "areas"}
    return present(request, "sites/area_remove.html", context, block="form")
