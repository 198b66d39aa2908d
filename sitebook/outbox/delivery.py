"""Sends what is due, each webhook one thing at a time: at least once, in the background, whoever is killed meanwhile.

A delivery is claimed for a minute, read as the webhook's owner, sent outside of any transaction, and its outcome
written down. Who dies in between leaves a claim that runs out.
"""

from __future__ import annotations

import json
import logging
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import close_old_connections, connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sitebook.access.identity import acting
from sitebook.basics import http_client
from sitebook.basics.named import named
from sitebook.basics.refused import Refused
from sitebook.firm.models import Firm
from sitebook.history import labels
from sitebook.history.models import Change
from sitebook.outbox.models import TEST, Attempt, Delivery, Webhook

# Waits after each failed attempt; then it is given up.
WAITS = tuple(timedelta(seconds=each) for each in (30, 120, 600, 3600, 3 * 3600, 8 * 3600, 16 * 3600))
# What waits longer was put off by a clock that ran ahead, and is due.
LONGEST_WAIT = 1.2 * max(WAITS)
KEPT = timedelta(days=30)
CLAIM = timedelta(seconds=60)
AT_A_TIME, PAUSE = 4, 2.0
log = logging.getLogger("sitebook.outbox")


def send_due(*, most: int = 100, resolve: http_client.Resolve | None = None) -> int:
    """Send what is due now, one after the other. Returns how many were tried."""
    tried = 0
    while tried < most and _send_next(resolve):
        tried += 1
    return tried


def _send_next(resolve: http_client.Resolve | None = None) -> bool:
    """Whether anything was due."""
    pk = _claim()
    if pk is None:
        return False
    try:
        send(pk, resolve=resolve)
    except Exception:
        log.exception("delivery %s broke off", pk)
    return True


def send(pk: int, *, resolve: http_client.Resolve | None = None) -> None:
    """Send one claimed delivery and write down what came of it."""
    with acting(everything=True, via="worker"):
        delivery = Delivery.objects.select_related("webhook__owner").get(pk=pk)
        firm = Firm.ours()
    with translation.override(firm.language if firm else None):
        told = _told(delivery)
        if told is None:
            _write(delivery, state=Delivery.State.SKIPPED)
            return
        body = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        outcome = http_client.post(
            delivery.webhook.url,
            body,
            _headers(delivery, body),
            private=settings.WEBHOOKS_PRIVATE,
            resolve=resolve or socket.getaddrinfo,
        )
        _settle(delivery, outcome)


def _claim() -> int | None:
    """The next of a webhook that has nothing under way. Which webhook, chance says: one with a long queue, however old,
    makes no other wait, and nor does a paused one."""
    with acting(everything=True, via="worker"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outbox_claim'))")
        cursor.execute(
            """
            UPDATE outbox_delivery SET claimed_until = now() + make_interval(secs => %s) WHERE id = (
              SELECT d.id FROM outbox_webhook w CROSS JOIN LATERAL (
                SELECT id FROM outbox_delivery WHERE webhook_id = w.id AND state = 'waiting'
                  AND (next_at <= now() OR next_at > now() + make_interval(secs => %s))
                ORDER BY next_at, id LIMIT 1) d
              WHERE w.is_active AND w.paused_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM outbox_delivery o WHERE o.webhook_id = w.id
                                AND o.state = 'waiting' AND o.claimed_until > now()
                                AND o.claimed_until <= now() + make_interval(secs => %s))
              ORDER BY random() LIMIT 1)
            RETURNING id
            """,
            [CLAIM.total_seconds(), LONGEST_WAIT.total_seconds(), 2 * CLAIM.total_seconds()],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _told(delivery: Delivery) -> dict[str, Any] | None:
    """What is sent: read as the webhook's owner, now. None where they, or who wrote the address, do not see it."""
    if delivery.event == TEST:
        # Not the number of an event: whoever knows that one already would drop the event itself.
        head = {"id": f"test-{delivery.pk}", "event": TEST}
        return head | {"at": delivery.made_at, "by": "", "record": None, "changes": {}}
    head = {"id": f"event-{delivery.change_id}", "event": delivery.event}
    try:
        with acting(user=delivery.webhook.owner, via="worker"):
            rows = Change.objects.filter(pk=delivery.change_id or 0)
            change = rows.filter(at=delivery.change_at).first() if delivery.change_at else None
            told = head | _of(change) if change else None
    except Refused:  # the owner may not sign in any more
        return None
    return told if told and _may_be_told(delivery) else None


def _may_be_told(delivery: Delivery) -> bool:
    with acting(everything=True, via="worker"), connection.cursor() as cursor:
        values = [delivery.webhook.pk, delivery.change_id, delivery.change_at]
        cursor.execute("SELECT outbox_may_be_told(%s, %s, %s)", values)
        return bool(cursor.fetchone()[0])


def _of(change: Change) -> dict[str, Any]:
    names = labels.Names([change])
    record = names.record(change.subject_kind, change.subject_id)
    page = named(change.subject_kind).page
    return {
        "at": change.at,
        "by": names.person(change.actor_id) if change.actor_id else "",
        "via": change.via,
        "record": {
            "kind": labels.kind_name(change.subject_kind),
            "id": change.subject_id,
            "reference": getattr(record, "reference", None),
            "name": str(record) if record else None,
            "page": reverse(page, args=[change.subject_id]) if page else None,
        },
        "changes": {
            column: {"from": _value(change, column, 0, names), "to": _value(change, column, 1, names)}
            for column in change.changes
            if column not in labels.silent(change.kind)
        },
    }


def _value(change: Change, column: str, which: int, names: labels.Names) -> Any:
    """As it is kept; another record by its name, where the owner sees it."""
    value = change.changes[column][which]
    pointing = labels.target(change.kind, column) is not None
    return labels.readable(change.kind, column, value, names) if pointing and value is not None else value


def _headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Sitebook",
        "Sitebook-Event": delivery.event,
        "Sitebook-Delivery": str(delivery.pk),
        "Sitebook-Signature": delivery.webhook.signature(body, at=int(timezone.now().timestamp())),
    }


def _settle(delivery: Delivery, outcome: http_client.Outcome) -> None:
    done, now = delivery.attempts + 1, timezone.now()
    gone = outcome.status == 410
    if outcome.good:
        _write(delivery, outcome, state=Delivery.State.SENT, attempts=done)
    elif gone or done > len(WAITS):
        why = _("It answered that it is gone.") if gone else outcome.fault
        _write(delivery, outcome, state=Delivery.State.GIVEN_UP, attempts=done, pause=why)
    else:
        wait = WAITS[done - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - so that not all come back at once
        _write(delivery, outcome, attempts=done, next_at=now + wait)


def _write(delivery: Delivery, outcome: http_client.Outcome | None = None, *, pause: str = "", **values: Any) -> None:
    with acting(everything=True, via="worker"):
        Delivery.objects.filter(pk=delivery.pk).update(claimed_until=None, **values)
        if outcome:
            Attempt.objects.create(
                delivery=delivery, status=outcome.status, fault=outcome.fault, took_ms=outcome.took_ms
            )
        if pause:
            Webhook.objects.get(pk=delivery.webhook.pk).pause(at=timezone.now(), why=pause)


def purge(*, before: datetime) -> int:
    """Forget what was settled earlier. Returns how many deliveries."""
    with transaction.atomic():
        old = Delivery.objects.filter(made_at__lt=before).exclude(state=Delivery.State.WAITING)
        return old.delete()[0]


def keep_sending(stopped: Any) -> None:
    """Send what is due until told to stop (``stopped``: a ``threading.Event``). Survives a database that is away.

    Several at a time, none of whom waits for another: who calls a slow receiver holds up that webhook alone.
    """
    with ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="outbox") as pool:
        for _each in range(AT_A_TIME):
            pool.submit(_keep_sending, stopped)


def _keep_sending(stopped: Any) -> None:
    while not stopped.wait(PAUSE):
        try:
            while not stopped.is_set() and _send_next():
                pass
        except Exception:
            log.exception("sending broke off; it goes on in a while")
            stopped.wait(10 * PAUSE)
        finally:
            close_old_connections()
            connection.close()
