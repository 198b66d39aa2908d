"""Lists whose columns the reader chooses: which and in what order stands in the address (``columns=name,place``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from markupsafe import Markup

from sitebook.basics import keyset
from sitebook.basics.refused import Refused
from sitebook.lists.cells import rows_drawer
from sitebook.lists.columns import Column, fill, shown
from sitebook.lists.exports import Sheet
from sitebook.lists.models import SavedView, TooLong, same, stated
from sitebook.ui import listing
from sitebook.ui.render import asked_by_htmx


@dataclass(frozen=True, kw_only=True)
class Table(listing.Listing):
    """A list with more columns than it shows at once. The first one names the row and is always there."""

    columns: Sequence[Column]
    file_order: Sequence[str] = ()
    """Which columns come first in a file of all columns."""
    more: Callable[[Table], Table] | None = None
    """What adds columns and filters that are only known when the list is asked for."""

    def whole(self) -> Table:
        """With all its columns and filters, once."""
        return replace(self.more(self), more=None) if self.more else self

    def page(self, params: QueryDict, path: str, rows: QuerySet[Any]) -> TablePage:
        return TablePage(self.whole(), params, path, rows)

    def asked(self, params: QueryDict) -> listing.Asked:
        whole = self.whole()
        asked = listing.Asked(whole, params)
        asked.notices += whole.gone(params)
        return asked

    def sheet(self, params: QueryDict, rows: QuerySet[Any], *, as_shown: bool) -> Sheet:
        """All rows the list of this address holds, in its order, with the columns it shows or with all there are.

        Raises Refused (bad_list_address): a file says nothing of what the address got wrong, as a page does.
        """
        whole = self.whole()
        asked = whole.asked(params)
        if asked.notices:
            why = " ".join(asked.notices)
            raise Refused(
                _("The file would not hold what the address says. %(why)s") % {"why": why}, code="bad_list_address"
            )
        narrowed = asked.narrow(rows)
        ordered = keyset.ordered(narrowed, keyset.keys_for(narrowed, asked.order_names()))
        return Sheet(whole.shown_columns(params)[0] if as_shown else whole._all_columns(), ordered)

    def gone(self, params: QueryDict) -> list[str]:
        """Notices of filters an address asks for that there are not any more: those ``more`` adds have a dot in their
        names, and may have gone since the address was kept."""
        names = {key for key in params if "." in key} - {each.key for each in self.filters}
        return [_("This list has no filter “%(name)s”.") % {"name": name[:60]} for name in sorted(names)[:5]]

    def shown_columns(self, params: QueryDict) -> tuple[list[Column], list[str]]:
        """The columns an address shows, and those it asks for that there are not."""
        asked, unknown = asked_columns(self, params)
        return asked or [column for column in self.columns if column.shown], unknown

    def _all_columns(self) -> list[Column]:
        rank = {key: place for place, key in enumerate(self.file_order)}
        return sorted(self.columns, key=lambda column: rank.get(column.key, len(rank)))


class TablePage(listing.Page):
    """``columns``: those of this page in order; ``choices``: every column and whether it is shown, shown ones first."""

    def __init__(self, table: Table, params: QueryDict, path: str, rows: QuerySet[Any]) -> None:
        self.columns, unknown = table.shown_columns(params)
        super().__init__(table, params, path, rows)
        self.notices += [_("This list has no column “%(name)s”.") % {"name": name[:60]} for name in unknown[:5]]
        self.notices += table.gone(self.params)
        self.headings = [self.heading(column) for column in self.columns]
        self.choices = [(column, True) for column in self.columns[1:]]
        keys = {column.key for column in self.columns}
        self.choices += [(column, False) for column in table.columns if column.key not in keys]
        self.chosen_columns = "columns" in self.params
        self.without_columns = self.carried_all("columns")
        fill(self.columns, self.rows)

    def read(self, queryset: QuerySet[Any], keys: list[keyset.Key]) -> list[Any]:
        return shown(queryset, self.columns, *(key.alias for key in keys))

    def drawn(self, select: str) -> Markup:
        """The rows as the component ``listing`` shows them, unless a template draws them. ``select``: the id of the
        form that takes those that are ticked, "" for none."""
        draw = rows_drawer(self.columns, select=select)
        return Markup("\n".join([draw(row) for row in self.rows]))  # noqa: S704 - every part is escaped

    def heading(self, column: listing.Column) -> listing.Heading:
        """Sorting looks for the list's own column, which a chosen one may only resemble."""
        own = next(each for each in self.listing.columns if each.key == column.key)
        return super().heading(own)._replace(column=column)


def asked_columns(table: Table, params: QueryDict) -> tuple[list[Column], list[str]]:
    """The columns an address asks for, none when it asks for none; and what it asks for that there is not.

    Who asks for a column wants to see it: it does not leave when the page is narrow.
    """
    keys = list(dict.fromkeys(filter(None, ",".join(params.getlist("columns")).split(","))))
    if not keys:
        return [], []
    known = {column.key: column for column in table.columns}
    first = table.columns[0]
    found = [known[key] for key in keys if key in known and known[key] is not first]
    staying = [replace(each, look=_staying(each.look)) for each in found]
    return [first, *staying], [key for key in keys if key not in known]


def _staying(look: str) -> str:
    kept = [word for word in look.split() if word not in ("p2", "p3")]
    return " ".join(kept if {"l1", "l2", "r1", "r2"} & set(kept) else [*kept, "below"])


def tidied(params: QueryDict) -> QueryDict | None:
    """The address with its columns as one parameter after a choice by form, one of them moved ``up`` or ``down``;
    None when it is tidy."""
    written, moved = params.getlist("columns"), [name for name in ("up", "down") if name in params]
    if len(written) < 2 and not moved:
        return None
    keys = [key for key in ",".join(written).split(",") if key]
    for name in moved:
        key = params[name]
        if key in keys:
            place = keys.index(key)
            keys.remove(key)
            keys.insert(max(place - 1, 0) if name == "up" else place + 1, key)
    tidy = params.copy()
    for name in ("up", "down", "columns"):
        tidy.pop(name, None)
    if keys:
        tidy["columns"] = ",".join(keys)
    return tidy


def tidy_address(request: HttpRequest) -> HttpResponse | None:
    """On to the same list with its columns as one parameter, after they were chosen by a form."""
    tidy = tidied(request.GET)
    if tidy is None:
        return None
    return HttpResponseRedirect(f"{request.path}?{tidy.urlencode(safe=',')}" if tidy else request.path)


def _views(request: HttpRequest, list_key: str) -> list[Any]:
    """The views of a list that its reader sees, read once a request: one may be where it leads, the bar shows all."""
    read: dict[str, list[Any]] = request.__dict__.setdefault("views_read", {})
    if list_key not in read:
        read[list_key] = list(SavedView.objects.of(list_key=list_key, user_id=request.user.pk or 0))
    return read[list_key]


def opening(request: HttpRequest, list_key: str) -> HttpResponse | None:
    """Where the bare address of a list leads for its reader: to the view they chose; and see ``tidy_address``."""
    if not request.GET and not asked_by_htmx(request):
        view = next((each for each in _views(request, list_key) if each.is_default), None)
        return HttpResponseRedirect(f"{request.path}?{view.state}") if view else None
    return tidy_address(request)


@dataclass(frozen=True)
class ViewBar:
    """The views above a list. ``items``: for the component ``views``; ``view``: the one the address speaks of;
    ``changed``: the address shows something else than it; ``query``: what would be saved, "" when there is nothing."""

    list_key: str
    items: list[dict[str, Any]]
    current: str
    view: SavedView | None
    changed: bool
    may_change: bool
    query: str


def view_bar(request: HttpRequest, list_key: str, listed: listing.Page, *, may_share: bool) -> dict[str, ViewBar]:
    """What ``lists/_views.html`` shows; a view that is gone, or no longer shared, is said among the list's notices."""
    user_id, asked = request.user.pk or 0, request.GET.get("view", "all")
    views = _views(request, list_key)
    view = next((each for each in views if str(each.pk) == asked), None)
    if view is None and asked != "all":
        listed.notices.append(
            _("This view is gone, or no longer shared with you. Its filters stay as the address has them.")
        )
    try:
        query = stated(request.GET.urlencode())
    except TooLong:
        query = ""
    everything = f"{request.path}?view=all" if any(each.is_default for each in views) else request.path
    items: list[dict[str, Any]] = [{"key": "all", "label": _("All"), "url": everything}]
    for each in views:
        whose = "" if each.owner_id == user_id else _("shared")
        items.append({"key": str(each.pk), "label": each.name, "url": f"{request.path}?{each.state}", "whose": whose})
    return {
        "bar": ViewBar(
            list_key=list_key,
            items=items,
            current=str(view.pk) if view else "all" if not query else "",
            view=view,
            changed=view is not None and not same(query, view.query),
            may_change=view is not None and view.may_be_changed_by(user_id, may_share=may_share),
            query=query,
        )
    }
