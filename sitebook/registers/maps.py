"""The map of a register: numbers in the cells of a grid, each a link to the list of what lies there, and the same in
words beside it."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from sitebook.access.decorators import page
from sitebook.lists.maps import MapPage
from sitebook.registers.views import present, ways

if TYPE_CHECKING:
    from sitebook.registers.register import Register


def urls(register: Register[Any]) -> list[URLPattern]:
    """The address of a register's map; none where it has no map."""
    if register.map is None:
        return []
    view = page(may=register.see)(update_wrapper(partial(world, register), world))
    return [path(f"{register.path}/map/", view, name="map")]


def world(register: Register[Any], request: HttpRequest) -> HttpResponse:
    """The whole map, or what lies on the part of it that the address names."""
    assert register.map is not None  # noqa: S101 - only then it has an address
    asked = request.GET.copy()
    on = asked.pop("on", None)
    table = register.listing_for(request.user)
    shown = MapPage(
        register.map,
        table,
        asked,
        register.url("map"),
        list_path=register.url("list"),
        rows=register.queryset(),
    )
    if on:
        shown.notices.append(_("The map shows what is where today. For another day, look at the table."))
    context = {"page": shown, "ways": ways(register, request), "tiles": settings.TILES_URL}
    context["credit"] = settings.TILES_CREDIT
    return present(register, request, "registers/map.html", context, block="places")
