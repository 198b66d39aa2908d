"""Mails that are asked for: written down in the request, sent by the worker (``outbox/mail_delivery.py``).

What is kept is the kind and for whom. A link is made when its mail is sent, so that it lies nowhere.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from sitebook.basics.email_addresses import comparable
from sitebook.users.models import Mail, User

# How long what was given up is shown, and how long a mail waits before that is shown.
KEPT, LATE = timedelta(days=30), timedelta(minutes=2)


def ask_for_link(typed: str) -> None:
    """A link to set a password, for whoever has this address. Does the same whether anybody has it."""
    _ask(Mail.Kind.RESET, address=comparable(typed)[:254].replace("\0", ""))


def invite(user: User) -> None:
    """A link to set the first password, sent by whoever acts. Raises ProgrammingError when they may not."""
    _ask(Mail.Kind.INVITATION, user=user)


def test(user: User) -> None:
    """A mail that shows that mail works."""
    _ask(Mail.Kind.TEST, user=user)


def failing() -> list[Mail]:
    """What was tried and did not go, or waits for a worker for a while; newest first. For administrators."""
    now = timezone.now()
    rows = Mail.objects.select_related("user").order_by("-asked_at")
    late = [each for each in rows[:50] if each.fault or each.asked_at < now - LATE]
    return [each for each in late if each.asked_at > now - KEPT][:10]


def forget(pattern: str) -> None:
    """Mails that name a person who is erased (a regular expression, in any case)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_forget_mail(%s)", [pattern])


def _ask(kind: str, *, address: str = "", user: User | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_ask_for_mail(%s, %s, %s)", [kind, address, user.pk if user else None])
