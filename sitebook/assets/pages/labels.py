"""Labels of assets to print: those chosen in the list, or one; and the QR code of one as a picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from sitebook.access.decorators import EXPORTS, page
from sitebook.access.permissions import Permission
from sitebook.assets.labels import FORMATS, Label, qr_svg, sheet
from sitebook.assets.models import Asset
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import Refused
from sitebook.basics.texts import id_in
from sitebook.bulk.list_pages import rows_at
from sitebook.firm.models import Firm
from sitebook.registers.views import present

SEE = Permission.SEE_ASSETS
MOST = 1_000


@page(may=SEE, lane=EXPORTS)
def labels(request: HttpRequest) -> HttpResponseBase:
    """Asks for the format of the labels, and gives the sheet once it is said."""
    sent = request.POST if request.method == "POST" else request.GET
    rows = _chosen(sent)
    number = rows[: MOST + 1].count()
    if number > MOST:
        text = _("That are more than %(most)s labels. Narrow the list and print them in parts.")
        raise Refused(text % {"most": MOST}, code="too_many_labels")
    form = FORMATS.get(sent.get("format", ""))
    if form is None or not number:
        kept = [(name, value) for name in ("pick", "all", "address") for value in sent.getlist(name)]
        first = rows.first()
        context = {"number": number, "formats": FORMATS, "kept": kept, "first": first}
        return present(ASSETS, request, "assets/labels.html", context)
    start = id_in(sent.get("start", "")) or 1
    firm = Firm.objects.get(pk=1).name
    printed = [_label(request, row, firm) for row in rows]
    title = ngettext("%(number)s label", "%(number)s labels", number) % {"number": number}
    made = sheet(printed, form, title=title, language=get_language() or "en", start=min(start, form.on_a_sheet))
    return FileResponse(BytesIO(made), filename="sitebook-labels.pdf", content_type="application/pdf")


@page(may=SEE)
def qr(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR code of an asset as SVG."""
    record = get_object_or_404(Asset, pk=pk)
    return HttpResponse(qr_svg(_address(request, record)), content_type="image/svg+xml")


def _chosen(sent: Any) -> QuerySet[Any]:
    """The ticked assets, or all that the list of an address holds. Raises Refused."""
    if "all" in sent:
        rows, _words = rows_at(ASSETS.bulk_list, sent.get("address", ""), None, on=timezone.localdate())
        return rows.order_by("reference", "pk")
    ids = [pk for pk in map(id_in, sent.getlist("pick")) if pk]
    return Asset.objects.filter(pk__in=ids).order_by("reference", "pk")


def _label(request: HttpRequest, row: Asset, firm: str) -> Label:
    serial = _("No. %(serial)s") % {"serial": row.serial} if row.serial else ""
    name = "" if str(row) in (row.reference, row.serial) else str(row)
    lines = [row.reference, name, serial, firm]
    return Label(address=_address(request, row), lines=[line for line in lines if line])


def _address(request: HttpRequest, row: Asset) -> str:
    return request.build_absolute_uri(reverse(Asset.named.page, args=[row.pk]))
