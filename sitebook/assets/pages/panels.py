"""The Assets tab of a customer's and of a site's page, with the form of a new asset on top (F-411 to F-419)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.assets.as_of import DAYS
from sitebook.assets.breakdowns import breakdowns
from sitebook.assets.columns import rows as read
from sitebook.assets.models import Asset
from sitebook.assets.of_customers import AT, EITHER, OWNED, periods_on, which_of
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import NotAllowed, Refused
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.customers.pages.group_frame import asking
from sitebook.lists.cells import Name
from sitebook.lists.tables import Table, tidy_address
from sitebook.records.edit import Editing
from sitebook.records.pages.frame import present, user_of
from sitebook.registers.inputs import DeclaredForm, form_of
from sitebook.sites.pages.frame import site_frame, site_seen
from sitebook.ui import current
from sitebook.ui.render import go
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_ASSETS, Permission.CHANGE_ASSETS
_WORDS = {OWNED: lazy("Owned"), AT: lazy("On location"), EITHER: lazy("Either")}
_FORM = ("product", "serial", "site", "cost_centre", "brand", "product_class", "description")
_FORM_AT_SITE = tuple("owner" if name == "site" else name for name in _FORM)
_SHOWN = ("serial", "brand", "product_code", "description", "place", "cost_centre", "lifecycle", "condition")
# A customer's page says whose it is, and where, by itself.
_SAID = ("owner", "at", "either")
# So many assets are worth a drawing.
DRAWN_FROM = 10


@cache
def _table(*shown: str, without: tuple[str, ...]) -> Table:
    """The list of assets with these columns first; each begins with the serial number, which leads to the asset."""
    first = replace(
        next(each for each in ASSETS.listing.columns if each.key == "serial"),
        value=lambda row: row.serial or row.reference,
        reads=("serial", "reference"),
        look="grow l1",
        cell=Name(view=Asset.named.page),
    )
    others = {each.key: replace(each, shown=False) for each in ASSETS.listing.columns if each.key != "serial"}
    named = [replace(others.pop(key), shown=True) for key in shown if key in others]
    named = [replace(each, label=lazy("Site")) if each.key == "place" else each for each in named]
    filters = [each for each in ASSETS.listing.filters if each.key not in without]
    return replace(ASSETS.listing, columns=[first, *named, *others.values()], filters=filters, order="reference")


def _of_customer(which: str) -> Table:
    beside = () if which == OWNED else ("owner",)
    return _table(*_SHOWN[:4], *beside, *_SHOWN[4:], without=_SAID)


def _of_site() -> Table:
    shown = [name for name in _SHOWN if name != "place"]
    return _table(*shown[:4], "owner", *shown[4:], without=("at", "either", "site", "own_place", "place_kind"))


@cache
def _form(names: tuple[str, ...]) -> type[DeclaredForm]:
    return form_of(ASSETS, [ASSETS.by_name[name] for name in names])


def _asked(request: HttpRequest, names: tuple[str, ...], start: Mapping[str, Any]) -> Editing | None:
    """The form on top of the list, where it is asked for."""
    if request.method != "POST" and "new" not in request.GET:
        return None
    if not may(user_of(request), CHANGE):
        raise NotAllowed(_("You may not add assets."))
    data = request.POST if request.method == "POST" else None
    editing = Editing(_form(names), None, data=data, country=current.country())
    if data is None:
        editing.form.initial = dict(start)
    return editing


def _added(request: HttpRequest, editing: Editing, given: Mapping[str, Any]) -> int:
    """Adds what was typed. 303 when it is added, else the status of the page that says why not."""
    if not editing.is_valid():
        return 422
    try:
        record = ASSETS.made({**editing.values(), **given})
    except Refused as refusal:
        editing.form.add_error(None, refusal.linked)
        return 409
    used(request, ASSETS.one, record.pk)
    messages.success(request, _("%(name)s is added.") % {"name": record})
    return 303


def _tab(
    request: HttpRequest,
    template: str,
    frame: Callable[[], dict[str, Any]],
    names: tuple[str, ...],
    *,
    given: Mapping[str, Any],
    here: str,
) -> HttpResponse:
    """The tab, or what became of the form on top of it. ``given``: of a new asset, beside what is typed."""
    if request.method != "POST" and (tidy := tidy_address(request)):
        return tidy
    editing = _asked(request, names, given)
    status = 200
    if editing is not None and request.method == "POST":
        status = _added(request, editing, {name: value for name, value in given.items() if name not in names})
        if status == 303:
            return go(request, here)
    context = frame() | {"here": here, "editing": editing, "form": editing.form if editing else None}
    return present(request, template, context, block="list", status=status)


@page(may=SEE)
def customer_assets(request: HttpRequest, pk: int) -> HttpResponse:
    """What the customer owns, what stands at its sites, or either (F-216, F-217, D-13)."""
    found = get_object_or_404(Customer, pk=pk)
    which = request.GET.get("which", OWNED)
    which = which if which in _WORDS else OWNED

    def frame() -> dict[str, Any]:
        context = customer_frame(request, found, "assets")
        then = context["then"]
        held = which_of(periods_on(then) if then else read(), context["ids"], which)
        listed = _listed(request, _of_customer(which), held, then)
        return context | {"page": listed, "which": which, "choices": _switch(request.path, context)}

    here = request.path + asking(on=None, group=request.GET.get("group", ""), which="" if which == OWNED else which)
    return _tab(request, "assets/customer_assets.html", frame, _FORM, given={"owner": found}, here=here)


def _listed(request: HttpRequest, table: Table, held: QuerySet[Any], then: date | None) -> Any:
    """A page of the assets, or of those that what held on a day is about."""
    if then is None:
        return table.page(request.GET, request.path, held)
    return DAYS.table(table, then).page(request.GET, request.path, read().filter(pk__in=held.values("asset")))


def _switch(path: str, context: dict[str, Any]) -> list[dict[str, Any]]:
    counts, group, then = context["asset_counts"], context["group"], context["then"]
    return [
        {
            "key": which,
            "label": str(label),
            "url": path + asking(on=then, group=group, which="" if which == OWNED else which),
            "count": str(counts[which]) if which in counts else None,
        }
        for which, label in _WORDS.items()
    ]


@page(may=SEE)
def site_assets(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands at the site, whoever owns it, by state and by class."""
    seen = site_seen(request, pk)
    then = seen.on if seen.then else None

    def frame() -> dict[str, Any]:
        standing = (periods_on(then) if then else read()).filter(site=pk)
        listed = _listed(request, _of_site(), standing, then)
        drawn = {} if then else breakdowns(Asset.objects.current().filter(site=pk), request.path)
        many = not then and listed.count.number >= DRAWN_FROM
        return site_frame(request, seen, "assets") | drawn | {"page": listed, "many": many}

    given = {"owner": seen.site.customer, "site": seen.site}
    return _tab(request, "assets/site_assets.html", frame, _FORM_AT_SITE, given=given, here=request.path)
