"""How long pages take on a large register, for users who see 50, 2,000, 50,000 or all customers."""

from __future__ import annotations

import statistics
import time
from typing import Any

ADDRESSES = (
    "/customers/",
    "/customers/?q=northern",
    "/sites/",
    "/sites/?on=2025-03-01",
    "/sites/?on=2025-03-01&q=northern",
    "/contacts/",
    "/contacts/?role=main",
    "/customers/{customer}/",
    "/customers/{customer}/?group=yes",
    "/sites/{site}/",
    "/sites/{site}/?on=2023-01-01",
)
TIMES = 15


def measure(users: dict[str, Any]) -> None:
    """Print milliseconds of the whole answer, template included: median and worst of some tries, and the queries."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from sitebook.access.identity import acting
    from sitebook.customers.models import Customer
    from sitebook.sites.models import Site

    print(f"{'page':42}" + "".join(f"{name:>18}" for name in users))
    for pattern in ADDRESSES:
        cells = []
        for user in users.values():
            with acting(user=user, via="screen"):
                site = Site.objects.filter(customer__isnull=False).order_by("-pk").first()
                customer = Customer.objects.order_by("-pk").first()
            client = Client()
            client.force_login(user)
            address = pattern.format(customer=customer.pk if customer else 0, site=site.pk if site else 0)
            spent, status = [], 0
            for _ in range(TIMES):
                began = time.perf_counter()
                status = client.get(address).status_code
                spent.append((time.perf_counter() - began) * 1000)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            cells.append(
                f"{statistics.median(spent):.0f}/{max(spent):.0f} ms {len(queries)}q"
                + ("" if status == 200 else f" {status}")
            )
        print(f"{pattern:42}" + "".join(f"{cell:>18}" for cell in cells), flush=True)
