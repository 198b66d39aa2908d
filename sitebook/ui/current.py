"""The request being answered and the firm's country, for what has no other way to know them."""

from contextvars import ContextVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from markupsafe import Markup

request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_country: ContextVar[str] = ContextVar("country", default="")


def use_country(code: str) -> None:
    """The firm's country (ISO 3166, two letters): its telephone numbers are written the local way."""
    _country.set(code)


def country() -> str:
    return _country.get()


def csrf_field() -> Markup:
    """The hidden field every form that posts carries; empty outside a request."""
    token = get_token(now) if (now := request.get()) else ""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(token)
