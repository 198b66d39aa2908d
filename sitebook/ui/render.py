"""Turns a page's answer into HTML: the whole page, or one block of it when htmx asks."""

from typing import Any, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csp import get_nonce
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import get_language, get_language_bidi
from jinja2_fragments import render_block

from sitebook.ui import current


def show(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    block: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or its ``block`` alone when htmx asks."""
    everything = frame_context(request) | (context or {})
    environment = cast(Jinja2, engines["jinja2"]).env
    if block and asked_by_htmx(request):
        html = render_block(environment, template, block, everything)
    else:
        html = environment.get_template(template).render(everything)
    response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def go(request: HttpRequest, to: str) -> HttpResponse:
    """On to another page after a form did its work; htmx is told to load it whole."""
    if asked_by_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return HttpResponseRedirect(to, status=303)


def back_to(request: HttpRequest, otherwise: str) -> str:
    """Where somebody came from: a page of ours that the form carries along, else ``otherwise``."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = wanted.startswith("/") and wanted.isprintable() and url_has_allowed_host_and_scheme(wanted, None)
    return wanted if own else otherwise


def asked_by_htmx(request: HttpRequest) -> bool:
    """Whether htmx wants a part of a page; when it stands in for the browser it gets the whole."""
    headers = request.headers
    return "HX-Request" in headers and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs, also of pages that other packages render."""
    current.request.set(request)
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    theme = request.COOKIES.get("theme") or (getattr(user, "theme", "") if signed_in else "")
    return {
        "request": request,
        "user": user if signed_in else None,
        "nonce": get_nonce(request),
        "nav": import_string(settings.NAVIGATION)(request) if signed_in else [],
        "messages": get_messages(request),
        "theme": theme if theme in ("light", "dark") else "",
        "language": get_language() or "en-gb",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "help": "",
    }
