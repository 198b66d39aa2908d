"""Documents on a record's tab, their bytes and previews. Views may look up to the records."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sitebook.access.decorators import PREVIEWS, UPLOADS, page
from sitebook.access.permissions import Permission, may
from sitebook.basics.named import named
from sitebook.basics.refused import NotAllowed, Refused
from sitebook.contacts.models import Contact
from sitebook.contacts.pages.frame import contact_frame
from sitebook.contacts.tables import CONTACT
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.customers.tables import CUSTOMER
from sitebook.files import file_types, previews, refusals
from sitebook.files.document_lists import DOCUMENTS, Shown
from sitebook.files.forms import DescribeForm
from sitebook.files.middleware import NotDrawn
from sitebook.files.models import Document
from sitebook.files.storage import path_of, preview_of
from sitebook.files.uploads import MOST_AT_ONCE, Outcome, keep_all
from sitebook.records.pages.frame import present
from sitebook.sites.models import Site
from sitebook.sites.pages.frame import site_frame, site_seen
from sitebook.sites.tables import SITE
from sitebook.ui.render import asked_by_htmx, go

SEE, ADD = Permission.SEE_CUSTOMERS, Permission.ADD_DOCUMENTS
RECORDS = {CUSTOMER: "customer", SITE: "site", CONTACT: "contact"}
# What a served file may do in the browser: nothing but be shown.
POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@page(may=SEE, lane=UPLOADS)
def of_customer(request: HttpRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    return document_tab(request, CUSTOMER, pk, pk, lambda: customer_frame(request, customer, "documents"))


@page(may=SEE, lane=UPLOADS)
def of_site(request: HttpRequest, pk: int) -> HttpResponse:
    seen = site_seen(request, pk)
    if seen.then and request.method == "POST":
        raise Http404
    if seen.site.ended_on and request.method == "POST":
        raise Refused(seen.site.takes_nothing_new, code="site_ended")
    return document_tab(request, SITE, pk, seen.site.customer_id, lambda: site_frame(request, seen, "documents"))


@page(may=SEE, lane=UPLOADS)
def of_contact(request: HttpRequest, pk: int) -> HttpResponse:
    contact: Contact = get_object_or_404(Contact.objects.select_related("customer"), pk=pk)
    return document_tab(request, CONTACT, pk, contact.customer_id, lambda: contact_frame(request, contact, "documents"))


def document_tab(
    request: HttpRequest, kind: str, pk: int, now_has: int | None, frame: Callable[[], dict[str, Any]]
) -> HttpResponse:
    """The tab, or what became of the files that were sent to it. ``now_has``: the customer of the record today."""
    sent = request.method == "POST"
    outcomes = _received(request, kind, pk) if sent else []
    good = [outcome for outcome in outcomes if outcome.document]
    if sent and len(good) == len(outcomes) and not asked_by_htmx(request):
        messages.success(request, refusals.added(len(good)))
        return go(request, request.path)
    context = _shown(request, kind, pk, now_has) | frame() | {"outcomes": outcomes, "help": "documents"}
    block, status = ("outcome", 200 if good else 422) if sent else ("list", 200)
    return present(request, "files/tab.html", context, block=block, status=status)


def _received(request: HttpRequest, kind: str, pk: int) -> list[Outcome]:
    if not may(request.user, ADD):
        raise PermissionDenied
    if not request.examined:  # type: ignore[attr-defined]
        return [Outcome("", sentence=_("No file was chosen. Choose one or several, then send them."))]
    return keep_all(kind=kind, pk=pk, files=request.examined)  # type: ignore[attr-defined]


def _shown(request: HttpRequest, kind: str, pk: int, now_has: int | None) -> dict[str, Any]:
    listed = DOCUMENTS.page(
        request.GET, request.path, Document.objects.about(kind, pk).select_related("uploaded_by", "removed_by")
    )
    others = {row.customer_id for row in listed.rows if row.customer_id != now_has}
    names = Customer.objects.in_bulk([other for other in others if other]) if others else {}
    hidden = {other for other in others if other and other not in names}
    shown = [
        Shown(
            row,
            may_alter=_may_alter(request, row) and row.customer_id not in hidden,
            may_place=named(kind).changes_hands and row.customer_id == now_has,
            before=(str(names.get(row.customer_id) or _("another customer")) if row.customer_id in others else ""),
        )
        for row in listed.rows
    ]
    limit = refusals.amount(settings.MAX_UPLOAD_BYTES)
    return {
        "page": listed,
        "pictures": [each for each in shown if each.is_framed],
        "others": [each for each in shown if not each.is_framed],
        "may_add": may(request.user, ADD),
        "limit": limit,
        "limit_bytes": settings.MAX_UPLOAD_BYTES,
        "most": MOST_AT_ONCE,
        # Without HEIC: a telephone that takes it then sends JPEG, which everybody can see.
        "accept": ",".join(
            f".{each}" for each in file_types.ACCEPTED if each not in file_types.KINDS[file_types.HEIC].extensions
        ),
        "too_large": refusals.too_large("{name}", "{size}", limit),
    }


@page(may=SEE)
@require_safe
def content(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """The bytes. The name in the address is for people; the row policy decides who gets them."""
    document = get_object_or_404(Document.objects.in_use(), pk=pk)
    inline = file_types.KINDS[document.kind].inline and "download" not in request.GET
    file = _opened(path_of(document.sha256))
    response = FileResponse(file, content_type=document.media_type, filename=document.name, as_attachment=not inline)
    return _served(request, response, document.media_type, f'"{document.sha256}"')


@page(may=SEE, lane=PREVIEWS)
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The small picture, drawn again when it is missing."""
    document = get_object_or_404(Document.objects.in_use(), pk=pk)
    if not previews.can_be_drawn(document):
        raise Http404
    serve = partial(_serve_preview, request, document.sha256)
    return serve() if preview_of(document.sha256).exists() else NotDrawn(serve)


def _serve_preview(request: HttpRequest, sha256: str) -> HttpResponseBase:
    path = previews.drawn(sha256)
    if path is None:
        raise Http404
    response = FileResponse(_opened(path), content_type=file_types.WEBP)
    return _served(request, response, file_types.WEBP, f'"{sha256}-preview"')


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error


def _served(request: HttpRequest, response: FileResponse, media_type: str, etag: str) -> HttpResponseBase:
    """A file that can do nothing in the browser but be shown."""
    # A sandbox keeps Chromium's own reader of PDF from starting; nothing in a PDF reaches the page it would guard.
    response["Content-Security-Policy"] = POLICY if media_type == file_types.PDF else f"sandbox; {POLICY}"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = etag
    # Pictures and PDF are compressed already; gzip would take the length away and make the reader wait.
    request.META["HTTP_ACCEPT_ENCODING"] = ""
    return get_conditional_response(request, etag=etag, response=response) or response  # type: ignore[arg-type]


@page(may=ADD)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    document = _to_alter(request, pk)
    form = DescribeForm(request.POST or None, initial={"name": document.name, "note": document.note})
    if request.method == "POST" and form.is_valid():
        document.describe(**form.cleaned_data)
        messages.success(request, _("%(name)s is saved.") % {"name": document})
        return go(request, _home(document))
    context = {"document": document, "form": form, "back": _home(document), "help": "documents"}
    return present(request, "files/edit.html", context, block="form", status=422 if form.is_bound else 200)


@page(may=ADD)
@require_POST
def place(request: HttpRequest, pk: int, yes: bool) -> HttpResponse:
    document = _to_alter(request, pk)
    now_has = Site.objects.filter(pk=document.about_id).values_list("customer_id", flat=True).first()
    document.belong_to_place(yes=yes, now_has=now_has)
    said = _("%(name)s passes on with the place.") if yes else _("%(name)s stays with the customer.")
    messages.success(request, said % {"name": document})
    return go(request, _home(document))


@page(may=ADD)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    document = _to_alter(request, pk)
    document.remove(by_id=request.user.pk, at=timezone.now())
    undo = reverse("files:bring-back", args=[pk])
    messages.success(request, _("%(name)s is removed.") % {"name": document}, extra_tags=undo)
    return go(request, _home(document))


@page(may=ADD)
@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    document = _to_alter(request, pk)
    document.bring_back()
    messages.success(request, _("%(name)s is back.") % {"name": document})
    return go(request, _home(document))


def _to_alter(request: HttpRequest, pk: int) -> Document:
    document = get_object_or_404(Document, pk=pk)
    if not _may_alter(request, document):
        text = _("Only who added %(name)s, or somebody who may change customers, may change or remove it.")
        raise NotAllowed(text % {"name": document})
    if document.customer_id and not Customer.objects.filter(pk=document.customer_id).exists():
        text = _("%(name)s came with the place and stays as its former customer left it.")
        raise NotAllowed(text % {"name": document})
    return document


def _may_alter(request: HttpRequest, document: Document) -> bool:
    own = document.uploaded_by_id == request.user.pk and may(request.user, ADD)
    return own or may(request.user, Permission.CHANGE_CUSTOMERS)


def _home(document: Document) -> str:
    """The record's tab, which a site has for its former customers too; of a contact that has gone to another customer
    the page of the document's own."""
    moves = document.about_kind == CONTACT
    if moves and document.customer_id and not Contact.objects.filter(pk=document.about_id).exists():
        return reverse("customers:customer", args=[document.customer_id])
    area = named(document.about_kind).page.partition(":")[0]
    return reverse(f"{area}:documents", args=[document.about_id])
