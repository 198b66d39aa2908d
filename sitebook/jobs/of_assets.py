"""What jobs add to the page of an asset: its Jobs tab, “log a repair” and “log a service” (F-008)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission, may
from sitebook.assets.models import Asset
from sitebook.assets.register import ASSETS
from sitebook.jobs.register import JOBS
from sitebook.jobs.states import Category
from sitebook.registers.tabs import Tab


def offered(user: Any, asset: Asset) -> list[tuple[Any, str, str]]:
    """To whoever may log jobs."""
    if not may(user, Permission.CHANGE_JOBS):
        return []
    begun = f"{JOBS.url('new')}?about=asset-{asset.pk}&category="
    return [
        (_("Log a repair"), "jobs", begun + Category.REPAIR.value),
        (_("Log a service"), "check", begun + Category.SERVICE.value),
    ]


ASSETS.add_to_page(Tab("jobs", _("Jobs"), "jobs:asset-jobs", Permission.SEE_JOBS), offers=offered)
