"""Tokens: made once, shown once, kept as a digest, good for some time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from sitebook.basics.joined_rows import columns, record
from sitebook.basics.refused import Refused
from sitebook.firm.models import Firm
from sitebook.users.models import Scope, Token, User

LETTERS = "sbk_"
DAYS, MOST_DAYS, MOST = 90, 366, 50


class Caller(NamedTuple):
    """Who a token speaks for. ``scopes``: what it is for. ``firm``: read on the way, as every request needs it."""

    token: int
    user: User
    scopes: frozenset[str]
    firm: Firm | None


def make(user: User, *, name: str, scopes: Iterable[str], days: int, now: datetime) -> tuple[Token, str]:
    """A token for 1 to 366 days and the text that stands for it, which nobody can read again.

    Raises Refused (token_incomplete, token_too_long, too_many_tokens).
    """
    name, wanted = " ".join(name.split()), [scope for scope in Scope.values if scope in set(scopes)]
    if not name or not wanted:
        raise Refused(_("Give the token a name, and say what it may be used for."), code="token_incomplete")
    if not 1 <= days <= MOST_DAYS:
        text = _("A token is good for 1 to %(most)s days, not for %(days)s.")
        raise Refused(text % {"most": MOST_DAYS, "days": days}, code="token_too_long")
    if in_use(user, now=now) >= MOST:
        raise Refused(
            _("%(user)s has %(most)s tokens already. Revoke one first.") % {"user": user, "most": MOST},
            code="too_many_tokens",
        )
    secret = LETTERS + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user,
        name=name[:80],
        digest=digest(secret),
        start=secret[:10],
        scopes=wanted,
        expires_at=now + timedelta(days),
    )
    token.refresh_from_db()
    return token, secret


def in_use(user: User, *, now: datetime) -> int:
    return Token.objects.filter(user=user, revoked_at=None, expires_at__gt=now).count()


def revoke(token: Token, *, at: datetime) -> None:
    """It opens nothing any more, at once and for good. Raises NotAllowed (sees_more)."""
    token.user.must_not_see_more()
    Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at)


def revoke_all(user: User) -> int:
    """Every token of this user opens nothing any more. Returns how many. Raises NotAllowed (sees_more)."""
    user.must_not_see_more()
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_revoke_tokens(%s)", [user.pk])
        return int(cursor.fetchone()[0])


def caller(secret: str) -> Caller | None:
    """Whom a text of letters stands for, if it is a token in use of somebody who may sign in."""
    if not secret.startswith(LETTERS) or not secret.isascii() or len(secret) > 100:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_caller_statement(), [digest(secret)])
        found = cursor.fetchone()
    if not found:
        return None
    token, scopes, *further = found
    row = iter(further)
    user = record(User, row)
    return Caller(token, user, frozenset(scopes), record(Firm, row)) if user else None


@cache
def _caller_statement() -> str:
    return f"""
        SELECT t.token, t.may, {columns(User, "u")}, {columns(Firm, "f")} FROM users_by_token(%s) t
        JOIN {User._meta.db_table} u ON u.id = t.owner LEFT JOIN {Firm._meta.db_table} f ON f.id = 1
    """


def digest(secret: str) -> str:
    """Long and random as it is, one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
