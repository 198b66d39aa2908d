"""What of jobs hangs on a customer, a site, an asset, and on the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import ngettext

from sitebook.assets.models import Asset
from sitebook.catalogue.models import Team, WorkType
from sitebook.customers.models import Customer
from sitebook.jobs.models import Job
from sitebook.records.consequences import Consequence
from sitebook.records.models import Record
from sitebook.sites.models import Site

_HANGS: dict[type[Any], str] = {Customer: "customer", Site: "site", Asset: "asset", Team: "team", WorkType: "work_type"}


def consequences(record: Record, *, on: date) -> list[Consequence]:
    """Jobs that are open stay as they are: somebody closes or cancels them first, or goes on with them."""
    column = _HANGS.get(type(record))
    if column is None:
        return []
    rows = Job.objects.open()
    rows = rows.about(record) if isinstance(record, Asset) else rows.filter(**{column: record.pk})
    number = rows.count()
    text = ngettext("%(count)s job of it is open", "%(count)s jobs of it are open", number) % {"count": number}
    query = f"?{column}={record.pk}&which=open"
    return [Consequence(key="jobs", text=text, count=number, icon="jobs", view="jobs:list", query=query)]
