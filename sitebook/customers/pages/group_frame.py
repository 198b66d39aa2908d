"""What a customer's page says about its group, and which customers its figures count."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.assets.breakdowns import breakdowns
from sitebook.assets.models import Asset
from sitebook.assets.of_customers import OWNED, which_of
from sitebook.contacts import parties
from sitebook.contacts.models import Contact
from sitebook.customers import groups
from sitebook.customers.models import Customer
from sitebook.sites import groups as site_groups
from sitebook.sites.lists import NONE
from sitebook.sites.models import Site

COUNTING = ("overview", "sites", "assets", "jobs", "contacts")
SHOWN = 20
BRANCHES = 200
_TONES = {"active": "good", "dormant": "idle", "closed": "idle", "prospective": "news"}


def group_context(request: HttpRequest, customer: Customer, tab: str, *, on: date, then: date | None) -> dict[str, Any]:
    """Under whom it stands, the switch "This customer / With branches", and ``ids``: the customers that count."""
    stands, parent, below = groups.standing(customer, on=on)
    below = below if tab in COUNTING else [customer.pk]
    whole = request.GET.get("group") == "yes" and len(below) > 1
    return {
        "stands_under": stands,
        "parent": parent,
        "below": below,
        "group": "yes" if whole else "",
        "ids": below if whole else [customer.pk],
        "switch": _switch(request.path, then) if len(below) > 1 else [],
        "kept": asking(on=then, group="yes" if whole else ""),
    }


def asking(*, on: date | None, group: str, **more: str) -> str:
    """The part of an address that keeps the day and the group."""
    kept = {"group": group, "on": on.isoformat() if on else ""} | more
    text = urlencode({name: value for name, value in kept.items() if value})
    return f"?{text}" if text else ""


def with_group(tabs: list[dict[str, Any]], group: str) -> list[dict[str, Any]]:
    """The tabs that count keep counting the group."""
    if not group:
        return tabs
    sign = {tab["key"]: "&" if "?" in tab["url"] else "?" for tab in tabs}
    return [
        tab | {"url": f"{tab['url']}{sign[tab['key']]}group=yes"} if tab["key"] in COUNTING else tab for tab in tabs
    ]


def _switch(path: str, on: date | None) -> list[dict[str, Any]]:
    words = {"": _("This customer"), "yes": _("With branches")}
    return [{"key": key, "label": label, "url": path + asking(on=on, group=key)} for key, label in words.items()]


def overview_context(context: dict[str, Any], *, today: date) -> dict[str, Any]:
    """The overview's own part, from the frame's words: breakdowns, branches, who pays and supplies, party of."""
    customer, on, then = context["customer"], context["on"], context["then"]
    below = site_groups.branches(customer, ids=context["below"], on=on, today=today)
    return (
        _assets(context)
        | {
            "types": _parts(context, "type", {}),
            "statuses": _parts(context, "status", dict(Site.Status.choices)),
            "branches": below[:BRANCHES],
            "branch_count": len(below),
        }
        | _billing(customer, on=on)
        | party_context(customer, on=on)
        | {"kept_alone": asking(on=then, group=""), "kept_group": asking(on=then, group="yes")}
    )


def _assets(context: dict[str, Any]) -> dict[str, Any]:
    """What these customers own, by state and by class."""
    if not context["asset_counts"] or context["then"]:
        return {"asset_states": [], "asset_classes": []}
    address = reverse("assets:customer-assets", args=[context["customer"].pk]) + context["kept"]
    return breakdowns(which_of(Asset.objects.current(), context["ids"], OWNED), address)


def _parts(context: dict[str, Any], by: str, labels: dict[str, Any]) -> list[dict[str, Any]]:
    """How many sites there are of each type or status, each with the list it counts."""
    then = context["then"]
    sites = reverse("customers:customer-sites", args=[context["customer"].pk])
    parts = []
    for value, number in context["sites_by"][by]:
        part = {"label": str(labels.get(value, value) or _("No type")), "value": number}
        part["url"] = sites + asking(on=then, group=context["group"], **{by: value or NONE})
        parts.append(part | ({"tone": _TONES.get(value, "idle")} if by == "status" else {}))
    return parts


def _billing(customer: Customer, *, on: date) -> dict[str, Any]:
    """To whom invoices go and for whom it pays; through whom it is supplied and whom it supplies."""
    others = Customer.objects.in_bulk([pk for pk in (customer.bill_to_id, customer.distributor_id) if pk])
    pays_for = Customer.objects.current().filter(bill_to=customer).order_by("name_key", "pk")
    supplies = Customer.objects.current().filter(distributor=customer)
    payer = customer.bill_to_id
    return {
        "payer": others.get(payer or 0),
        "payer_outside": payer is not None and groups.in_one_group(customer.pk, payer, on=on) is False,
        "pays_for": list(pays_for[: SHOWN + 1]),
        "supplier": others.get(customer.distributor_id or 0),
        "supplies": supplies.count() if customer.is_distributor else 0,
        "shown_at_most": SHOWN,
    }


def party_context(who: Customer | Contact, *, on: date) -> dict[str, Any]:
    """Where this customer or contact is owner, agent, occupier or payer, of the sites the reader sees."""
    rows = list(parties.party_of(who, on=on).order_by("site__name_key", "pk")[: SHOWN + 1])
    more = len(rows) > SHOWN
    everywhere = f"{reverse('sites:list')}?party={who.pk}" if more and isinstance(who, Customer) else ""
    return {"party_of": parties.with_sites(rows[:SHOWN]), "party_of_all": everywhere}
