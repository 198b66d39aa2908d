"""How brands are written, and who makes them: join spellings to a maker, take them apart again."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.products.forms import JoinForm
from sitebook.products.makers import SHOWN, Maker, MakerSpelling, branded, written_brands
from sitebook.products.register import MAKERS
from sitebook.registers.views import frame, present
from sitebook.ui.render import go, show
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_PRODUCTS, Permission.CHANGE_PRODUCTS


@page(may=SEE)
def maker(request: HttpRequest, pk: int) -> HttpResponse:
    """A maker with the spellings it is known by."""
    record = get_object_or_404(Maker, pk=pk)
    used(request, MAKERS.one, pk)
    context = frame(MAKERS, request, record, "overview") | {"spellings": list(record.spellings.all())}
    return present(MAKERS, request, "products/maker.html", context)


@page(may=CHANGE)
def spellings(request: HttpRequest) -> HttpResponse:
    """All brands as they are written, with how many records have each; those that are ticked become one maker's."""
    form = JoinForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        picked = request.POST.getlist("written")
        if form.is_valid():
            try:
                with transaction.atomic():
                    joined = form.cleaned_data["maker"]
                    joined.join(picked)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _joined(joined, len(picked)))
                return go(request, reverse("maker-spellings:list"))
    asked = request.GET.get("q", "").replace("\0", "").strip()[:100]
    without = request.GET.get("without") == "yes"
    context = {
        "form": form,
        "kinds": [model.named.many for model in branded()],
        "brands": written_brands(text=asked, without=without),
        "picked": set(request.POST.getlist("written")),
        "asked": asked,
        "without": without,
        "most": SHOWN,
        "help": "products",
    }
    return show(request, "products/spellings.html", context, status=status)


@page(may=CHANGE)
@require_POST
def take_apart(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(MakerSpelling, pk=pk)
    to = MAKERS.url("record", found.maker_id)
    try:
        found.take_apart()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return go(request, to)
    messages.success(request, _("“%(name)s” stands for itself again.") % {"name": found.written})
    return go(request, to)


def _joined(maker: Maker, count: int) -> str:
    text = ngettext("%(count)s spelling is of %(maker)s now.", "%(count)s spellings are of %(maker)s now.", count)
    return text % {"count": count, "maker": maker}
