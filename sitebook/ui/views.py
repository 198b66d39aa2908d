"""Pages of this area: the guide."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from sitebook.access.decorators import page
from sitebook.ui import help as guides
from sitebook.ui.render import show

# Pages of the guide by the names they had before.
MOVED = {"own-fields": "custom-fields"}


@page(anyone=True)
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    if slug in MOVED:
        return redirect("ui:help", MOVED[slug], permanent=True)
    found = guides.guide(slug)
    if found is None:
        raise Http404
    firm = request.firm if request.user.is_authenticated else None  # type: ignore[attr-defined]
    support = firm.support_email if firm else ""
    return show(request, "ui/help.html", {"guide": found, "pages": guides.pages(), "support": support, "help": slug})
