"""What long lists of choices offer, fetched when somebody opens or types in a field."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from sitebook.access.decorators import page
from sitebook.ui.render import show
from sitebook.values.codes import FETCHED
from sitebook.values.pickers import Option


@page(signed_in=True)
def choices(request: HttpRequest, what: str) -> HttpResponse:
    """All of a list, or those that hold what is typed: the code itself first, then names that begin so."""
    if (kind := FETCHED.get(what)) is None:
        raise Http404
    query = " ".join(request.GET.get("q", "").split())[:200]
    typed = query.casefold()
    found = [(code, name) for code, name in kind.codes() if typed in name.casefold() or typed == code.casefold()]
    if typed:
        found.sort(key=lambda pair: (pair[0].casefold() != typed, not pair[1].casefold().startswith(typed)))
    options = [Option(code, name) for code, name in found]
    return show(request, "ui/options.html", {"options": options, "query": query, "recent": False})
