"""The page that says what is done regularly, when it was last done, and what is late."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.config.upkeep import DUTIES
from sitebook.ui.render import show
from sitebook.upkeep.models import LastRun
from sitebook.upkeep.runner import last_runs


@page(may=Permission.CHANGE_FIRM)
def regular_work(request: HttpRequest) -> HttpResponse:
    now, last = timezone.now(), last_runs()
    rows = [(duty, last.get(duty.name), duty.is_late(last.get(duty.name), now)) for duty in DUTIES]
    held = any(each.state == LastRun.State.HELD for each in last.values())
    return show(request, "upkeep/list.html", {"rows": rows, "held": held, "help": "settings"})
