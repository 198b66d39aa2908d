"""Every operation for programs, with addresses and bodies that speak of hidden records, of own ones and of none."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from django.db import transaction
from django.test import Client

from sitebook.api.authentication import Token
from sitebook.config.api import interface
from tests.guards.crawl import Finding
from tests.guards.planted import HALF, MARKER, Planted, plain_registers

# The records an address that begins so speaks of: a hidden one, one of one's own, and none. The longest beginning
# counts; an operation that none of them names fails the guard.
RECORDS: dict[str, Callable[[Planted], list[int]]] = {
    "customers/": lambda p: [p.hidden.pk, p.cast.acme.pk, 987654],
    "sites/": lambda p: [p.hidden_site.pk, p.former.pk, 987654],
    "sites/hand-overs/": lambda p: [*p.ids["sites_handover"], 987654],
    "contacts/": lambda p: [*p.ids["contacts_contact"], 987654],
    "contacts/roles/": lambda p: [*p.ids["contacts_contactrole"], 987654],
    "assets/": lambda p: [*p.ids["assets_asset"], 987654],
    "assets/acts/": lambda p: [*p.ids["assets_assetact"], 987654],
    "installed-parts/": lambda p: [*p.ids["assets_installedmaterial"], 987654],
    "meters/": lambda p: [*p.ids["assets_meter"], 987654],
    "readings/": lambda p: [*p.ids["assets_reading"], 987654],
    "notes/": lambda p: [*p.ids["notes_note"], 987654],
    "jobs/": lambda p: [*p.ids["jobs_job"], 987654],
    "jobs/visits/": lambda p: [*p.ids["jobs_visit"], 987654],
    "jobs/lines/": lambda p: [*p.ids["jobs_jobline"], 987654],
    "jobs/assets/": lambda p: [*p.ids["jobs_jobasset"], 987654],
    "related-products/": lambda p: [*p.ids["products_productrelationship"], 987654],
    "maker-spellings/": lambda p: [*p.ids["products_makerspelling"], 987654],
    "users/": lambda p: [p.cast.charlie.pk, p.keeper.pk, 987654],
}
RECORDS |= {
    f"{each.path}/": partial(lambda table, p: [*p.ids[table], 987654], each.table) for each in plain_registers()
}
QUERIES = ["", f"?q={HALF}", "?archived=all&limit=200", "?as_of=2019-06-01", "?as_of=2999-01-01", "?sort=-nonsense"]
# Fields that name a record, and what they name.
NAMES = {"customer": "customers/", "site": "sites/", "to": "customers/", "customers": "customers/",
         "contact": "contacts/", "bill_to": "customers/", "distributor": "customers/",
         "owner": "customers/", "parent": "assets/", "by": "assets/", "asset": "assets/", "assets": "assets/",
         "visit": "jobs/visits/",
         "product": "products/", "meter_type": "meter-types/"}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """``path`` below the interface's root, with ``{pk}``. ``needs``: its mark, or None."""

    name: str
    method: str
    path: str
    needs: Token | None
    details: dict[str, Any]

    def addresses(self, planted: Planted) -> list[str]:
        """Raises KeyError for an operation about records nobody has thought of."""
        if "{" not in self.path:
            return [self.path]
        fitting = [beginning for beginning in RECORDS if self.path.startswith(beginning)]
        return [re.sub(r"{\w+}", str(pk), self.path) for pk in RECORDS[max(fitting, key=len)](planted)]

    def bodies(self, planted: Planted) -> list[Any]:
        """None for an operation without one; else every field that names a record names a hidden one, an own, none."""
        content = self.details.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return [None]
        shape = interface.description()["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[-1]]
        return [{}, *(_filled(shape, planted, which) for which in range(3))]


def _filled(shape: dict[str, Any], planted: Planted, which: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, field in shape["properties"].items():
        if name in NAMES:
            pk = RECORDS[NAMES[name]](planted)[which]
            body[name] = [pk] if field.get("type") == "array" else pk
    if "items" in shape["properties"]:
        ids = {"id": RECORDS["customers/"](planted)[which], "version": 1}
        body["items"] = [{"name": "Crawler"}, ids, {"name": "Crawler", "customer": ids["id"]}]
    fixed = {"name": "Crawler", "role": "main", "day": "2026-01-01", "since": "2026-01-01", "email": "c@x.example"}
    return body | {name: value for name, value in fixed.items() if name in shape["properties"]}


def operations() -> list[Operation]:
    """Every operation there is."""
    marks = {}
    for router in interface.api._get_bound_routers():
        for path, view in router.path_operations.items():
            for each in view.operations:
                mark = each.auth_callbacks[0] if each.auth_callbacks else None
                for method in each.methods:
                    plain = re.sub(r"{\w+:", "{", f"{router.prefix}{path}").strip("/")
                    marks[method, plain] = mark if isinstance(mark, Token) else None
    found = []
    for path, methods in interface.description()["paths"].items():
        plain = path.removeprefix("/api/v1/")
        for method, details in methods.items():
            name = f"{method.upper()} {plain}"
            found.append(Operation(name, method.upper(), plain, marks.pop((method.upper(), plain)), details))
    assert not marks, f"these are not in the description: {sorted(marks)}"
    return found


def groups() -> dict[str, list[Operation]]:
    """The operations by the first word of their paths: each group is a test of its own, so that they spread."""

    def word(operation: Operation) -> str:
        return operation.path.partition("/")[0]

    return {name: list(members) for name, members in groupby(sorted(operations(), key=word), key=word)}


def ask(client: Client, operation: Operation, address: str, body: Any = None) -> Any:
    """One call, whose effects are undone, so that the next one finds what was planted."""
    text = "" if body is None else json.dumps(body)
    with transaction.atomic():
        headers = {"If-Match": "*"}
        response = client.generic(
            operation.method, f"/api/v1/{address}", text, content_type="application/json", headers=headers
        )
        transaction.set_rollback(True)
    return response


def calls(operation: Operation, planted: Planted) -> Iterator[tuple[str, Any]]:
    """The addresses and bodies to try."""
    for address in operation.addresses(planted):
        for query in QUERIES if operation.method == "GET" else [""]:
            for body in operation.bodies(planted):
                yield address + query, body


def crawl(
    planted: Planted, who: str, client: Client, among: Iterable[Operation], *, all_of_it: bool = True
) -> tuple[dict[int, int], list[Finding]]:
    """Call everything. Returns how many answers there were of each status, and what is wrong.

    ``all_of_it`` False: no further than the first finding, where there must be one.
    """
    statuses: dict[int, int] = {}
    findings: list[Finding] = []
    for operation in among:
        for address, body in calls(operation, planted):
            response = ask(client, operation, address, body)
            statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
            faults = _faults(response)
            findings += [Finding(who, operation.method, f"{address} {body}", fault) for fault in faults]
            if findings and not all_of_it:
                return statuses, findings
    return statuses, findings


def _faults(response: Any) -> Iterator[str]:
    said = response.content.decode(errors="replace").lower() + repr(sorted(response.headers.items())).lower()
    if MARKER in said:
        at = said.index(MARKER)
        yield f"shows the marker: …{said[max(0, at - 80) : at + 40]}…"
    if response.status_code >= 500 or response.status_code == 429:
        yield f"answers {response.status_code}"
    if response.status_code >= 400 and response["Content-Type"] != "application/problem+json":
        yield f"answers {response.status_code} as {response['Content-Type']}"
