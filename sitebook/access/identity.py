"""Who acts, and therefore which rows the database shows, for the length of one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from sitebook.basics.database_roles import role_names
from sitebook.basics.refused import NotAllowed

if TYPE_CHECKING:
    from sitebook.users.models import User


_TAKE = """
SELECT set_config('sitebook.user', %s, true), set_config('sitebook.via', %s, true),
       set_config('sitebook.request', %s, true), set_config('sitebook.reason', %s, true),
       set_config('role', {role}, true)
"""
_NAMED = _TAKE.format(role="%s")
# The role is the user's, and nothing is taken on by who has none; OFFSET: PostgreSQL asks for the reach once.
_OWN = (
    _TAKE.format(role="CASE reach WHEN 'all' THEN %s WHEN 'few' THEN %s WHEN 'many' THEN %s END")
    + "FROM (SELECT access_reach(%s) AS reach OFFSET 0) own WHERE reach <> 'none'"
)


def take_role(
    *,
    user: User | None,
    via: str,
    request_id: str = "",
    reason: str = "",
    everything: bool = False,
    seeing: bool = True,
) -> None:
    """Take on an identity for the rest of the current transaction.

    via: screen, import, api, command or worker. everything: see all rows without a user
    (commands at the machine). seeing False: stay the log-in role, for sign-in pages.
    Raises NotAllowed when the user may not sign in any more.
    """
    names = role_names(connection.settings_dict["NAME"])
    settings = [str(user.pk) if user else "", via, request_id, reason[:500]]
    with connection.cursor() as cursor:
        if everything or not seeing:
            cursor.execute(_NAMED, [*settings, names.all if everything else names.app])
            return
        cursor.execute(_OWN, [*settings, names.all, names.few, names.many, user.pk if user else None])
        if cursor.fetchone() is None:
            raise NotAllowed("This account may not sign in. Ask the administrator of your firm.")


def only_read() -> None:
    """Nothing can be written in the rest of this transaction, whichever code tries: PostgreSQL refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def because(reason: str) -> None:
    """Say why: the history shows it with every change in the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('sitebook.reason', %s, true)", [reason[:500]])


def put_back() -> None:
    """Be the log-in role again, with nobody acting, at the end of a transaction.

    The end does so by itself but where it is inside another one, such as a test's: there it would stay.
    """
    if connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute(_NAMED, ["", "", "", "", "none"])


@contextmanager
def beyond_sight() -> Iterator[None]:
    """Lift the row policies for an act whose outcome its author may not see: a site that is left to nobody, a
    landlord whose name is hidden and who stays the landlord at a hand-over.

    Whatever is to be judged by the author's own eyes is judged before. The actor stays who they are.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        (role,) = cursor.fetchone()
        everything = role_names(connection.settings_dict["NAME"]).all
        cursor.execute("SELECT set_config('role', %s, true)", [everything])
        yield  # what fails in here rolls the role back with everything else
        cursor.execute("SELECT set_config('role', %s, true)", [role])


@contextmanager
def acting(
    *,
    user: User | None = None,
    via: str = "command",
    request_id: str = "",
    reason: str = "",
    everything: bool = False,
) -> Iterator[None]:
    """One transaction as this user, or as the machine's own operator with ``everything=True``."""
    with transaction.atomic():
        take_role(user=user, via=via, request_id=request_id, reason=reason, everything=everything)
        yield
        put_back()
