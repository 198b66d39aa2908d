"""The boards of assets: by status, where a move is the act that changes it, and by customer, where it is a change of
owner that shows first what goes along."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.assets import columns, moves
from sitebook.assets.acts import Doing
from sitebook.assets.filters import HIDDEN, OURS, of_hidden_owners
from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetPeriod
from sitebook.assets.states import Lifecycle
from sitebook.customers.models import Customer
from sitebook.lists.boards import Board, Card, Lanes, Moved

FEW = 1_000
"""Of so many assets the owners are read; of more, each customer in turn is asked whether it owns one."""


def _enter(asset: Asset, state: str, user: Any, today: date) -> Moved:
    act = moves.enter(asset, state, Doing(day=today, today=today, by_id=user.pk))
    words = {"name": asset, "state": Lifecycle(state).label}
    return Moved(said=say("%(name)s is “%(state)s” now.") % words, undo=reverse("assets:take-back", args=[act.pk]))


def _change_owner(asset: Asset, lane: str, today: date) -> str:
    """The form that changes the owner, filled in where a lane says to whom."""
    form = reverse("assets:sell", args=[asset.pk])
    if not lane or lane == HIDDEN:
        return form
    owner = "" if lane == OURS else lane
    return f"{form}?{urlencode({'owner': owner, 'along': 'on', 'day': today.isoformat()})}"


def _customers(rows: QuerySet[Any], on: date | None, user: Any) -> Lanes:
    """Those who own one of these assets, also on another day; our own firm before them, and after them those of whom
    one sees only an asset at a place."""
    owned = rows.order_by() if on is None else _periods(rows, on)
    few = list(owned.values_list("owner_id", flat=True)[: FEW + 1])
    wanted = Q(pk__in={*few} - {None}) if len(few) <= FEW else Exists(owned.filter(owner=OuterRef("pk")))
    owners = Customer.objects.filter(wanted).only("name")
    ours = owned.filter(owner__isnull=True).values("pk")[:1]
    hidden = () if user.all_customers else of_hidden_owners(owned).values("pk")[:1]
    return Lanes(records=owners, first=[OURS] if ours else [], last=[HIDDEN] if hidden else [])


def _periods(rows: QuerySet[Any], on: date) -> QuerySet[Any]:
    return AssetPeriod.objects.in_force(on=on).filter(asset__in=rows.order_by().values("pk"))


_TITLE = ("serial", "reference")
BOARDS = [
    Board(
        key="status",
        label=_("By status"),
        filter="lifecycle",
        card=Card(title=_TITLE, lines=[("place",), ("description", "owner")], badge="condition", code=True),
        needs=Permission.CHANGE_ASSETS,
        tones=columns.STATE.tones,
        reach=lambda asset: asset.next_states(),
        move=_enter,
    ),
    Board(
        key="customer",
        label=_("By customer"),
        filter="owner",
        card=Card(title=_TITLE, lines=[("place",), ("description", "lifecycle")], badge="condition", code=True),
        needs=Permission.HAND_OVER,
        lanes=_customers,
        form=_change_owner,
    ),
]
