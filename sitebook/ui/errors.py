"""Pages for what went wrong, in plain words: what happened, to which thing, what to do next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import Refused
from sitebook.ui.filters import Words
from sitebook.ui.render import asked_by_htmx, show

WORDS: dict[int, tuple[Words, Words]] = {
    400: (_("The address or form could not be read"), _("Go back, reload the page and try again.")),
    403: (_("That is not yours to do"), _("Your role does not allow it. An administrator can change that.")),
    404: (
        _("There is nothing at this address"),
        _("It may have been removed, the link may be incomplete, or it is not among what you may see."),
    ),
    500: (
        _("Something broke on our side"),
        _("Nothing was saved. Try again in a moment; if it happens again, tell your administrator when it happened."),
    ),
}
STALE = _("Sitebook could not be sure that the form came from you. Go back, reload the page and send it again.")


def error_page(request: HttpRequest, status: int, title: Words, sentence: Words) -> HttpResponse:
    """One error as a page; htmx gets the sentence as a toast instead of a page inside the page."""
    context: dict[str, object] = {"status": status, "title": str(title), "sentence": str(sentence)}
    context |= {"messages": []} if status >= 500 else {}
    response = show(request, "ui/error.html", context, block="toast", status=status)
    if asked_by_htmx(request):
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    return response


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    title = WORDS[403][0] if refusal.status == 403 else _("That cannot be done")
    return error_page(request, refusal.status, title, str(refusal))


def _handler(status: int) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return error_page(request, status, *WORDS[status])

    return answer


bad_request, forbidden, not_found = map(_handler, (400, 403, 404))


def failed(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: either may be what failed."""
    request.user = None  # type: ignore[assignment]
    return error_page(request, 500, *WORDS[500])


def unavailable(request: HttpRequest, status: int, title: Words, sentence: Words, *, wait: int = 0) -> HttpResponse:
    """What cannot be done for now, and after how many seconds to try again. Asks nothing of the database."""
    request.user = None  # type: ignore[assignment]
    response = error_page(request, status, title, sentence)
    if wait:
        response["Retry-After"] = str(wait)
    return response


def busy(request: HttpRequest, sentence: Words) -> HttpResponse:
    return unavailable(request, 503, _("Too much is being done at once"), sentence, wait=3)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, 400, _("This page was open too long"), STALE)
