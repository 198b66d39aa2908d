"""The pages of saved views: save, rename and share, take other filters, open the list with one, delete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page, who_of
from sitebook.access.permissions import Permission, may
from sitebook.basics.refused import Refused, StaleEdit
from sitebook.config.list_pages import LIST_PAGES, ListPage
from sitebook.lists.forms import ViewForm
from sitebook.lists.models import Default, SavedView
from sitebook.ui.render import go, show


def _place(request: HttpRequest, list_key: str) -> ListPage:
    """The list, where this user may open it. Raises Http404, PermissionDenied."""
    if list_key not in LIST_PAGES:
        raise Http404
    place = LIST_PAGES[list_key]
    who = who_of(resolve(reverse(place.view)).func)
    if who is None or (who.may and not any(may(request.user, each) for each in who.may)):
        raise PermissionDenied
    return place


def _address(request: HttpRequest, view: SavedView) -> str:
    return f"{reverse(_place(request, view.list_key).view)}?{view.state}"


def _may_share(request: HttpRequest) -> bool:
    return may(request.user, Permission.SHARE_VIEWS)


def _me(request: HttpRequest) -> int:
    return int(request.user.pk or 0)


@page(signed_in=True)
def save(request: HttpRequest, list_key: str) -> HttpResponse:
    """A new view of what the address carries after its question mark."""
    place, query = _place(request, list_key), request.GET.urlencode()
    form = ViewForm(request.POST or None, may_share=_may_share(request))
    if request.method == "POST" and form.is_valid():
        try:
            view = SavedView.keep(
                list_key=list_key,
                name=form.cleaned_data["name"],
                query=query,
                owner_id=_me(request),
                shared=form.cleaned_data.get("shared", False),
                may_share=_may_share(request),
            )
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            _settle(request, view, default=form.cleaned_data["default"])
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return go(request, _address(request, view))
    back = f"{reverse(place.view)}?{query or 'view=all'}"
    return _asked(request, form, {"title": _("Save view"), "place": place, "back": back})


@page(signed_in=True)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.with_defaults(user_id=_me(request)), pk=pk)
    view.must_be_changed_by(_me(request), may_share=_may_share(request))
    start = {"name": view.name, "shared": view.shared, "default": view.is_default, "version": view.version}
    form = ViewForm(request.POST or None, initial=start, may_share=_may_share(request))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "shared") if name in form.cleaned_data}
        try:
            view.change(
                by_id=_me(request),
                may_share=_may_share(request),
                version=form.cleaned_data["version"] or 0,
                **values,
            )
        except StaleEdit:
            raise
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            _settle(request, view, default=form.cleaned_data["default"])
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": values["name"]})
            return go(request, _address(request, view))
    context = {"title": _("Rename or share"), "place": _place(request, view.list_key), "back": _address(request, view)}
    return _asked(request, form, context)


def _settle(request: HttpRequest, view: SavedView, *, default: bool) -> None:
    """Let the list open with the view, or with it no more."""
    if default:
        Default.choose(view, user_id=_me(request))
    else:
        Default.objects.filter(user=_me(request), view=view).delete()


def _asked(request: HttpRequest, form: ViewForm, context: dict[str, Any]) -> HttpResponse:
    context |= {"form": form, "help": "lists"}
    return show(request, "lists/view_form.html", context, block="form", status=422 if form.errors else 200)


@page(signed_in=True)
@require_POST
def take_filters(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the view show what the address carries after its question mark."""
    view, version = get_object_or_404(SavedView, pk=pk), request.POST.get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    query = request.GET.urlencode()
    view.change(by_id=_me(request), may_share=_may_share(request), version=number, query=query)
    view.refresh_from_db()
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return go(request, _address(request, view))


@page(signed_in=True)
@require_POST
def open_with(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk)
    Default.choose(view, user_id=_me(request))
    messages.success(request, _("The list opens with “%(name)s” from now on.") % {"name": view.name})
    return go(request, _address(request, view))


@page(signed_in=True)
@require_POST
def open_whole(request: HttpRequest, list_key: str) -> HttpResponse:
    place = _place(request, list_key)
    Default.choose_none(list_key=list_key, user_id=_me(request))
    messages.success(request, _("The list opens whole again."))
    return go(request, reverse(place.view))


@page(signed_in=True)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk)
    place = _place(request, view.list_key)
    view.must_be_changed_by(_me(request), may_share=_may_share(request))
    if request.method == "POST":
        view.remove(by_id=_me(request), may_share=_may_share(request))
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return go(request, f"{reverse(place.view)}?view=all")
    context = {"view": view, "place": place, "back": _address(request, view), "help": "lists"}
    return show(request, "lists/view_remove.html", context, block="form")
