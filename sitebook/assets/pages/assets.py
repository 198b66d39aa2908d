"""An asset's installation tab, the sites offered for it, and what its product brings."""

from __future__ import annotations

from django.db.models import Case, F, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.assets.register import ASSETS
from sitebook.assets.rules import told_to_the_form
from sitebook.basics.texts import id_in
from sitebook.products.models import Product
from sitebook.products.specifications import facts
from sitebook.registers.views import PICKED, frame, pinned_notes, present
from sitebook.search.queries import holding
from sitebook.sites.models import Site
from sitebook.ui.render import show
from sitebook.values.pickers import Option, recently_used

# So many sites of an owner are offered before one types.
THEIRS = 200


@page(may=Permission.SEE_ASSETS)
def installation(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(ASSETS.queryset(), pk=pk)
    today = timezone.localdate()
    context = frame(ASSETS, request, record, "installation") | {
        "age": record.age_on(today),
        "pinned_notes": pinned_notes(ASSETS, request, pk),
        "specifications": facts(record.product_class_id, record.specifications),
    }
    return present(ASSETS, request, "assets/installation.html", context)


@page(may=Permission.SEE_ASSETS)
def sites_to_pick(request: HttpRequest) -> HttpResponse:
    """The picker's lines: the chosen owner's sites as in its Sites tab, before one types (F-419); of what is typed
    theirs first, then those worked with last (F-122)."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    owner = id_in(request.GET.get("owner", ""))
    recent = recently_used(request, "site")
    rows = Site.objects.select_related("customer")
    rows = holding(rows, query) if len(query) > 1 else rows.filter(archived_at__isnull=True)
    if len(query) < 2:
        rows = rows.filter(customer=owner) if owner else rows.filter(pk__in=recent)
    first = Case(When(customer_id=owner, then=0), When(pk__in=recent, then=1), default=2)
    found = rows.order_by(F("archived_at").asc(nulls_first=True), first, "name_key", "pk")[
        : THEIRS if owner and len(query) < 2 else PICKED
    ]
    options = [Option(row.pk, row.name, row.aside, "archive" if row.is_archived else "sites") for row in found]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": len(query) < 2})


@page(may=Permission.SEE_ASSETS)
def from_product(request: HttpRequest) -> JsonResponse:
    """What a product brings to a new asset: brand, description, class; nothing for one that is not there."""
    found = Product.objects.filter(pk=id_in(request.GET.get("product", ""))).first()
    return JsonResponse(told_to_the_form(found) if found else {})
