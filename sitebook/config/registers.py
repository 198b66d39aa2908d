"""The registers of all areas, declared in each area's ``register.py``: one line for each.

Addresses, operations, navigation, search groups, saved views and changes of many records follow from this list.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sitebook.assets.import_readings import take_readings
from sitebook.assets.own_places import OWN_PLACES
from sitebook.assets.register import ASSETS
from sitebook.basics.refused import Refused
from sitebook.catalogue.register import REGISTERS as CATALOGUE
from sitebook.contacts.register import CONTACTS
from sitebook.customers.register import CUSTOMERS
from sitebook.imports.report import Report
from sitebook.jobs.register import JOBS
from sitebook.products.register import CLASSES, MAKERS, METER_TYPES, PRODUCTS
from sitebook.products.related_files import take_related
from sitebook.registers.imports import take
from sitebook.registers.register import Register
from sitebook.sites.imports import take_sites
from sitebook.sites.register import SITES

REGISTERS: tuple[Register[Any], ...] = (ASSETS, JOBS, PRODUCTS, CLASSES, MAKERS, METER_TYPES, OWN_PLACES, *CATALOGUE)
# Those whose area gives addresses to further pages, in its own ``urls.py``.
WITH_MORE_PAGES: tuple[Register[Any], ...] = (ASSETS, JOBS, PRODUCTS, CLASSES, MAKERS, METER_TYPES)
# With those that have addresses, operations and places in the navigation of their own.
DECLARED: tuple[Register[Any], ...] = (CUSTOMERS, SITES, CONTACTS, *REGISTERS)


def importer(path: str) -> Callable[..., Report]:
    """What takes files into the register of this path. Raises Refused for one that takes none."""
    importers: dict[str, Callable[..., Report]] = {each.path: partial(take, each) for each in REGISTERS}
    importers["sites"] = take_sites
    importers["related-products"] = take_related
    importers["readings"] = take_readings
    if path not in importers:
        known = ", ".join(sorted(importers))
        text = f"There is no register “{path}” that takes files. There are: {known}."
        raise Refused(text, code="unknown_register")
    return importers[path]
