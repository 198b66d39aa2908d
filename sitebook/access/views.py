"""Who sees which customer: on the user's page and on the customer's. Views may look up to the customers."""

from __future__ import annotations

from dataclasses import asdict

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_POST

from sitebook.access import impersonation
from sitebook.access import models as access
from sitebook.access.decorators import page
from sitebook.access.forms import GrantForm, PastedReferences
from sitebook.access.middleware import KEPT
from sitebook.access.models import Grant
from sitebook.access.permissions import Permission
from sitebook.customers.models import Customer
from sitebook.customers.pages.frame import customer_frame
from sitebook.records.pages.frame import present
from sitebook.search.queries import holding
from sitebook.ui.listing import Column, Listing
from sitebook.ui.render import go, show
from sitebook.users.models import User
from sitebook.values.pickers import Reference, used

GRANT = Permission.GRANT


class PickedCustomer(forms.Form):
    """One customer by the picker; it stands here because only pages may look up to the customers."""

    customer = Reference(
        label=lazy("Grant one customer"), among=Customer.objects.all, search=holding, source="customers:pick"
    )


COLUMNS = (
    Column(key="name", label=lazy("Customer"), sort=("name_key",), look="l1 grow"),
    Column(key="reference", label=lazy("Reference"), sort=("reference",), look="r1"),
    Column(key="town", label=lazy("Town"), sort=("head_town",), look="l2 p2"),
)
GIVEN = Column(key="given", label=lazy("Granted"), sort=("granted_at",), look="r2 p2", first_descending=True)
GRANTED = Listing(columns=(*COLUMNS, GIVEN), order="name", search=holding)
TO_GRANT = Listing(columns=COLUMNS, order="name", search=holding)


def granted(user: User) -> QuerySet[Customer]:
    mine = Grant.objects.filter(user=user, customer_id=OuterRef("pk"))
    rows = Customer.objects.annotate(granted_at=Subquery(mine.values("granted_at")[:1]))
    return rows.filter(pk__in=Grant.objects.filter(user=user).values("customer_id"))


def not_granted(user: User) -> QuerySet[Customer]:
    return Customer.objects.current().exclude(pk__in=Grant.objects.filter(user=user).values("customer_id"))


@page(may=Permission.MANAGE_USERS)
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """The customers granted to a user, and what to do with them; a post grants the picked one."""
    someone = get_object_or_404(User, pk=pk)
    form = PickedCustomer(request.POST or None)
    if request.method == "POST" and form.is_valid():
        picked: Customer = form.cleaned_data["customer"]
        access.give(user_id=pk, customers=[picked.pk])
        used(request, "customer", picked.pk)
        messages.success(request, _("%(user)s sees %(name)s.") % {"user": someone, "name": picked})
        return go(request, reverse("access:user", args=[pk]))
    context = {
        "someone": someone,
        "tab": "access",
        "form": form,
        "link": request.session.pop(f"link-{pk}", "") if not request.headers.get("HX-Request") else "",
        "page": GRANTED.page(request.GET, request.path, granted(someone)),
        "help": "users",
    }
    return show(request, "access/user.html", context, block="list", status=422 if form.errors else 200)


@page(may=Permission.MANAGE_USERS)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Customers the user does not see yet: chosen in the list by a bulk action, or by pasted references here."""
    someone = get_object_or_404(User, pk=pk)
    form = PastedReferences(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = access.give(user_id=pk, customers=_pasted(request, form))
        messages.success(request, _GIVEN % {"count": given, "name": someone})
        return go(request, reverse("access:user", args=[pk]))
    context = {
        "someone": someone,
        "form": form,
        "page": TO_GRANT.page(request.GET, request.path, not_granted(someone)),
        "help": "users",
    }
    return show(request, "access/add.html", context, block="list", status=422 if form.errors else 200)


@page(may=Permission.MANAGE_USERS)
@require_POST
def see_as(request: HttpRequest, pk: int) -> HttpResponse:
    """From the next request on this browser shows Sitebook as that user sees it, and only reads."""
    whom, by = get_object_or_404(User, pk=pk), User.objects.get(pk=request.user.pk or 0)
    kept = impersonation.begin(by=by, whom=whom, address=get_adapter().get_client_ip(request))
    request.session[KEPT] = asdict(kept)
    return go(request, reverse("home"))


@page(signed_in=True)
@require_POST
def stop_seeing(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the user's page as oneself; what came before the view has ended it already."""
    whom = get_object_or_404(User, pk=pk)
    messages.success(request, _("You are yourself again. Nothing was changed as %(name)s.") % {"name": whom})
    return go(request, reverse("users:user", args=[pk]))


@page(may=GRANT)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sees this customer: those granted, and apart from them those who see every customer."""
    found = get_object_or_404(Customer, pk=pk)
    granted = Grant.objects.filter(customer_id=pk).select_related("user", "granted_by").order_by("user__name")
    rest = User.objects.filter(is_active=True, all_customers=False).exclude(grants__customer_id=pk)
    form = GrantForm(request.POST or None, among=rest)
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["users"])
        given = sum(access.give(user_id=each.pk, customers=[pk]) for each in chosen)
        messages.success(request, _LET_IN % {"count": given, "name": found})
        return go(request, reverse("access:customer", args=[pk]))
    context = customer_frame(request, found, "access") | {
        "granted": list(granted),
        "everywhere": list(User.objects.filter(is_active=True, all_customers=True)),
        "form": form,
        "rest": rest.exists(),
        "help": "users",
    }
    return present(request, "access/customer.html", context, status=422 if form.errors else 200)


@page(may=GRANT)
@require_POST
def take_back(request: HttpRequest, pk: int, user_id: int) -> HttpResponse:
    found = get_object_or_404(Customer, pk=pk)
    someone = get_object_or_404(User, pk=user_id)
    if access.take(user_id=user_id, customers=[pk]):
        messages.success(request, _("%(user)s does not see %(name)s any more.") % {"user": someone, "name": found})
    if not Customer.objects.filter(pk=pk).exists():
        return go(request, reverse("customers:list"))
    return go(request, reverse("access:customer", args=[pk]))


def _pasted(request: HttpRequest, form: PastedReferences) -> list[int]:
    """Their ids; what no customer has is said by name, and the rest is granted all the same."""
    references: list[str] = form.cleaned_data["references"]
    found = dict(Customer.objects.filter(reference__in=references).values_list("reference", "pk"))
    if unknown := [each for each in references if each not in found]:
        shown = ", ".join(unknown[:20]) + (" …" if len(unknown) > 20 else "")
        messages.warning(request, _("No customer has these references: %(names)s") % {"names": shown})
    return list(found.values())


_GIVEN = ngettext_lazy("%(name)s sees one more customer.", "%(name)s sees %(count)s more customers.", "count")
_LET_IN = ngettext_lazy("One more user sees %(name)s.", "%(count)s more users see %(name)s.", "count")
