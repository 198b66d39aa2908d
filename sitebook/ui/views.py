"""Pages of this area: the guide."""

from django.http import Http404, HttpRequest, HttpResponse

from sitebook.access.pages import page
from sitebook.ui import help as guides
from sitebook.ui.render import show


@page(anyone=True)
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    found = guides.guide(slug)
    if found is None:
        raise Http404
    firm = request.firm if request.user.is_authenticated else None  # type: ignore[attr-defined]
    support = firm.support_email if firm else ""
    return show(request, "ui/help.html", {"guide": found, "pages": guides.pages(), "support": support, "help": slug})
