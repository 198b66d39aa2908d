"""Pages for what went wrong, in plain words: what happened, to which thing, what to do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sitebook.basics.refused import Refused
from sitebook.ui.render import asked_by_htmx, show


def error_page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """One error as a page; htmx gets the sentence as a toast instead of a page inside the page."""
    words: dict[str, Any] = {"status": status, "title": title, "sentence": sentence}
    if status == 500:
        words["messages"] = []
    if asked_by_htmx(request):
        response = show(request, "ui/error.html", words, block="toast", status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
        return response
    return show(request, "ui/error.html", words, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    title = _("That is not yours to do") if refusal.status == 403 else _("That cannot be done")
    return error_page(request, refusal.status, title, str(refusal))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 400, _("The address or form could not be read"), _("Go back, reload the page and try again.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request, 403, _("That is not yours to do"), _("Your role does not allow it. An administrator can change that.")
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        404,
        _("There is nothing at this address"),
        _("It may have been removed, the link may be incomplete, or it is not among what you may see."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database or the session: either may be what failed."""
    request.user = None  # type: ignore[assignment]
    return error_page(
        request,
        500,
        _("Something broke on our side"),
        _("Nothing was saved. Try again in a moment; if it happens again, tell your administrator when it happened."),
    )


def csrf_failure(request: HttpRequest, reason: str = "", **more: Any) -> HttpResponse:
    return error_page(
        request,
        400,
        _("This page was open too long"),
        _("Sitebook could not be sure that the form came from you. Go back, reload the page and send it again."),
    )
