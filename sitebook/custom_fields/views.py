"""The pages on which a firm says what fields it adds to its registers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.custom_fields.forms import CHOICES, FieldForm, chosen
from sitebook.custom_fields.models import CustomField, registers
from sitebook.ui.render import go, show

MAY = Permission.CHANGE_FIRM


@page(may=MAY)
def fields(request: HttpRequest) -> HttpResponse:
    every = list(CustomField.objects.order_by("position", "pk"))
    groups = [
        {
            "register": register,
            "label": label,
            "fields": [each for each in every if each.register == register and each.archived_at is None],
            "archived": [each for each in every if each.register == register and each.archived_at is not None],
        }
        for register, label in registers()
    ]
    return show(request, "custom_fields/list.html", {"groups": groups, "help": "custom-fields"})


@page(may=MAY)
def new(request: HttpRequest) -> HttpResponse:
    register = request.GET.get("register", "")
    titles = dict(registers())
    register = register if register in titles else next(iter(titles))
    form = FieldForm(request.POST or None, register=register, new=True)
    choices = CHOICES(request.POST or None, prefix="choices")
    status = 200
    if request.method == "POST":
        status = 422
        if _fits(form, choices, kind=form.data.get("kind", "")):
            try:
                values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
                made = CustomField.add(register=register, choices=_choices(choices, values["kind"]), **values)
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("%(name)s is added.") % {"name": made})
                return go(request, reverse("custom_fields:list"))
    context = {"form": form, "choices": choices, "register": register, "label": titles[register]}
    return show(request, "custom_fields/new.html", context | {"help": "custom-fields"}, status=status)


@page(may=MAY)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    start = {name: getattr(field, name) for name in ("label", "help_text", "of_place", "version")}
    form = FieldForm(request.POST or None, initial=start, register=field.register, new=False)
    choices = CHOICES(request.POST or None, initial=field.choices, prefix="choices")
    status = 200
    if request.method == "POST":
        status = 422
        if _fits(form, choices, kind=field.kind):
            try:
                field.change(**_changes(form, choices, field))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, _("%(name)s is saved.") % {"name": field})
                return go(request, reverse("custom_fields:list"))
    context = {"form": form, "choices": choices, "field": field, "count": field.in_use(), "help": "custom-fields"}
    return show(request, "custom_fields/edit.html", context, status=status)


@page(may=MAY)
@require_POST
def move(request: HttpRequest, pk: int, *, up: bool) -> HttpResponse:
    get_object_or_404(CustomField, pk=pk).move(up=up)
    return go(request, reverse("custom_fields:list"))


@page(may=MAY)
@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    field.archive(at=timezone.now())
    messages.success(request, _("%(name)s is archived. What is written in it stays.") % {"name": field})
    return go(request, reverse("custom_fields:list"))


@page(may=MAY)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    field.restore()
    messages.success(request, _("%(name)s is restored.") % {"name": field})
    return go(request, reverse("custom_fields:list"))


def _fits(form: FieldForm, choices: Any, *, kind: str) -> bool:
    """Whether what was typed makes a field; one of choices needs some."""
    if kind != CustomField.Kind.CHOICE:
        return form.is_valid()
    fine = [form.is_valid(), choices.is_valid()]
    if all(fine) and not chosen(choices):
        form.add_error(None, _("Write at least one choice."))
        return False
    return all(fine)


def _choices(choices: Any, kind: str) -> list[dict[str, str]]:
    return chosen(choices) if kind == CustomField.Kind.CHOICE else []


def _changes(form: FieldForm, choices: Any, field: CustomField) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    values["version"] = values["version"] or 0
    if field.kind == CustomField.Kind.CHOICE:
        values["choices"] = chosen(choices)
    return values
