"""The keys of links to set a password: each is written down when it is made, and opens nothing without that."""

from __future__ import annotations

import hashlib

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection

from sitebook.users.models import PasswordLink, User


class Keys(PasswordResetTokenGenerator):
    """Django's keys, which a new password, another address and a sign-in void, and a row for each.

    ``how``: the way the link goes; on the sign-in pages it was asked for there.
    """

    def __init__(self, how: str = PasswordLink.How.ASKED) -> None:
        super().__init__()
        self.how = how

    def make_token(self, user: User) -> str:
        """Raises NotAllowed (sees_more) when whoever acts does not see all the user sees."""
        if self.how != PasswordLink.How.ASKED:
            user.must_not_see_more()
        key = super().make_token(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT users_make_link(%s, %s, %s)", [user.pk, _digest(user, key), self.how])
        return key

    def check_token(self, user: User | None, token: str | None) -> bool:
        return super().check_token(user, token) and _asked("users_link_is_good", user, token)


def use(user: User, key: str) -> bool:
    """Use the link up, with every other link and every token of its user. False when somebody was faster."""
    return _asked("users_use_link", user, key)


def end(user: User) -> None:
    """Links that were handed out to this user, or by somebody for them, open nothing any more."""
    user.must_not_see_more()
    with connection.cursor() as cursor:
        cursor.execute("SELECT users_end_links(%s)", [user.pk])


def _asked(function: str, user: User | None, key: str | None) -> bool:
    if user is None or key is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [user.pk, _digest(user, key)])
        return bool(cursor.fetchone()[0])


def _digest(user: User, key: str) -> str:
    return hashlib.sha256(f"{user.pk}:{key}".encode()).hexdigest()
