"""Where somebody is signed in: one line a browser, ended one by one or all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.users import handed_links
from sitebook.users.models import User

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One browser somebody is signed in with. ``current``: the one that asks."""

    device: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def device_of(user_agent: str) -> str:
    """``Firefox on Windows``, as far as the browser tells."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}", user_agent)), "")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, user_agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def devices(user: User, session_key: str | None) -> list[Device]:
    """Newest first; what has ended meanwhile is forgotten on the way."""
    live = sorted(UserSession.objects.purge_and_list(user), key=lambda each: each.last_seen_at, reverse=True)
    return [
        Device(device_of(each.user_agent), each.ip, each.created_at, each.last_seen_at, each.session_key == session_key)
        for each in live
    ]


def end(user: User, *, but: str | None = None) -> int:
    """Sign this user out everywhere, or everywhere but in one session; links handed out to set a password end too.

    Returns how many sessions ended. Raises NotAllowed (sees_more).
    """
    handed_links.end(user)
    User.objects.filter(pk=user.pk).update(signed_out_at=timezone.now())
    return forget(user, but=but)


def forget(user: User, *, but: str | None = None) -> int:
    """Drop the sessions of who is signed out by something else, such as a new password. Returns how many."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        SessionStore(session.session_key).delete()
        session.delete()
        ended += 1
    return ended
