"""The tab of a record that lists what is assigned to it: add, change, remove."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import may
from sitebook.basics.refused import Refused
from sitebook.catalogue.links import BACK, LINKS, Link
from sitebook.catalogue.pages.rights import must_change
from sitebook.records.pages.frame import user_of
from sitebook.registers.views import frame, present
from sitebook.search.queries import holding
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go
from sitebook.values.pickers import Reference
from sitebook.values.readers import BadValue


def form_for(link: Link) -> type[forms.Form]:
    """Asks for what is assigned, and for what else a row says."""
    fields: dict[str, Any] = {"other": Reference(
        label=str(link.other.model.named.one).capitalize(),
        among=link.other.model._default_manager.current,
        search=holding,
        source=f"{link.other.path}:pick",
    )}  # fmt: skip
    for each in link.bound:
        fields[each.name] = each.reads.input(label=each.title, required=False)
    return type("LinkForm", (forms.Form,), fields)


def _values(link: Link, form: forms.Form) -> dict[str, Any]:
    found = {}
    for each in link.bound:
        try:
            found[each.name] = each.reads.read(form.cleaned_data[each.name])
        except BadValue as fault:
            form.add_error(each.name, str(fault))
    return found


def _initial(link: Link, record: Any, request: HttpRequest) -> dict[str, Any]:
    """The row that is to be changed (``?other=5``), as it is."""
    other = request.GET.get("other", "")
    if not (other.isascii() and other.isdigit() and len(other) < 19):
        return {}
    row = link.rows(record).filter(**{f"{link.to}_id": int(other)}).first()
    if row is None:
        found = link.other.model._default_manager.filter(pk=int(other)).first()
        return {"other": found} if found else {}
    return {"other": getattr(row, link.to), **{each.name: getattr(row, each.name) for each in link.fields}}


def listed(link: Link, request: HttpRequest, pk: int) -> HttpResponse:
    """The tab: what is assigned, and the form that adds one."""
    record = get_object_or_404(link.register.model, pk=pk)
    may_add = may(user_of(request), link.register.change)
    form = form_for(link)(request.POST or None, initial=_initial(link, record, request))
    status = 200
    if request.method == "POST":
        must_change(user_of(request))
        status = 422
        if form.is_valid():
            values, other = _values(link, form), form.cleaned_data["other"]
            if not form.errors:
                try:
                    _row, new = link.add(record, other, values)
                    said = _("%(name)s is assigned.") if new else _("%(name)s is saved.")
                    messages.success(request, said % {"name": other})
                    return go(request, reverse(link.view, args=[pk]))
                except Refused as refusal:
                    form.add_error(None, str(refusal))
                    status = 409
    context = frame(link.register, request, record, link.key) | {
        "link": link,
        "form": form,
        "may_add": may_add,
        "page": _listing(link).page(request.GET, request.path, link.rows(record)),
    }
    return present(link.register, request, "catalogue/links.html", context, block="list", status=status)


def _listing(link: Link) -> Listing:
    """By name, narrowed by the words of what is assigned."""
    kind: Any = link.other.model

    def search(rows: Any, text: str) -> Any:
        return rows.filter(**{f"{link.to}__in": holding(kind._default_manager.all(), text)})

    columns = [
        Column(key="name", label=link.label, sort=(f"{link.to}__name_key",), look="grow l1"),
        Column(key="said", label=_("Details"), look="p2 l2"),
        Column(key="do", label=_("Action"), look="r1"),
    ]
    return Listing(columns=columns, order="name", search=search)


def remove(link: Link, request: HttpRequest, pk: int) -> HttpResponse:
    """Take one away: its id comes as ``other``."""
    record = get_object_or_404(link.register.model, pk=pk)
    other = request.POST.get("other", "")
    number = int(other) if other.isascii() and other.isdigit() and len(other) < 19 else 0
    found = get_object_or_404(link.other.model, pk=number)
    link.remove(record, found)
    messages.success(request, _("%(name)s is removed.") % {"name": found})
    return go(request, reverse(link.view, args=[pk]))


def urls() -> list[URLPattern]:
    """Two addresses a link."""
    found = []
    for link in (*LINKS, *BACK):
        at, name = f"{link.register.path}/<int:pk>/{link.key}/", f"{link.register.path}-{link.key}"
        show = page(may=link.register.see)(update_wrapper(partial(listed, link), listed))
        away = page(may=link.register.change)(require_POST(update_wrapper(partial(remove, link), remove)))
        found += [path(at, show, name=name), path(f"{at}remove/", away, name=f"{name}-remove")]
    return found
