"""The tab of installed materials: what is mounted on an asset as a tree, and the parts in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.assets.forms import PartForm, RemovePartForm
from sitebook.assets.materials import InstalledMaterial, tree
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.products.register import PRODUCTS
from sitebook.records.as_of import as_it_was, day_asked
from sitebook.registers.views import frame, present
from sitebook.ui.render import go, show
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_ASSETS, Permission.CHANGE_ASSETS


@page(may=SEE)
def materials(request: HttpRequest, pk: int) -> HttpResponse:
    """As of a day; what had been removed by then on request."""
    record = get_object_or_404(ASSETS.queryset(), pk=pk)
    today = timezone.localdate()
    asked, fault = day_asked(request.GET.get("on", ""))
    on, removed = asked or today, request.GET.get("removed") == "yes"
    context = frame(ASSETS, request, record, "materials") | {
        "lines": tree(record, on=on, removed=removed),
        "on": on,
        "on_fault": fault,
        "then_said": as_it_was(on, future=on > today) if on != today else "",
        "removed": removed,
        "today": on == today,
    }
    return present(ASSETS, request, "assets/materials.html", context)


@page(may=CHANGE)
def fit(request: HttpRequest, pk: int) -> HttpResponse:
    asset = get_object_or_404(ASSETS.queryset(), pk=pk)
    today = timezone.localdate()
    form = PartForm(request.POST or None, initial={"quantity": 1, "fitted_on": today})

    def save() -> str:
        made = InstalledMaterial.fit(asset, today=today, **form.values())
        used(request, PRODUCTS.one, made.product_id)
        return _("%(name)s is fitted.") % {"name": made}

    return _answer(request, form, save, _("Fit a part in %(name)s") % {"name": asset}, pk)


@page(may=CHANGE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    part = _one(pk)
    names = ("product", "quantity", "lot", "fitted_on", "fitted_with", "version")
    form = PartForm(request.POST or None, initial={name: getattr(part, name) for name in names})

    def save() -> str:
        part.change(version=form.cleaned_data["version"] or 0, today=timezone.localdate(), **form.values())
        return _("%(name)s is saved.") % {"name": _one(pk)}

    return _answer(request, form, save, _("Change %(name)s") % {"name": part}, part.asset_id)


@page(may=CHANGE)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    part, today = _one(pk), timezone.localdate()
    form = RemovePartForm(request.POST or None, initial={"removed_on": today})
    undo = reverse("assets:put-back", args=[pk])

    def save() -> str:
        data = form.cleaned_data
        part.remove(on=data["removed_on"], today=today, using=data["removed_with"])
        return _("%(name)s is removed.") % {"name": part}

    return _answer(request, form, save, _("Remove %(name)s") % {"name": part}, part.asset_id, undo=undo)


@page(may=CHANGE)
@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    part = _one(pk)
    part.put_back()
    messages.success(request, _("%(name)s is back in its place.") % {"name": part})
    return go(request, reverse("assets:materials", args=[part.asset_id]))


def _one(pk: int) -> InstalledMaterial:
    return get_object_or_404(InstalledMaterial.objects.select_related("product"), pk=pk)


def _answer(
    request: HttpRequest, form: forms.Form, save: Callable[[], str], title: str, pk: int, *, undo: str = ""
) -> HttpResponse:
    status, back = 422 if form.errors else 200, reverse("assets:materials", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            said = save()
        except (Refused, StaleEdit) as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, said, extra_tags=undo)
            return go(request, back)
    context: dict[str, Any] = {"form": form, "title": title, "back": back, "help": "assets"}
    return show(request, "assets/part.html", context, block="form", status=status)


def urls() -> list[URLPattern]:
    return [
        path("assets/<int:pk>/materials/", materials, name="materials"),
        path("assets/<int:pk>/materials/fit/", fit, name="fit"),
        path("installed-parts/<int:pk>/change/", change, name="change-part"),
        path("installed-parts/<int:pk>/remove/", remove, name="remove-part"),
        path("installed-parts/<int:pk>/put-back/", put_back, name="put-back"),
    ]
