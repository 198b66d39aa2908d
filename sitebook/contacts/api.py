"""Contacts and their roles for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import faulty
from sitebook.api.requests import Id, answers
from sitebook.api.responses import Json, Wanted, reply
from sitebook.contacts import roles as contact_roles
from sitebook.contacts.lists import with_roles
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.pages.lists import listing
from sitebook.contacts.register import CONTACTS
from sitebook.contacts.schemas import NewRole, RoleEnd, RoleRead
from sitebook.customers import api as customers
from sitebook.customers.models import Customer
from sitebook.lists.tables import Table
from sitebook.registers import api as records
from sitebook.registers.operations import Reading, Written, operations
from sitebook.registers.schemas import Done
from sitebook.sites.models import Site


def _rows(asked: Wanted) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_roles(Contact.objects.all(), on=asked.on or timezone.localdate())
    return rows


def _list_then(asked: Wanted) -> tuple[Table, QuerySet[Any], Written]:
    """Today's contacts, with the roles of the day."""
    assert asked.on is not None  # noqa: S101 - only asked for a day
    return listing(on=asked.on), _rows(asked), OPERATIONS.written


def _roles_of(contact: Contact, asked: Wanted) -> Json:
    """All roles, each with place and period; with a day those in force then."""
    given = ContactRole.objects.filter(contact=contact).order_by("-during", "role", "pk")
    if asked.on:
        given = given.in_force(on=asked.on)
    return {"roles": roles(list(given[:500]))}


def roles(given: Sequence[ContactRole]) -> list[Json]:
    """Roles in JSON; a place the caller may not see is only said to be one."""
    customers = records.briefs(Customer, [row.customer_id for row in given])
    sites = records.briefs(Site, [row.site_id for row in given])
    return [
        {
            "id": row.pk,
            "role": row.role,
            "customer": customers[row.customer_id],
            "site": sites[row.site_id],
            "since": row.during.lower,
            "until": row.during.upper,
        }
        for row in given
    ]


OPERATIONS = operations(
    CONTACTS,
    Reading(
        rows=_rows,
        expands={"customer": customers.whole},
        list_then=_list_then,
        also={"roles": lambda row: list(row.role_names)},
        also_one=_roles_of,
        then="With ``as_of`` its roles are those of that day.",
    ),
)
router = OPERATIONS.router


@router.post(
    "/contacts/{int:pk}/roles",
    auth=OPERATIONS.change,
    response=answers(201, RoleRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="give_contact_role",
    summary="Give a contact a role",
)
@once(Contact)
def give_role(request: HttpRequest, pk: Id, body: NewRole) -> HttpResponse:
    """At a customer, or at a site. A new main or billing contact ends the time of the one before."""
    found = get_object_or_404(Contact, pk=pk)
    if (body.customer is None) == (body.site is None):
        raise faulty("/customer", _("Name a customer or a site, and not both."))
    given = contact_roles.give_role(
        found,
        role=contact_roles.role_called(body.role),
        customer=records.seen(Customer, body.customer, "/customer"),
        site=records.seen(Site, body.site, "/site"),
        since=body.since or timezone.localdate(),
    )
    return reply(roles([given])[0], status=201)


@router.post(
    "/contacts/roles/{int:pk}/end",
    auth=OPERATIONS.change,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    operation_id="end_contact_role",
    summary="End a role",
)
@once(ContactRole)
def end_role(request: HttpRequest, pk: Id, body: RoleEnd) -> HttpResponse:
    """From a day on; one that would end before it began goes as if never given."""
    get_object_or_404(ContactRole, pk=pk).end(on=body.on or timezone.localdate())
    return reply({"done": 1})
