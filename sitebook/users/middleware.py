"""Who asks, and when each session was last used: for the price of the one statement that reads the session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.db import InternalError
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from psycopg.errors import ReadOnlySqlTransaction

from sitebook.users.models import User
from sitebook.users.session_store import Activity, SessionStore

# How long a session may be used before that is written again.
INTERVAL = timedelta(minutes=5)


class Authentication(AuthenticationMiddleware):
    """Takes the user who was read with the session when it proves to be theirs; otherwise Django reads and decides."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _proven(request) or get_user(request))  # type: ignore[assignment]


def _proven(request: HttpRequest) -> User | None:
    """All that Django asks of a session: its user, who may sign in, by a way that is open, with today's password."""
    session = request.session
    if not isinstance(session, SessionStore) or SESSION_KEY not in session or (user := session.user) is None:
        return None
    theirs = session[SESSION_KEY] == str(user.pk) and user.is_active
    way = session.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    same_password = constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if theirs and way and same_password else None


class SessionActivity:
    """Writes when and from where a session is used: at most every ``INTERVAL``, at once when browser or address change.

    Stands in the place of django-allauth's middleware, which writes at every request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key and request.user.is_authenticated:
            written = request.session.activity if isinstance(request.session, SessionStore) else None
            if written is None or _is_news(request, written):
                _write(request)
        return self.get_response(request)


def _write(request: HttpRequest) -> None:
    """Where the database takes no changes for now, what can be read is read all the same."""
    try:
        UserSession.objects.create_from_request(request)
    except InternalError as fault:
        if not isinstance(fault.__cause__, ReadOnlySqlTransaction):
            raise


def _is_news(request: HttpRequest, written: Activity) -> bool:
    fields = UserSession._meta
    ip = fields.get_field("ip").to_python(get_adapter().get_client_ip(request))
    browser = request.META.get("HTTP_USER_AGENT", "")[: fields.get_field("user_agent").max_length]
    there = (written.user_id, written.ip, written.user_agent) == (request.user.pk, ip, browser)
    # A clock that ran ahead leaves a time to come: that is no reason to wait for it.
    return not there or abs(timezone.now() - written.last_seen_at) >= INTERVAL
