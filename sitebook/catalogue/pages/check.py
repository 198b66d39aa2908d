"""The set-up check: what leads to nothing, the worst first, each with the form that mends it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.catalogue.check import RULES, Asked, Kind, findings
from sitebook.records.pages.frame import user_of
from sitebook.ui.render import show

TONES = {Kind.BLOCKS: "bad", Kind.MISTAKE: "attention", Kind.ENDING: "news"}


@page(may=Permission.SEE_CATALOGUE)
def check(request: HttpRequest) -> HttpResponse:
    """``?kind=blocks`` shows one kind."""
    user = user_of(request)
    sees_all = user is not None and user.all_customers
    asked = Asked(timezone.localdate(), sees_all, may(user, Permission.SEE_COSTS))
    found = findings(asked)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    context = {
        "findings": [each for each in found if not kind or each.kind == kind],
        "many": len(found),
        "counts": [(each, len([one for one in found if one.kind == each])) for each in Kind],
        "kind": kind,
        "rules": len(RULES),
        "tones": TONES,
        "may_mend": may(user, Permission.CHANGE_CATALOGUE),
        "help": "catalogue",
    }
    return show(request, "catalogue/check.html", context)
