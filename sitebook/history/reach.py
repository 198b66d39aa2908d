"""Who may see a change, asked for somebody else than the asker: in SQL, for triggers that write for others to read.

What a user's own requests see is decided by the row policies alone. This says the same of a user who is not here; a
test compares the two for every kind of change.
"""

from __future__ import annotations

from django.db import models

from sitebook.access.policies import declared
from sitebook.basics.row_access import SeenBy, by_customer


def seen_by(user: str, sees_all: str, row: str) -> str:
    """The condition that a user sees a change. ``user``: SQL for the user's id; ``sees_all``: for whether all customers
    are theirs; ``row``: the alias of the change. Raises TypeError for a declaration it cannot say of somebody else."""
    shown = [sees_all, _granted(user, f"{row}.customer_id")]
    for model, own in declared().items():
        table = model._meta.db_table
        if own.of_place and own.parent:
            place = _there(own.parent[0], user, f"{row}.subject_id")
            shown.append(f"({row}.kind = '{table}' AND {place})")
        if own.nobodys:
            record = _there(table, user, f"{row}.subject_id")
            shown.append(f"({row}.customer_id IS NULL AND {row}.subject_kind = '{table}' AND {record})")
        if own.periods:
            of_the_day = f"p.asset_id = {row}.subject_id AND p.during @> {row}.at::date"
            there = f"SELECT {_of_two(user, 'p')} FROM {own.periods} p WHERE {of_the_day}"
            shown.append(f"({row}.subject_kind = '{table}' AND coalesce(({there}), false))")
    return f"({' OR '.join(shown)})"


def _granted(user: str, customer: str) -> str:
    """No EXISTS: the planner would read all grants of everybody for one change."""
    return f"coalesce((SELECT true FROM access_grant g WHERE g.user_id = {user} AND g.customer_id = {customer}), false)"


def _there(table: str, user: str, pk: str) -> str:
    model, own = next((model, own) for model, own in declared().items() if model._meta.db_table == table)
    return f"coalesce((SELECT {_row(model, own, user)} FROM {table} r WHERE r.id = {pk}), false)"


def _of_two(user: str, row: str) -> str:
    """Whether the user sees a row of an owner and of the customer at its place."""
    return f"({row}.holder_id = 0 OR {_granted(user, f'{row}.holder_id')} OR {_granted(user, f'{row}.guest_id')})"


def _row(model: type[models.Model], own: SeenBy, user: str) -> str:
    """Whether the user sees the row ``r``, as the model declares it."""
    if own.few == own.many == "true":
        return "true"
    if own.guest:
        return _of_two(user, "r")
    plain = by_customer(own.customer, nobodys=own.nobodys)
    if not own.customer or own.also or (own.few, own.many) != (plain.few, plain.many):
        raise TypeError(f"say in history/reach.py how somebody else's sight of {model._meta.db_table} is told")
    free = f" OR r.{own.customer} IS NULL" if own.nobodys else ""
    return f"({_granted(user, f'r.{own.customer}')}{free})"
