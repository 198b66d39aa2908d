"""Sessions in the database, read in one statement with what every request needs besides: the user and the firm."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from sitebook.basics.joined_rows import columns, record
from sitebook.firm.models import Firm
from sitebook.users.models import User

# A session that ends later than any may was made while the clock ran ahead: it is over.
LONGEST = timedelta(seconds=settings.SESSION_COOKIE_AGE) + timedelta(hours=1)


class Activity(NamedTuple):
    """When and from where a session was used, as it was last written."""

    user_id: int
    ip: str
    user_agent: str
    last_seen_at: datetime


class SessionStore(db.SessionStore):
    """Django's own, but for reading.

    ``firm``, ``user`` and ``activity`` came with the session, as the log-in role sees them, and are None where there
    is none. ``user`` is whom the activity names: whether the session is theirs is for its data to prove
    (``middleware.Authentication``).
    """

    firm: Firm | None = None
    user: User | None = None
    activity: Activity | None = None

    def load(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(_statement(), [self.session_key, now := timezone.now(), now + LONGEST])
            row = iter(cursor.fetchone())
        data = next(row)
        activity = Activity(*(next(row) for _field in Activity._fields))
        self.user, self.firm = record(User, row), record(Firm, row)
        self.activity = activity if activity.user_id else None
        if data is None:
            self._session_key = None
            return {}
        return dict(self.decode(data))


@cache
def _statement() -> str:
    """One row whatever there is: nothing of a session that is over, nothing of a firm that is not there yet."""
    activity = ", ".join(f"a.{name}" for name in Activity._fields)
    return f"""
        SELECT s.session_data, {activity}, {columns(User, "u")}, {columns(Firm, "f")} FROM (SELECT 1) one
        LEFT JOIN {Session._meta.db_table} s ON s.session_key = %s AND s.expire_date > %s AND s.expire_date <= %s
        LEFT JOIN {UserSession._meta.db_table} a ON a.session_key = s.session_key
        LEFT JOIN {User._meta.db_table} u ON u.id = a.user_id
        LEFT JOIN {Firm._meta.db_table} f ON f.id = 1
    """
