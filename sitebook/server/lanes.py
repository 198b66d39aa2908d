"""Threads for requests, in lanes: what takes long has few threads of its own, so that pages always find one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.urls import Resolver404, resolve

from sitebook.access.decorators import EXPORTS, PREVIEWS, UPLOADS, who_of

PAGES, SIGN_IN, PROVIDER, HEALTH = "pages", "sign-in", "provider", "health"


@dataclass
class Lane:
    """``threads`` work at once, ``waiting`` more may wait, ``each`` of them of one session; the rest is told to come
    back. ``patience``: seconds after which nobody waits any longer."""

    threads: int
    waiting: int
    patience: int = 20
    each: int = 0
    inside: int = 0
    of_session: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.executor = ThreadPoolExecutor(self.threads, thread_name_prefix="request")

    def enter(self, session: str) -> bool:
        """Take a place, if there is one. Only the event loop asks, so nothing is locked."""
        crowded = self.each and session and self.of_session[session] >= self.each
        if crowded or self.inside >= self.threads + self.waiting:
            return False
        self.inside += 1
        self.of_session[session] += 1
        return True

    def leave(self, session: str) -> None:
        self.inside -= 1
        self.of_session[session] -= 1
        if not self.of_session[session]:
            del self.of_session[session]


def lanes() -> dict[str, Lane]:
    """All of them. Together their threads are no more than the pool has connections."""
    return {
        PAGES: Lane(threads=8, waiting=400),
        UPLOADS: Lane(threads=2, waiting=14, each=3, patience=40),
        PREVIEWS: Lane(threads=1, waiting=80, each=40),
        EXPORTS: Lane(threads=2, waiting=6, each=2, patience=40),
        SIGN_IN: Lane(threads=2, waiting=40),
        # One more than may be asking the provider, so that the next is told at once.
        PROVIDER: Lane(threads=4, waiting=20),
        HEALTH: Lane(threads=1, waiting=20, patience=5),
    }


def view_at(path: str) -> Callable[..., object] | None:
    try:
        return resolve(path).func
    except Resolver404:
        return None


def lane_of(method: str, path: str, view: Callable[..., object] | None) -> str:
    """Signing in computes a slow hash on purpose. Single sign-on asks an outside party, which may say nothing: it keeps
    nobody from signing in with a password."""
    if path == "/healthz":
        return HEALTH
    if path.startswith("/account/login/single/"):
        return PROVIDER
    if path.startswith("/account/") and (method == "POST" or path.startswith("/account/login/")):
        return SIGN_IN
    who = who_of(view) if view else None
    if who is None or not who.lane or (who.lane == UPLOADS and method != "POST"):
        return PAGES
    return who.lane


def takes_files(name: str) -> bool:
    """Whether requests of this lane may be as large as all the files they carry."""
    return name == UPLOADS
