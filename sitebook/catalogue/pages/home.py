"""The first page of the catalogue: its registers, and how many entries each has."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission
from sitebook.catalogue.register import REGISTERS
from sitebook.ui.render import show


@page(may=Permission.SEE_CATALOGUE)
def home(request: HttpRequest) -> HttpResponse:
    counted = [(each, each.model._default_manager.current().count()) for each in REGISTERS]
    return show(request, "catalogue/home.html", {"registers": counted, "help": "catalogue"})
