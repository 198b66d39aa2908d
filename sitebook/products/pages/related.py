"""The tab of a product with its supplies, parts, accessories and successor, and with where it is used itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import EXPORTS, page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.lists.responses import as_file
from sitebook.products.forms import RelationshipForm
from sitebook.products.models import Product
from sitebook.products.register import PRODUCTS
from sitebook.products.related_files import RELATED, rows
from sitebook.products.relationships import ProductRelationship
from sitebook.registers.views import frame, present
from sitebook.ui.render import go, show
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_PRODUCTS, Permission.CHANGE_PRODUCTS


@page(may=SEE)
def related(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(Product, pk=pk)
    context = frame(PRODUCTS, request, record, "related") | {
        "related": list(ProductRelationship.objects.of(record)),
        "using": list(ProductRelationship.objects.where_used(record)),
    }
    return present(PRODUCTS, request, "products/related.html", context)


@page(may=CHANGE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    product = get_object_or_404(Product, pk=pk)
    form = RelationshipForm(request.POST or None, initial={"kind": request.GET.get("kind", "supply"), "quantity": 1})

    def save() -> str:
        made = ProductRelationship.add(product=product, **form.values())
        used(request, PRODUCTS.one, made.related_id)
        said = {"name": made.related, "product": product}
        return _("%(name)s is added to %(product)s.") % said

    return _answer(request, product, form, save, _("New related product of %(name)s") % {"name": product})


@page(may=CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _one(pk)
    names = ("kind", "related", "meter_type", "expected_yield", "quantity", "version")
    form = RelationshipForm(request.POST or None, initial={name: getattr(found, name) for name in names})

    def save() -> str:
        found.change(version=form.cleaned_data["version"] or 0, **form.values())
        return _("%(name)s is saved.") % {"name": found.related}

    return _answer(request, found.product, form, save, _("Change %(name)s") % {"name": found.related})


@page(may=CHANGE)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = _one(pk)
    found.remove()
    messages.success(
        request, _("%(name)s is removed from %(product)s.") % {"name": found.related, "product": found.product}
    )
    return go(request, reverse("related:list", args=[found.product_id]))


@page(may=SEE, lane=EXPORTS)
def export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """All related products of all products, with codes, as an import takes them."""
    sheet = RELATED.sheet(request.GET, rows(), as_shown=False)
    return as_file(request, sheet, name=f"sitebook-related-products-{timezone.localdate().isoformat()}", ending=ending)


def _one(pk: int) -> ProductRelationship:
    return get_object_or_404(ProductRelationship.objects.select_related("product", "related", "meter_type"), pk=pk)


def _answer(
    request: HttpRequest, product: Product, form: RelationshipForm, save: Callable[[], str], title: str
) -> HttpResponse:
    status = 422 if form.errors else 200
    to = reverse("related:list", args=[product.pk])
    if request.method == "POST" and form.is_valid():
        try:
            said = save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, said)
            return go(request, to)
    context: dict[str, Any] = {"product": product, "form": form, "title": title, "back": to, "help": "products"}
    return show(request, "products/relationship.html", context, block="form", status=status)
