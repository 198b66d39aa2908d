"""Whom the world outside is told of what: webhooks, and what was or is to be sent to them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.access.permissions import Permission
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import SeenBy

TEST = "test"
_ADMINISTRATORS = "users_is_administrator()"
_SEEN = f"{_ADMINISTRATORS} OR acting_user() IS NULL"
# A webhook shows what its owner sees: to administrators who see no less.
_NO_MORE = f"{_ADMINISTRATORS} AND users_sees_no_more(owner_id)"
# Whoever sees the change and the webhook. No EXISTS: the planner would read the whole history for a page of deliveries.
_CHANGE = "(SELECT true FROM history_change c WHERE c.id = change_id AND c.at = change_at)"
_WEBHOOK = "EXISTS (SELECT 1 FROM outbox_webhook parent WHERE parent.id = webhook_id)"
_TELLS = f"{_ADMINISTRATORS} AND (change_id IS NULL OR {_CHANGE}) AND {_WEBHOOK}"
_TRIES = "EXISTS (SELECT 1 FROM outbox_delivery parent WHERE parent.id = delivery_id)"


class Webhook(models.Model):
    """An address that is told of events, as far as its owner may see them when it is told.

    ``events``: none are all. ``generation`` counts how often the secret was renewed; the secret itself is kept nowhere.
    ``addressed_by``, set by the database: who wrote the address or chose the owner last. What they do not see is not
    told either; None is whoever works at the machine.
    """

    named = Named(one=lazy("webhook"), open_to=Permission.MANAGE_WEBHOOKS)
    seen_by = SeenBy(few=_NO_MORE, many=_NO_MORE, all=_SEEN)

    name = models.CharField(lazy("Name"), max_length=80)
    url = models.CharField(lazy("Address"), max_length=500)
    events = ArrayField(models.CharField(max_length=30), verbose_name=lazy("Tell of"), default=list, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=lazy("Sees as"), on_delete=models.PROTECT, related_name="+"
    )
    addressed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=lazy("Address written by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    generation = models.PositiveSmallIntegerField(lazy("Secret"), default=1, editable=False)
    is_active = models.BooleanField(lazy("In use"), default=True)
    paused_at = models.DateTimeField(lazy("Paused"), null=True, editable=False)
    pause_reason = models.CharField(lazy("Why it is paused"), max_length=200, blank=True, default="", editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects: ClassVar[models.Manager[Webhook]] = models.Manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_webhook_has_a_name"),
            models.CheckConstraint(condition=models.Q(url__regex=r"^https?://"), name="a_webhook_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """What signatures are made with: drawn from the installation's own secret, so that it need not be kept."""
        key = f"webhook:{self.pk}:{self.generation}".encode()
        drawn = hmac.new(settings.SECRET_KEY.encode(), key, hashlib.sha256).digest()
        return "whsec_" + base64.urlsafe_b64encode(drawn).decode().rstrip("=")

    def signature(self, body: bytes, *, at: int) -> str:
        """``t=<seconds since 1970>,v1=<HMAC-SHA256 over "t.body", hex>``."""
        digest = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return f"t={at},v1={digest}"

    def renew(self) -> None:
        """Another secret, from the next sending on."""
        Webhook.objects.filter(pk=self.pk).update(generation=models.F("generation") + 1)
        self.refresh_from_db()

    def pause(self, *, at: datetime, why: str = "") -> None:
        """Keep what is to be sent until somebody resumes."""
        Webhook.objects.filter(pk=self.pk, paused_at=None).update(paused_at=at, pause_reason=why[:200])

    def resume(self, *, at: datetime) -> None:
        """Send what waits, at once."""
        Webhook.objects.filter(pk=self.pk).update(paused_at=None, pause_reason="")
        Delivery.objects.filter(webhook=self, state=Delivery.State.WAITING).update(next_at=at)

    def test(self, *, at: datetime) -> Delivery:
        """Something to send that tells of nothing. Raises Refused (webhook_paused)."""
        self.must_send()
        return Delivery.objects.create(webhook=self, event=TEST, next_at=at)

    def must_send(self) -> None:
        """Raises Refused (webhook_paused)."""
        if self.paused_at or not self.is_active:
            raise Refused(
                _("%(name)s is paused or out of use. Resume it first.") % {"name": self}, code="webhook_paused"
            )


class Delivery(models.Model):
    """One event for one webhook. Which change it tells of, not what: that is read as its owner when it is sent."""

    seen_by = SeenBy(few=_TELLS, many=_TELLS, all=_SEEN, parent=("outbox_webhook", "webhook_id"), tracked=False)

    class State(models.TextChoices):
        WAITING = "waiting", lazy("Waiting")
        SENT = "sent", lazy("Sent")
        SKIPPED = "skipped", lazy("Not told")
        GIVEN_UP = "given up", lazy("Given up")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(lazy("Event"), max_length=30)
    change_id = models.BigIntegerField(null=True)
    change_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(lazy("State"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(lazy("Attempts"), default=0)
    next_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Delivery]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["webhook", "next_at", "id"], name="deliveries_due", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["webhook", "claimed_until"],
                name="deliveries_claimed",
                condition=models.Q(state="waiting", claimed_until__isnull=False),
            ),
            models.Index(fields=["webhook", "-id"], name="deliveries_of_a_webhook"),
        ]

    def send_again(self, *, at: datetime) -> None:
        """Once more from the start, whatever became of it. Raises Refused (webhook_paused)."""
        self.webhook.must_send()
        Delivery.objects.filter(pk=self.pk).update(state=self.State.WAITING, attempts=0, next_at=at, claimed_until=None)


class Attempt(models.Model):
    """One try: what came back, or why nothing did."""

    seen_by = SeenBy(
        few=_TRIES,
        many=_TRIES,
        all=_SEEN,
        write="insert, delete",
        parent=("outbox_delivery", "delivery_id"),
        secret=("fault",),
        tracked=False,
    )

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(db_default=Now())
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=200, blank=True, default="")
    took_ms = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager[Attempt]] = models.Manager()

    class Meta:
        ordering = ["pk"]
