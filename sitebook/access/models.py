"""Who may see which customer, and who saw Sitebook as whom. Rows come and go through the database's functions only."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.basics.named import Named
from sitebook.basics.row_access import SeenBy, by_customer
from sitebook.ui.formats import clock_text


class Grant(models.Model):
    """A user reaches a customer. The customer is named by number: access stands below customers."""

    named = Named(one=lazy("access to a customer"))
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


class Seeing(models.Model):
    """An administrator saw Sitebook as another user. ``until`` is written at the beginning, as the latest end there
    can be, and brought forward when it ends sooner: a browser that never comes back leaves nothing open."""

    named = Named(one=lazy("seeing Sitebook as"))
    _concerned = "acting_user() IN (by_id, user_id)"
    seen_by = SeenBy(few=_concerned, many=_concerned, write="", parent=("users_user", "user_id"))

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(db_default=Now())
    until = models.DateTimeField()
    address = models.TextField(lazy("From the address"), blank=True)

    class Meta:
        db_table = "access_seeing"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("began_at")), name="seeing_ends_after_it_began"
            ),
            models.CheckConstraint(condition=~models.Q(by=models.F("user")), name="nobody_sees_as_themselves"),
        ]

    def __str__(self) -> str:
        return _("%(begin)s to %(end)s") % {"begin": clock_text(self.began_at), "end": clock_text(self.until)}


def give(*, user_id: int, customers: Iterable[int]) -> int:
    """Let a user see these customers, at once. Customers the giver cannot see are left out.

    Returns how many grants are new. Raises ProgrammingError (insufficient privilege) when
    the acting user is neither administrator nor office: pages ask the permission first.
    """
    return len(give_each(user_id=user_id, customers=customers))


def give_each(*, user_id: int, customers: Iterable[int]) -> list[int]:
    """As ``give``; returns the customers whose grants are new."""
    return _call("access_given", user_id, customers)


def take(*, user_id: int, customers: Iterable[int]) -> int:
    """End a user's access to these customers, at once. Returns how many grants went."""
    return len(take_each(user_id=user_id, customers=customers))


def take_each(*, user_id: int, customers: Iterable[int]) -> list[int]:
    """As ``take``; returns the customers whose grants went."""
    return _call("access_taken", user_id, customers)


def _call(function: str, user_id: int, customers: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s::bigint[])", [user_id, sorted(set(customers))])
        return list(cursor.fetchone()[0])
