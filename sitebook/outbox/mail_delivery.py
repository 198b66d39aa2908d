"""Sends the mails that were asked for: at least once, whoever is killed meanwhile.

A mail is claimed for two minutes, its link made under the identity of who asked for it, sent outside any transaction,
and its outcome written down. Who dies in between leaves a claim that runs out.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import close_old_connections, connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.firm.models import Firm
from sitebook.users.models import Mail, PasswordLink, User
from sitebook.users.password_links import password_path

# Waits after each failed try; then it is given up, and the firm's settings say so.
WAITS = tuple(timedelta(seconds=each) for each in (30, 120, 600, 3600, 3 * 3600, 8 * 3600))
# What waits longer was put off by a clock that ran ahead, and is due.
LONGEST_WAIT = 1.2 * max(WAITS)
CLAIM_SECONDS, PAUSE = 120, 2.0
log = logging.getLogger("sitebook.outbox")


def send_due(*, most: int = 100) -> int:
    """Send what is due now, one after the other. Returns how many were tried."""
    tried = 0
    while tried < most and (pk := _claim()) is not None:
        _send(pk)
        tried += 1
    return tried


def keep_sending(stopped: Any) -> None:
    """Send what is due until told to stop (``stopped``: a ``threading.Event``). Survives a database that is away."""
    while not stopped.wait(PAUSE):
        try:
            send_due()
        except Exception:
            log.exception("sending mail broke off; it goes on in a while")
            stopped.wait(10 * PAUSE)
        finally:
            close_old_connections()
            connection.close()


def _claim() -> int | None:
    """The next that is due. Who dies before its outcome is written leaves a claim that runs out."""
    with acting(everything=True, via="worker"), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE users_mail SET tries = tries + 1, next_at = clock_timestamp() + make_interval(secs => %s)
            WHERE id = (
              SELECT id FROM users_mail WHERE given_up_at IS NULL
                AND (next_at <= clock_timestamp() OR next_at > clock_timestamp() + make_interval(secs => %s))
              ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [CLAIM_SECONDS, LONGEST_WAIT.total_seconds()],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _send(pk: int) -> None:
    with acting(everything=True, via="worker"):
        mail, firm = Mail.objects.select_related("user", "asked_by").get(pk=pk), Firm.ours()
        to = mail.user or User.objects.of_address(mail.address).first()
    if to is None or not to.is_active:
        _settle(mail, gone=True)
        return
    try:
        with translation.override(firm.language if firm else None):
            subject, text = _written(mail, to, str(firm or "Sitebook"))
            # No transaction and no connection waits for the mail server.
            if not connection.in_atomic_block:
                connection.close()
            send_mail(subject, text, None, [to.email])
        outcome: dict[str, Any] = {"gone": True}
    except Refused as refusal:
        outcome = {"fault": str(refusal), "over": True}
    except (OSError, smtplib.SMTPException) as fault:
        log.error("Mail %s (%s) could not be sent: %s", mail.pk, mail.kind, fault)
        outcome = {"fault": f"{type(fault).__name__}: {fault}"}
    _settle(mail, **outcome)


def _written(mail: Mail, to: User, firm: str) -> tuple[str, str]:
    """Subject and text. A link is made here, under the identity of who asked. Raises Refused when they may not."""
    if mail.kind == Mail.Kind.TEST:
        return _("Sitebook can send mail"), _("This is the test mail you asked for.")
    if mail.kind == Mail.Kind.RESET:
        with acting(everything=True, via="screen"):  # where somebody asked for it
            path = password_path(to, PasswordLink.How.ASKED)
        subject, template = _("Your link to set a password for Sitebook"), "users/reset.txt"
    else:
        with acting(user=mail.asked_by, everything=mail.asked_by is None, via="worker"):
            path = password_path(to, PasswordLink.How.MAILED)
        subject, template = _("Your account at Sitebook"), "users/invitation.txt"
    context = {"user": to, "password_reset_url": f"{settings.PUBLIC_URL}{path}", "firm": firm}
    return subject, render_to_string(template, context).strip() + "\n"


def _settle(mail: Mail, *, gone: bool = False, fault: str = "", over: bool = False) -> None:
    with acting(everything=True, via="worker"):
        row = Mail.objects.filter(pk=mail.pk)
        if gone:
            row.delete()
        elif over or mail.tries > len(WAITS):
            row.update(fault=fault[:300].replace("\0", ""), given_up_at=timezone.now())
        else:
            row.update(fault=fault[:300].replace("\0", ""), next_at=timezone.now() + WAITS[mail.tries - 1])
