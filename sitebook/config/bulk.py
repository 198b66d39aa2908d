"""The lists whose rows can be chosen for one act: the named seam between bulk acts and the areas.

Add a function that gives acts to ``acts`` when an area has something to do to many records of a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from sitebook.access import views as access
from sitebook.bulk.acts import Act
from sitebook.customers import contact_lists, lists
from sitebook.customers.models import Contact, Customer, Site
from sitebook.lists.pages import NotAsShown
from sitebook.ui.formats import number
from sitebook.ui.listing import Listing
from sitebook.users.models import User

# What an address may say that leaves the rows of the list what they are.
ROWS_STAY = {"sort", "columns", "view", "after", "before"}


@dataclass(frozen=True, kw_only=True)
class Many:
    """``listed``: the list and its rows, as its page has them; ``of``: the record on whose page it stands, if any.
    ``count``: a number with the rows' noun. ``acts``: functions that give the acts, by name."""

    key: str
    label: str | Promise
    icon: str
    kind: type[Model]
    count: Callable[[int], str]
    view: str
    listed: Callable[[int | None], tuple[Listing, QuerySet[Any]]]
    acts: tuple[str, ...]
    of: bool = False

    def every_act(self) -> list[Act]:
        return [act for path in self.acts for act in import_string(path)()]

    def act(self, key: str) -> Act | None:
        return next((act for act in self.every_act() if act.key == key), None)

    def back(self, address: str, of: int | None) -> str:
        """The list, narrowed as the address says. Raises Http404 without the record on whose page it stands."""
        if self.of and of is None:
            raise Http404
        query = _query(address)
        return reverse(self.view, args=[of] if self.of else []) + (f"?{query}" if query else "")

    def found(self, address: str, of: int | None) -> tuple[QuerySet[Any], str]:
        """All rows the list of this address holds, and what narrows it in words. Raises NotAsShown."""
        listing, rows = self.listed(of)
        params = QueryDict(_query(address), mutable=True)
        for name in ROWS_STAY & params.keys():
            del params[name]
        asked = listing.asked(params)
        if asked.notices or "on" in asked.chosen:
            said = " ".join(asked.notices) or _("A list as of a day only shows how things were.")
            raise NotAsShown(_("All that match cannot be told from this address. %(why)s") % {"why": said})
        words = [f"{chip.label} {chip.relation} {chip.value}" for chip, _url in asked.chips]
        words = [f"“{asked.query}”", *words] if asked.query else words
        return asked.narrow(rows), ", ".join(words)


def _query(address: str) -> str:
    """Raises NotAsShown."""
    try:
        return urlsplit(address).query
    except ValueError as fault:
        text = _("“%(address)s” is not the address of a list. Reload the page and try again.")
        raise NotAsShown(text % {"address": address[:80]}) from fault


def _customers(of: int | None) -> tuple[Listing, QuerySet[Any]]:
    return lists.CUSTOMERS, Customer.objects.all()


def _sites(of: int | None) -> tuple[Listing, QuerySet[Any]]:
    return lists.SITES, Site.objects.all()


def _contacts(of: int | None) -> tuple[Listing, QuerySet[Any]]:
    return contact_lists.listing(on=timezone.localdate()), Contact.objects.all()


def _granted(of: int | None) -> tuple[Listing, QuerySet[Any]]:
    return access.GRANTED, access.granted(get_object_or_404(User, pk=of))


def _to_grant(of: int | None) -> tuple[Listing, QuerySet[Any]]:
    return access.TO_GRANT, access.not_granted(get_object_or_404(User, pk=of))


def _many_customers(count: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": number(count)}


def _many_sites(count: int) -> str:
    return ngettext("%(count)s site", "%(count)s sites", count) % {"count": number(count)}


def _many_contacts(count: int) -> str:
    return ngettext("%(count)s contact", "%(count)s contacts", count) % {"count": number(count)}


_ACCESS = ("sitebook.customers.bulk.access_acts",)
LISTS = (
    Many(
        key="customers",
        label=lazy("Customers"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="customers:list",
        listed=_customers,
        acts=("sitebook.customers.bulk.customer_acts", *_ACCESS),
    ),
    Many(
        key="sites",
        label=lazy("Sites"),
        icon="sites",
        kind=Site,
        count=_many_sites,
        view="customers:sites",
        listed=_sites,
        acts=("sitebook.customers.bulk.site_acts",),
    ),
    Many(
        key="contacts",
        label=lazy("Contacts"),
        icon="contacts",
        kind=Contact,
        count=_many_contacts,
        view="customers:contacts",
        listed=_contacts,
        acts=("sitebook.customers.bulk.contact_acts",),
    ),
    Many(
        key="granted",
        label=lazy("Granted customers"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="access:user",
        listed=_granted,
        acts=_ACCESS,
        of=True,
    ),
    Many(
        key="to-grant",
        label=lazy("Customers to grant"),
        icon="customers",
        kind=Customer,
        count=_many_customers,
        view="access:user-add",
        listed=_to_grant,
        acts=_ACCESS,
        of=True,
    ),
)


def list_called(key: str) -> Many:
    """Raises Http404."""
    for each in LISTS:
        if each.key == key:
            return each
    raise Http404


def act_called(listed: str, key: str) -> Act | None:
    """The act of a list, or None when there is no such act any more."""
    return next((each.act(key) for each in LISTS if each.key == listed), None)
