"""The pages of products that a register does not have by itself: a class with its specification fields."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.custom_fields.forms import CHOICES, chosen
from sitebook.products.classes import ProductClass, SpecificationField
from sitebook.products.forms import SpecificationForm
from sitebook.products.register import CLASSES
from sitebook.registers.views import frame, present
from sitebook.ui.render import go, show
from sitebook.values.pickers import used

SEE, CHANGE = Permission.SEE_PRODUCTS, Permission.CHANGE_PRODUCTS


@page(may=SEE)
def product_class(request: HttpRequest, pk: int) -> HttpResponse:
    """A class with what is written down of its products and assets."""
    record = get_object_or_404(ProductClass, pk=pk)
    used(request, CLASSES.one, pk)
    every = list(SpecificationField.objects.filter(product_class=pk))
    context = frame(CLASSES, request, record, "overview") | {
        "fields": [each for each in every if each.archived_at is None],
        "archived": [each for each in every if each.archived_at is not None],
    }
    return present(CLASSES, request, "products/class.html", context)


@page(may=CHANGE)
def new_field(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(ProductClass, pk=pk)
    form = SpecificationForm(request.POST or None, new=True)
    choices = CHOICES(request.POST or None, prefix="choices")

    def save() -> str:
        values = form.values()
        picked = chosen(choices) if values["kind"] == SpecificationField.Kind.CHOICE else []
        made = SpecificationField.add(product_class=record, choices=picked, **values)
        return _("%(name)s is added.") % {"name": made}

    return _answer(
        request, record, form, choices, save, {"title": _("New specification of %(name)s") % {"name": record}}
    )


@page(may=CHANGE)
def edit_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(SpecificationField.objects.select_related("product_class"), pk=pk)
    start = {name: getattr(field, name) for name in ("label", "unit", "least", "most", "version")}
    form = SpecificationForm(request.POST or None, initial=start, new=False, kind=field.kind)
    choices = CHOICES(request.POST or None, initial=field.choices, prefix="choices")

    def save() -> str:
        picked = chosen(choices) if field.kind == SpecificationField.Kind.CHOICE else None
        field.change(version=form.cleaned_data["version"] or 0, choices=picked, **form.values())
        return _("%(name)s is saved.") % {"name": field}

    context = {"title": _("Change %(name)s") % {"name": field.label}, "field": field}
    return _answer(request, field.product_class, form, choices, save, context)


@page(may=CHANGE)
@require_POST
def move_field(request: HttpRequest, pk: int, *, up: bool) -> HttpResponse:
    field = get_object_or_404(SpecificationField, pk=pk)
    field.move(up=up)
    return go(request, CLASSES.url("record", field.product_class_id))


@page(may=CHANGE)
@require_POST
def archive_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(SpecificationField, pk=pk)
    field.archive(at=timezone.now())
    messages.success(request, _("%(name)s is archived. What is written in it stays.") % {"name": field})
    return go(request, CLASSES.url("record", field.product_class_id))


@page(may=CHANGE)
@require_POST
def restore_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(SpecificationField, pk=pk)
    field.restore()
    messages.success(request, _("%(name)s is restored.") % {"name": field})
    return go(request, CLASSES.url("record", field.product_class_id))


def _answer(
    request: HttpRequest, record: ProductClass, form: Any, choices: Any, save: Any, context: dict[str, Any]
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if all([form.is_valid(), choices.is_valid()]):
            try:
                said = save()
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, said)
                return go(request, CLASSES.url("record", record.pk))
    context |= {"record": record, "form": form, "choices": choices, "register": CLASSES, "help": "products"}
    return show(request, "products/specification.html", context, block="form", status=status)
