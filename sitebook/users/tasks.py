"""What people signed in with and is over goes once a day; it ended by its date before."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from sitebook.users import counters
from sitebook.users.session_store import LONGEST


def forget_counts(_now: datetime) -> str:
    """Drop tries, used codes and requests that do not count any more."""
    return f"{counters.sweep()} counters dropped"


def purge(now: datetime) -> str:
    """Clear sessions that are over, and the list of places they were used from. Runs as the log-in role."""
    with transaction.atomic():
        over = Q(expire_date__lt=now) | Q(expire_date__gt=now + LONGEST)
        count, _kinds = Session.objects.filter(over).delete()
        keys = Session.objects.values("session_key")
        UserSession.objects.exclude(session_key__in=keys).delete()
    return f"{count} sessions that were over cleared"
