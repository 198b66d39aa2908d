"""Archive and restore customers, sites and contacts: what hangs on them is shown first, and can come along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.config.consequences import consequences_of
from sitebook.contacts import archive as archiving
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.history.labels import kind_name
from sitebook.registers.models import Record
from sitebook.registers.pages.frame import present
from sitebook.sites.models import Site
from sitebook.ui.render import go

CUSTOMERS, SITES, CONTACTS = (
    Permission.ARCHIVE_CUSTOMERS,
    Permission.ARCHIVE_SITES,
    Permission.ARCHIVE_CONTACTS,
)
_VIEWS: dict[type[Record], tuple[str, str, str, str]] = {
    Customer: ("customers:customer", "customers:archive", "customers:restore", "customers"),
    Site: ("sites:site", "sites:archive", "sites:restore", "sites"),
    Contact: ("contacts:contact", "contacts:archive", "contacts:restore", "contacts"),
}


@page(may=CUSTOMERS)
def archive_customer(request: HttpRequest, pk: int) -> HttpResponse:
    return _archive(request, get_object_or_404(Customer, pk=pk))


@page(may=SITES)
def archive_site(request: HttpRequest, pk: int) -> HttpResponse:
    return _archive(request, get_object_or_404(Site, pk=pk))


@page(may=CONTACTS)
def archive_contact(request: HttpRequest, pk: int) -> HttpResponse:
    return _archive(request, get_object_or_404(Contact, pk=pk))


@page(may=CUSTOMERS)
def restore_customer(request: HttpRequest, pk: int) -> HttpResponse:
    return _restore(request, get_object_or_404(Customer, pk=pk))


@page(may=SITES)
def restore_site(request: HttpRequest, pk: int) -> HttpResponse:
    return _restore(request, get_object_or_404(Site, pk=pk))


@page(may=CONTACTS)
def restore_contact(request: HttpRequest, pk: int) -> HttpResponse:
    return _restore(request, get_object_or_404(Contact, pk=pk))


@page(may=(CUSTOMERS, SITES, CONTACTS))
@require_POST
def undo(request: HttpRequest, act: str) -> HttpResponse:
    """The Undo button of an archiving: back with all it took, wherever one is now."""
    count = archiving.undo(act)
    if count:
        said = ngettext("%(count)s record is back in the lists.", "%(count)s records are back in the lists.", count)
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("That is undone already."))
    return go(request, reverse("home"))


def undo_address(request: HttpRequest) -> str:
    """Where the Undo button of what this request archived posts to."""
    return reverse("contacts:undo-archive", args=[_act(request)])


def _act(request: HttpRequest) -> str:
    return str(request.request_id)  # type: ignore[attr-defined]


def archive_record(register: Any, request: HttpRequest, record: Record) -> HttpResponse:
    return _archive(request, record, _views(register))


def restore_record(register: Any, request: HttpRequest, record: Record) -> HttpResponse:
    return _restore(request, record, _views(register))


def _views(register: Any) -> tuple[str, str, str, str]:
    here, archive, restore = (f"{register.path}:{name}" for name in ("record", "archive", "restore"))
    return here, archive, restore, register.help


def _archive(request: HttpRequest, record: Record, views: tuple[str, str, str, str] | None = None) -> HttpResponse:
    here, action, _back, help_page = views or _VIEWS[type(record)]
    lines = consequences_of(record, on=timezone.localdate())
    if request.method == "POST":
        along = [line for line in lines if line.takes and line.key in request.POST.getlist("along")]
        reason, now = request.POST.get("reason", "").strip(), timezone.now()
        count = archiving.archive(record, along=along, act=_act(request), by_id=request.user.pk, at=now, reason=reason)
        messages.success(request, _said(record, count), extra_tags=undo_address(request))
        return go(request, reverse(here, args=[record.pk]))
    context = {"record": record, "kind": kind_name(record._meta.db_table), "help": help_page}
    context |= {"here": here, "action": action, "takes": [line for line in lines if line.takes]}
    context |= {"stays": [line for line in lines if not line.takes]}
    return present(request, "registers/archive.html", context, block="form")


def _said(record: Record, count: int) -> str:
    if not count:
        return _("%(name)s is archived.") % {"name": record}
    text = ngettext(
        "%(name)s is archived, and %(count)s record with it.",
        "%(name)s is archived, and %(count)s records with it.",
        count,
    )
    return text % {"name": record, "count": count}


def _restore(request: HttpRequest, record: Record, views: tuple[str, str, str, str] | None = None) -> HttpResponse:
    """Asked first when more can come along; a bare POST, as from a button, brings all of it."""
    here, _archive, action, help_page = views or _VIEWS[type(record)]
    if request.method == "POST":
        count = archiving.restore(record, rest="asked" not in request.POST or "rest" in request.POST)
        text = _("%(name)s is back in the lists.") if not count else ngettext(
            "%(name)s is back in the lists, and %(count)s record with it.",
            "%(name)s is back in the lists, and %(count)s records with it.",
            count,
        )  # fmt: skip
        messages.success(request, text % {"name": record, "count": count})
        return go(request, reverse(here, args=[record.pk]))
    rest: list[dict[str, Any]] = [
        {"count": count, "kind": kind_name(rows.model._meta.db_table)}
        for rows in archiving.rest_of(record)
        if (count := rows.count())
    ]
    context = {"record": record, "here": here, "action": action, "rest": rest, "help": help_page}
    return present(request, "registers/restore.html", context, block="form")
