"""Who may see which customer. Rows come and go through the database's functions only."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now

from sitebook.basics.rows import by_customer


class Grant(models.Model):
    """A user reaches a customer. The customer is named by number: access stands below customers."""

    seen_by = by_customer("customer_id", write="", parent=("users_user", "user_id"))

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    customer_id = models.BigIntegerField(db_index=True)
    granted_at = models.DateTimeField(db_default=Now())
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        db_table = "access_grant"
        constraints = [models.UniqueConstraint(fields=["user", "customer_id"], name="a_customer_is_granted_once")]


def give(*, user_id: int, customers: Iterable[int]) -> int:
    """Let a user see these customers, at once. Customers the giver cannot see are left out.

    Returns how many grants are new. Raises ProgrammingError (insufficient privilege) when
    the acting user is neither administrator nor office: pages ask the permission first.
    """
    return _call("access_give", user_id, customers)


def take(*, user_id: int, customers: Iterable[int]) -> int:
    """End a user's access to these customers, at once. Returns how many grants went."""
    return _call("access_take", user_id, customers)


def _call(function: str, user_id: int, customers: Iterable[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s::bigint[])", [user_id, sorted(set(customers))])
        return int(cursor.fetchone()[0])
