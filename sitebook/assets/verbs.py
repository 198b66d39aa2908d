"""The verbs of an asset as pages and programs offer them: what each is called, asks for and does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.assets import forms, moves, schemas
from sitebook.assets.acts import Doing
from sitebook.assets.models import Asset
from sitebook.assets.moves import Where
from sitebook.assets.periods import AssetAct, OwnPlace, PlaceKind
from sitebook.customers.models import Customer
from sitebook.sites.models import Area, Position, Site

NAMES: Mapping[str, type[models.Model]] = {
    "site": Site,
    "area": Area,
    "position": Position,
    "own_place": OwnPlace,
    "owner": Customer,
    "parent": Asset,
    "by": Asset,
}
"""What the fields name that programs fill with an id."""


@dataclass(frozen=True, kw_only=True)
class Verb:
    """``do``: with the asset, what was filled in, and the doing. ``fits``: whether a page offers it for an asset."""

    key: str
    label: str | Promise
    icon: str
    form: type[forms.ActForm]
    shape: type[schemas.Done]
    do: Callable[[Asset, Mapping[str, Any], Doing], AssetAct]
    fits: Callable[[Asset], bool] = lambda asset: True
    needs: Permission = Permission.CHANGE_ASSETS


def _place(asset: Asset, data: Mapping[str, Any], doing: Doing) -> AssetAct:
    where = Where(
        site=data["site"],
        area=data["area"],
        position=data["position"],
        own_place=data["own_place"],
        in_transit=data["in_transit"],
    )
    return moves.place(asset, where, doing, alone=data["alone"])


def _sell(asset: Asset, data: Mapping[str, Any], doing: Doing) -> AssetAct:
    return moves.sell(asset, data["owner"], doing, document=data["document"], along=data["along"])


def _mount(asset: Asset, data: Mapping[str, Any], doing: Doing) -> AssetAct:
    return moves.mount(asset, data["parent"], doing, mount_point=data["mount_point"])


def _replace(asset: Asset, data: Mapping[str, Any], doing: Doing) -> AssetAct:
    old_to = Where(own_place=data["own_place"])
    return moves.replace(asset, data["by"], doing, where=old_to, mounted_go=data["mounted_go"])


VERBS = (
    Verb(
        key="place",
        label=_("Move"),
        icon="route",
        form=forms.PlaceForm,
        shape=schemas.Place,
        do=_place,
        fits=lambda asset: asset.parent_id is None,
    ),
    Verb(
        key="workshop",
        label=_("Send to the workshop"),
        icon="settings",
        form=forms.WorkshopForm,
        shape=schemas.Workshop,
        do=lambda asset, data, doing: moves.send_to_workshop(asset, data["own_place"], doing),
        fits=lambda asset: asset.place_kind != PlaceKind.WORKSHOP,
    ),
    Verb(
        key="back",
        label=_("Bring back from the workshop"),
        icon="undo",
        form=forms.ActForm,
        shape=schemas.Done,
        do=lambda asset, _data, doing: moves.bring_back(asset, doing),
        fits=lambda asset: asset.place_kind == PlaceKind.WORKSHOP,
    ),
    Verb(
        key="sell",
        label=_("Change the owner"),
        icon="customers",
        form=forms.SellForm,
        shape=schemas.Sell,
        do=_sell,
        needs=Permission.HAND_OVER,
    ),
    Verb(key="mount", label=_("Mount on another"), icon="part", form=forms.MountForm, shape=schemas.Mount, do=_mount),
    Verb(
        key="take-off",
        label=_("Take off"),
        icon="minus",
        form=forms.ActForm,
        shape=schemas.Done,
        do=lambda asset, _data, doing: moves.take_off(asset, doing),
        fits=lambda asset: asset.parent_id is not None,
    ),
    Verb(key="replace", label=_("Replace"), icon="sync", form=forms.ReplaceForm, shape=schemas.Replace, do=_replace),
    Verb(
        key="status",
        label=_("Change the status"),
        icon="gauge",
        form=forms.StatusForm,
        shape=schemas.Status,
        do=lambda asset, data, doing: moves.enter(asset, data["status"], doing),
        fits=lambda asset: bool(asset.next_states()),
    ),
)


def offered(user: Any, asset: Asset) -> list[tuple[Any, str, str]]:
    """The verbs that fit the asset and that the user may do: label, icon, address."""
    found = [verb for verb in VERBS if may(user, verb.needs) and verb.fits(asset)]
    return [(verb.label, verb.icon, reverse(f"assets:{verb.key}", args=[asset.pk])) for verb in found]
