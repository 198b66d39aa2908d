"""Visits every address of the site the way somebody who should not be there would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from sitebook.access.policies import declared
from tests.guards.parameters import reads, watching
from tests.guards.planted import HALF, MARKER, Planted, plain_registers

# What to put into an address; a new kind of parameter must be named here or the guard fails.
Fill = Callable[[Planted], list[Any]]
PARAMETERS: dict[str, Fill] = {
    "user_id": lambda p: [p.cast.charlie.pk, p.keeper.pk],
    "slug": lambda p: ["index", "no-such-page"],
    "kind": lambda p: [*sorted(model._meta.db_table for model in declared()), "no-such-kind"],
    "what": lambda p: ["area", "position", "countries", "currencies", "time-zones", "no-such-thing"],
    "field": lambda p: ["type", "brand", "unit", "name", "no-such-field"],
    "uidb36": lambda p: ["1"],
    "key": lambda p: ["no-such-key"],
    "ending": lambda p: ["csv", "jsonl", "exe"],
    "list_key": lambda p: ["sites", "no-such-list"],
    "act": lambda p: ["0" * 32],
    "name": lambda p: ["plan.txt"],
    "listed": lambda p: ["customers", "sites", "contacts", "granted", "no-such-list"],
    "rest": lambda p: ["no-such-operation"],
}
# The records an address that begins so speaks of: a hidden one, one of one's own, and none. The longest beginning
# counts; an address with an id that none of them names fails the guard.
RECORDS: dict[str, Fill] = {
    "catalogue/prices/": lambda p: _two(p, "catalogue_customeractivity"),
    "customers/": lambda p: [p.hidden.pk, p.cast.acme.pk, 987654],
    "sites/": lambda p: [p.hidden_site.pk, p.former.pk, 987654],
    "sites/turns/": lambda p: _two(p, "sites_handover"),
    "contacts/": lambda p: _two(p, "contacts_contact"),
    "contacts/roles/": lambda p: _two(p, "contacts_contactrole"),
    "areas/": lambda p: _two(p, "sites_area"),
    "positions/": lambda p: _two(p, "sites_position"),
    "parties/": lambda p: _two(p, "contacts_siteparty"),
    "assets/": lambda p: _two(p, "assets_asset"),
    "jobs/": lambda p: _two(p, "jobs_job"),
    "job-assets/": lambda p: _two(p, "jobs_jobasset"),
    "job-lines/": lambda p: _two(p, "jobs_jobline"),
    "visits/": lambda p: _two(p, "jobs_visit"),
    "assets/acts/": lambda p: _two(p, "assets_assetact"),
    "specifications/": lambda p: _two(p, "products_specificationfield"),
    "related-products/": lambda p: _two(p, "products_productrelationship"),
    "maker-spellings/": lambda p: _two(p, "products_makerspelling"),
    "lists/views/": lambda p: _two(p, "lists_view"),
    "installed-parts/": lambda p: _two(p, "assets_installedmaterial"),
    "meters/": lambda p: _two(p, "assets_meter"),
    "readings/": lambda p: _two(p, "assets_reading"),
    "notes/": lambda p: _two(p, "notes_note"),
    "documents/": lambda p: _two(p, "files_document"),
    "account/security/": lambda p: _two(p, "mfa_authenticator"),
    "bulk/": lambda p: _two(p, "bulk_run"),
    "account/tokens/": lambda p: _two(p, "users_token"),
    "settings/webhooks/": lambda p: _two(p, "outbox_webhook"),
    "settings/webhooks/told/": lambda p: _two(p, "outbox_delivery"),
    "settings/fields/": lambda p: _two(p, "custom_fields_customfield"),
    "users/": lambda p: [p.cast.charlie.pk, p.keeper.pk, 987654],
    "changes/": lambda p: [p.hidden.pk, p.hidden_site.pk, p.ids["contacts_contact"][0], 987654],
}
RECORDS |= {f"{each.path}/": partial(lambda table, p: _two(p, table), each.table) for each in plain_registers()}


def _two(planted: Planted, table: str) -> list[int]:
    return [*planted.ids[table], 987654]


def records(route: Route) -> Fill:
    """What to put for the id in a route's address."""
    fitting = [beginning for beginning in RECORDS if route.pattern.startswith(beginning)]
    return RECORDS[max(fitting, key=len)] if fitting else PARAMETERS["pk"]


# Routes whose pattern is no plain path, spelled out.
SPELLED: dict[str, list[str]] = {
    "account_reset_password_from_key": ["/account/reset/1-no-such-key/", "/account/reset/1-set-password/"],
}
QUERIES = [
    f"?q={HALF}",
    f"?q={HALF}&state=all",
    "?sort=-changed",
    "?archived=yes",
    "?on=2019-06-01",
    "?on=2999-01-01&had=before",
    "?after=nonsense&page=x&sort=nonsense",
]
# A group has at least so many routes.
SMALLEST = 3
ENDS_THE_SESSION = {"account_logout", "users:sign-out"}
POSTED = {"name": "Crawler", "version": "1", "q": HALF}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]


def routes() -> list[Route]:
    """Every address the site answers, static files apart, and the operations for programs: ``test_api.py``."""
    return [route for route in _walk(get_resolver(), "", "") if not route.view.__module__.startswith("ninja.")]


def groups() -> dict[str, list[Route]]:
    """The routes by the first word of their addresses: each group is a test of its own, so that they spread.

    Words with one or two routes are a group together.
    """

    def word(route: Route) -> str:
        return route.pattern.partition("/")[0]

    found = {name: list(members) for name, members in groupby(sorted(routes(), key=word), key=word)}
    large = {name: members for name, members in found.items() if len(members) >= SMALLEST}
    return large | {"others": [route for name, members in found.items() if name not in large for route in members]}


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            names = tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex)
            yield Route(f"{space}{entry.name}", pattern, names, entry.callback)
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, pattern, inner)


def addresses(route: Route, planted: Planted) -> list[str]:
    """The addresses to try for a route. Raises KeyError for a parameter nobody has thought of."""
    if route.name in SPELLED:
        return SPELLED[route.name]
    found = ["/" + route.pattern]
    for name in route.parameters:
        values = (records(route) if name == "pk" else PARAMETERS[name])(planted)
        found = [address.replace(_placeholder(address, name), str(value), 1) for address in found for value in values]
    return found


def _placeholder(address: str, name: str) -> str:
    start = min(i for i in (address.find(f":{name}>"), address.find(f"<{name}>")) if i >= 0)
    begin = address.rfind("<", 0, start + 1)
    return address[begin : address.index(">", start) + 1]


@dataclass
class Finding:
    who: str
    method: str
    address: str
    what: str


def crawl(
    planted: Planted, who: str, client: Client, among: Iterable[Route], *, all_of_it: bool = True
) -> tuple[int, list[Finding]]:
    """Visit routes by GET, as a fragment, and by POST. Returns how many answers, and what is wrong.

    ``all_of_it`` False: no further than the first finding, where there must be one.
    """
    visited, findings = 0, []
    for route in among:
        if route.name in ENDS_THE_SESSION:
            continue
        with watching():
            for method, address, response in _ask(client, addresses(route, planted)):
                visited += 1
                findings += [Finding(who, method, address, fault) for fault in _faults(response)]
                if findings and not all_of_it:
                    return visited, findings
    return visited, findings


def _ask(client: Client, found: list[str]) -> Iterator[tuple[str, str, Any]]:
    """All queries go to a route's first address, which is about a hidden record, and to the first that shows a page.

    One of which the page reads nothing has been answered already.
    """
    shown = False
    for number, address in enumerate(found):
        plain = client.get(address)
        yield "GET", address, plain
        shows = plain.status_code == 200
        for query in QUERIES if number == 0 or (shows and not shown) else []:
            yield f"GET{query}", address, client.get(address + query) if reads(plain, query) else plain
        shown = shown or shows
        yield "GET fragment", address, client.get(address, headers={"HX-Request": "true", "HX-Target": "main"})
        yield "POST", address, client.post(address, POSTED)
        yield "POST nothing", address, client.post(address, {})


def _faults(response: Any) -> Iterator[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = body.decode(errors="replace").lower() + repr(sorted(response.headers.items())).lower()
    if MARKER in said:
        at = said.index(MARKER)
        yield f"shows the marker: …{said[max(0, at - 80) : at + 40]}…"
    if response.headers.get("Cache-Control") != "private, no-store":
        yield f"may be kept by a browser or proxy: {response.headers.get('Cache-Control')}"
    if response.status_code >= 500:
        yield f"answers {response.status_code}"
