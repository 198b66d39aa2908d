"""What a kind of record is called and where it shows: said once beside the model, as ``seen_by`` and ``found_by`` are.

History, files, webhooks, bulk actions and custom fields ask here and name no table of a higher room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise

from sitebook.basics.row_access import SeenBy

type Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Event:
    """A webhook event of its own: told when a row is made with ``value`` in ``column``, or without a value when
    ``column`` of a row is changed."""

    name: str
    label: Text
    column: str
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A kind of record as people call it.

    one: within a sentence (``site``). many: the title of its register (``Sites``). icon: its icon.
    page: the URL name of its page, which takes the id. open_to: the permission that opens its History tab; empty: as
    for customers. event: the first word of its webhook events (``site`` gives ``site.added``); events: further ones.
    documents, notes, custom_fields, bulk: it has documents, notes, the firm's custom fields, acts on many at once.
    changes_hands: it passes from customer to customer, and what belongs to the place stays with it.
    labels: columns that the history calls otherwise than forms. groups: what columns with a common beginning are
    about (``{"head_": "Head office"}``). silent: columns the history leaves out.
    leads: where several parts of a record change at once, the sentence is about this one. apart: what its model has
    words for (``history_turn``) is a sentence of its own, whatever else was done at once.
    """

    one: Text
    many: Text = ""
    icon: str = ""
    page: str = ""
    open_to: str = ""
    event: str = ""
    events: tuple[Event, ...] = ()
    documents: bool = False
    notes: bool = False
    custom_fields: bool = False
    bulk: bool = False
    changes_hands: bool = False
    labels: Mapping[str, Text] = field(default_factory=dict)
    groups: Mapping[str, Text] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    leads: bool = False
    apart: bool = False


NOBODY = Named(one="")


@cache
def models_named() -> dict[str, type[models.Model]]:
    """Every model that says its name, by its table; those of higher rooms first."""
    every = [model for app in reversed(list(apps.get_app_configs())) for model in app.get_models()]
    return {model._meta.db_table: model for model in every if hasattr(model, "named")}


def named(table: str) -> Named:
    """What a table's records are called; nothing for a table that says nothing."""
    found: Named = getattr(models_named().get(table), "named", NOBODY)
    return found


def tables(**wanted: bool) -> dict[str, Named]:
    """Those for which all of this holds, by table: ``tables(documents=True)``."""
    found = {table: named(table) for table in models_named()}
    return {table: each for table, each in found.items() if all(getattr(each, key) for key in wanted)}


@cache
def customers() -> type[models.Model]:
    """The one model whose rows are the customers: its own id is the customer a row belongs to
    (``seen_by = by_customer("id")``)."""
    (found,) = [model for model in apps.get_models() if customer_column(model._meta.db_table) == "id"]
    return found


def customer_column(table: str) -> str:
    """The column of a table that holds the customer; empty where there is none."""
    seen_by: SeenBy | None = getattr(_models().get(table), "seen_by", None)
    return seen_by.customer if seen_by else ""


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def has_column(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
