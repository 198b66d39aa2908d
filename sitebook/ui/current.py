"""The request being answered, for what has no other way to know it: form tokens inside components,
the firm's country for telephone numbers."""

from contextvars import ContextVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from markupsafe import Markup

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_country: ContextVar[str] = ContextVar("country", default="")


def remember(request: HttpRequest) -> None:
    _request.set(request)


def use_country(code: str) -> None:
    """The firm's country (ISO 3166, two letters): its telephone numbers are written the local way."""
    _country.set(code)


def country() -> str:
    return _country.get()


def csrf_field() -> Markup:
    """The hidden field every form that posts carries; empty outside a request."""
    request = _request.get()
    if request is None:
        return Markup("")
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))
