"""The lines of a job: add, change, say what becomes of one, remove."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.assets.models import Asset
from sitebook.basics.refused import Refused
from sitebook.catalogue.models import Activity, CustomerActivity
from sitebook.firm.models import Firm
from sitebook.jobs.forms import LineForm
from sitebook.jobs.models import Job, JobLine
from sitebook.jobs.pages.jobs import job_frame, job_of
from sitebook.jobs.register import JOBS
from sitebook.jobs.states import Charge, LineKind
from sitebook.registers.views import present
from sitebook.ui.render import go

CHANGE = Permission.CHANGE_JOBS


def _prices(job: Job) -> Any:
    return CustomerActivity.objects.in_force(on=timezone.localdate()).filter(customer=job.customer_id)


def _form(request: HttpRequest, job: Job, line: JobLine | None) -> LineForm:
    fields = ("name", "asset", "quantity", "cost", "sale", "currency", "charge", "reason")
    first = {name: getattr(line, name) for name in fields} if line else {"currency": _currency(job)}
    return LineForm(
        request.POST if request.method == "POST" else None,
        initial=first,
        activities=Activity.objects.filter(pk__in=_prices(job).values("activity")).order_by("name_key", "pk"),
        assets=Asset.objects.filter(pk__in=job.assets.values("asset")).order_by("name_key", "pk"),
        new=line is None,
        costs=may(request.user, Permission.SEE_COSTS),
    )


def _currency(job: Job) -> str:
    firm = Firm.ours()
    return str(job.customer.currency or (firm.currency if firm else ""))


def _written(data: dict[str, Any]) -> dict[str, Any]:
    names = ("asset", "quantity", "cost", "sale", "currency", "charge", "reason")
    found = {name: data[name] for name in names if name in data}
    found["charge"] = found.get("charge") or Charge.UNDECIDED.value
    return found


def _add(job: Job, data: dict[str, Any]) -> None:
    """An activity or a product at its price unless another amount is written; else what was typed."""
    values, product = _written(data), data["product"]
    quantity = values.pop("quantity")
    priced = values.get("sale") is not None or values.get("cost") is not None
    if data["activity"]:
        price = _prices(job).select_related("activity").get(activity=data["activity"])
        given = {name: value for name, value in values.items() if value not in (None, "")}
        if not priced:
            given.pop("currency", None)
        JobLine.of_activity(job, price, quantity=quantity, **given)
        return
    if product and not priced:
        values |= {"sale": product.price, "cost": product.cost, "currency": product.currency}
    kind = LineKind.PART if product else data["kind"]
    JobLine.add(job, kind=kind, name=data["name"] or str(product), quantity=quantity, product=product, **values)


@page(may=CHANGE)
def new(request: HttpRequest, pk: int) -> HttpResponse:
    job = job_of(pk)
    return _asked(request, job, _form(request, job, None), None)


@page(may=CHANGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(JobLine.objects.select_related("job", "asset"), pk=pk)
    job = job_of(line.job_id)
    return _asked(request, job, _form(request, job, line), line)


def _asked(request: HttpRequest, job: Job, form: LineForm, line: JobLine | None) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if line is None:
                    _add(job, form.cleaned_data)
                else:
                    line.change(version=line.version, **_changed(form.cleaned_data))
                messages.success(request, _("The line is saved."))
                return go(request, JOBS.url("record", job.pk))
            except Refused as refusal:
                form.add_error(None, str(refusal))
                status = 409
    title = _("New line: %(job)s") % {"job": job.reference} if line is None else str(line)
    context = job_frame(request, job) | {"form": form, "title": title, "save": _("Save")}
    return present(JOBS, request, "jobs/form.html", context, block="form", status=status)


def _changed(data: dict[str, Any]) -> dict[str, Any]:
    asset = data.pop("asset", None)
    return {"name": data["name"], **_written(data), "asset_id": asset.pk if asset else None}


@page(may=CHANGE)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    line = get_object_or_404(JobLine.objects.select_related("job"), pk=pk)
    line.remove()
    messages.success(request, _("The line is removed."))
    return go(request, JOBS.url("record", line.job_id))
