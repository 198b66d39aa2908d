"""Where a signed-in user starts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sitebook.access.decorators import page


@page(signed_in=True)
def home(request: HttpRequest) -> HttpResponse:
    """The customers, until there is a page of today's work."""
    return redirect("customers:list")
