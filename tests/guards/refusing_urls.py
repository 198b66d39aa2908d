"""Addresses for one test: verbs that write and then say no."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from sitebook.access.decorators import page
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer


@page(signed_in=True)
def refuses(request: HttpRequest) -> HttpResponse:
    Customer.add(name="Half done")
    raise Refused("No.", code="no")


@page(signed_in=True)
def vanishes(request: HttpRequest) -> HttpResponse:
    Customer.add(name="Half done")
    raise Http404


@page(signed_in=True)
def breaks(request: HttpRequest) -> HttpResponse:
    Customer.add(name="Half done")
    raise RuntimeError("on purpose")


@page(signed_in=True)
def answers_422(request: HttpRequest) -> HttpResponse:
    Customer.add(name="Half done")
    return HttpResponse(status=422)


@page(signed_in=True)
def works(request: HttpRequest) -> HttpResponse:
    Customer.add(name="Done")
    return HttpResponse(status=204)


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page that does not say who may open it")


handler400 = "sitebook.ui.errors.bad_request"
handler403 = "sitebook.ui.errors.forbidden"
handler404 = "sitebook.ui.errors.not_found"
handler500 = "sitebook.ui.errors.failed"
urlpatterns = [
    path("refuses/", refuses),
    path("vanishes/", vanishes),
    path("breaks/", breaks),
    path("answers-422/", answers_422),
    path("works/", works),
    path("unmarked/", unmarked),
    path("", include("sitebook.config.urls")),
]
