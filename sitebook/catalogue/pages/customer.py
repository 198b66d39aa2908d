"""The catalogue of a customer as a map."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from sitebook.access.decorators import page
from sitebook.access.permissions import Permission, may
from sitebook.catalogue.net import net_of
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.records.pages.frame import present, user_of


@page(may=Permission.SEE_CATALOGUE)
def customer_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Drawn here, each node a link to its entry; below it the dead ends and the same as a list."""
    customer = get_object_or_404(Customer, pk=pk)
    net = net_of(Setup.of(customer), Choice(customer=customer, role="", on=timezone.localdate()))
    context = customer_frame(request, customer, "catalogue") | {
        "net": net,
        "view": "map",
        "may_tick": may(user_of(request), Permission.CHANGE_CATALOGUE),
        "help": "catalogue",
    }
    return present(request, "catalogue/map.html", context)
