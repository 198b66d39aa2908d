"""The pages of webhooks: which there are, what was told, what came back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.outbox.events import events
from sitebook.outbox.forms import WebhookForm
from sitebook.outbox.models import Attempt, Delivery, Webhook
from sitebook.ui.filters import Choice
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go, show

MANAGE = Permission.MANAGE_WEBHOOKS
SHOWN = "new-webhook-secret"
DELIVERIES = Listing(
    columns=(
        Column(key="event", label=lazy("Event"), look="l1 grow"),
        Column(key="made", label=lazy("When"), sort=("pk",), look="l2", first_descending=True),
        Column(key="state", label=lazy("State"), look="r1"),
        Column(key="attempts", label=lazy("Attempts"), numeric=True, look="p2"),
    ),
    order="-made",
    search=lambda rows, text: rows.filter(event__icontains=text),
    filters=(
        Choice("state", lazy("State"), Delivery.State.choices),
        Choice("event", lazy("Event"), lambda: list(events().items())),
    ),
)


@page(may=MANAGE)
def webhooks(request: HttpRequest) -> HttpResponse:
    rows = list(Webhook.objects.select_related("owner"))
    return show(request, "outbox/list.html", {"rows": rows, "events": events(), "help": "webhooks"})


@page(may=MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, initial={"owner": request.user.pk})
    if request.method == "POST" and form.is_valid():
        made = Webhook.objects.create(**form.cleaned_data)
        _show_once(request, made)
        messages.success(request, _("%(name)s is added.") % {"name": made})
        return go(request, reverse("outbox:webhook", args=[made.pk]))
    context = {"form": form, "help": "webhooks"}
    return show(request, "outbox/new.html", context, block="form", status=422 if form.errors else 200)


@page(may=MANAGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook.objects.select_related("owner"), pk=pk)
    now = {name: getattr(found, name) for name in ("name", "url", "owner", "events", "is_active")}
    form = WebhookForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        Webhook.objects.filter(pk=pk).update(**form.cleaned_data)
        messages.success(request, _("%(name)s is saved.") % {"name": form.cleaned_data["name"]})
        return go(request, reverse("outbox:webhook", args=[pk]))
    context = {"form": form, "webhook": found, "help": "webhooks"}
    return show(request, "outbox/edit.html", context, block="form", status=422 if form.errors else 200)


@page(may=MANAGE)
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook, what it was told, and its secret to who just made or renewed it."""
    found = get_object_or_404(Webhook.objects.select_related("owner"), pk=pk)
    listed = DELIVERIES.page(request.GET, request.path, Delivery.objects.filter(webhook=found))
    secret = _to_show(request, found)
    context = {"webhook": found, "page": listed, "events": events(), "secret": secret, "help": "webhooks"}
    return show(request, "outbox/webhook.html", context, block="list")


@page(may=MANAGE)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("webhook"), pk=pk)
    context = {
        "delivery": found,
        "tries": list(Attempt.objects.filter(delivery=found)),
        "events": events(),
        "help": "webhooks",
    }
    return show(request, "outbox/delivery.html", context)


@page(may=MANAGE)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=pk)
    found.send_again(at=timezone.now())
    messages.success(request, _("It is sent again in a moment."))
    return go(request, reverse("outbox:delivery", args=[pk]))


@page(may=MANAGE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the buttons: a test, a pause, on again, another secret."""
    found, asked, now = get_object_or_404(Webhook, pk=pk), request.POST.get("act", ""), timezone.now()
    if asked == "test":
        found.test(at=now)
        said = _("A test is on its way.")
    elif asked == "pause":
        found.pause(at=now, why=_("Paused by %(user)s.") % {"user": request.user})
        said = _("%(name)s is paused. What happens meanwhile waits.")
    elif asked == "resume":
        found.resume(at=now)
        said = _("%(name)s goes on with what waits.")
    elif asked == "renew":
        found.renew()
        _show_once(request, found)
        said = _("%(name)s has another secret. Write it down where the signature is checked.")
    else:
        raise Refused(
            _("Sitebook does not know “%(act)s”. Reload the page and try again.") % {"act": asked[:40]},
            code="unknown_action",
        )
    messages.success(request, said % {"name": found} if "%(" in said else said)
    return go(request, reverse("outbox:webhook", args=[pk]))


def _show_once(request: HttpRequest, shown: Webhook) -> None:
    """Let the webhook's page show the secret the next time this browser opens it, and never again."""
    request.session[SHOWN] = [shown.pk, shown.generation]


def _to_show(request: HttpRequest, found: Webhook) -> str:
    if request.session.get(SHOWN) != [found.pk, found.generation]:
        return ""
    del request.session[SHOWN]
    return found.secret
