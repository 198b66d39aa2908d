"""Contacts and their roles for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from sitebook.access.permissions import Permission, may
from sitebook.api.authentication import Token
from sitebook.api.idempotency import PARAMETER, once
from sitebook.api.problems import Problem, faulty
from sitebook.api.requests import ALL_OR_NOTHING, Bulk, BulkAnswer, Id, all_of_them, answers, in_bulk
from sitebook.api.responses import Json, Wanted, listed, one, parameters, plain, reply, wanted
from sitebook.contacts import roles as contact_roles
from sitebook.contacts.lists import listing, with_roles
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.schemas import ContactFields, ContactRead, NewContact, NewRole, RoleEnd, RoleRead
from sitebook.custom_fields.records import for_programs
from sitebook.customers import api as theirs
from sitebook.customers.models import Customer
from sitebook.registers import api as records
from sitebook.registers.schemas import Archiving, Consequences, Done, Restoring, page_of
from sitebook.sites.models import Site
from sitebook.users.models import Scope

router = Router(tags=["Contacts"])
READ = Token(Scope.READ, Permission.SEE_CUSTOMERS)
CHANGE = Token(Scope.WRITE, Permission.CHANGE_CONTACTS)
ARCHIVE = Token(Scope.WRITE, Permission.ARCHIVE_CONTACTS)
EXPANDS = ("customer",)
FIELDS = ("position", "language", "consent", "consent_on")


@router.get(
    "/contacts",
    auth=READ,
    response=answers(200, page_of(ContactRead)),
    openapi_extra=parameters(listing(on=None), expands=EXPANDS, dated=True),  # type: ignore[arg-type]
    summary="List contacts",
)
def list_contacts(request: HttpRequest) -> HttpResponse:
    """The contacts you may see, with the filters, sorts and paging of the page; their roles as of a day."""
    asked = wanted(request, expands=EXPANDS, dated=True)
    day = asked.on or timezone.localdate()
    return listed(
        request, listing(on=day).whole(), _rows(asked), lambda rows: written(rows, asked), asked=asked, dated=True
    )


def _rows(asked: Wanted) -> QuerySet[Any]:
    rows: QuerySet[Any] = with_roles(Contact.objects.all(), on=asked.on or timezone.localdate())
    return rows


def written(rows: Sequence[Any], asked: Wanted) -> list[Json]:
    """Contacts in JSON, with the names of their roles."""
    ids = [row.customer_id for row in rows]
    named: dict[int | None, Any] = dict(records.briefs(Customer, ids))
    own = records.own_of(Contact)
    if "customer" in asked.expand:
        named |= theirs.whole({pk for pk in ids if pk}, asked)
    return [
        {
            **records.stamps(row),
            **plain(row, FIELDS),
            "custom": for_programs(own, row.custom),
            "phones": records.phones(row),
            "emails": records.emails(row),
            "customer": named[row.customer_id],
            "roles": list(row.role_names),
        }
        for row in rows
    ]


@router.get(
    "/contacts/{int:pk}",
    auth=READ,
    response=answers(200, ContactRead),
    openapi_extra=parameters(expands=EXPANDS, dated=True),
    summary="Read a contact",
)
def read_contact(request: HttpRequest, pk: Id) -> HttpResponse:
    """One contact with all its roles, each with place and period; with ``as_of`` those in force that day."""
    asked = wanted(request, expands=EXPANDS, dated=True)
    return _one(request, get_object_or_404(_rows(asked), pk=pk), asked)


def _one(request: HttpRequest, row: Any, asked: Wanted | None = None, *, status: int = 200) -> HttpResponse:
    asked = asked or Wanted(frozenset(), frozenset(), None)
    row = row if hasattr(row, "role_names") else _rows(asked).get(pk=row.pk)
    given = ContactRole.objects.filter(contact=row).order_by("-during", "role", "pk")
    if asked.on:
        given = given.in_force(on=asked.on)
    record = written([row], asked)[0] | {"roles": roles(list(given[:500]))}
    at = records.address(row) if status == 201 else ""
    return one(request, asked.of(record), version=row.version, status=status, at=at)


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


@router.post(
    "/contacts",
    auth=CHANGE,
    response=answers(201, ContactRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Add a contact",
)
@once
def add_contact(request: HttpRequest, body: NewContact) -> HttpResponse:
    """Add a contact of a customer; without one everybody who is signed in sees it."""
    return _one(request, _added(body), status=201)


def _added(body: NewContact) -> Contact:
    values = records.own_changed(body.given(), Contact, None)
    values["customer"] = customer = records.seen(Customer, values.get("customer"), "/customer")
    return Contact.add(**records.understood(values, country=customer.head_country if customer else ""))


@router.patch(
    "/contacts/{int:pk}",
    auth=CHANGE,
    response=answers(200, ContactRead, writes=True),
    summary="Change a contact",
)
def change_contact(request: HttpRequest, pk: Id, body: ContactFields) -> HttpResponse:
    """Change the fields that are sent. Needs If-Match."""
    found = get_object_or_404(Contact, pk=pk)
    _change(request, found, records.versioned(request, found), body)
    return _one(request, found)


def _change(request: HttpRequest, found: Contact, version: int, body: ContactFields) -> None:
    if found.is_customer and not may(request.user, Permission.CHANGE_CUSTOMERS):
        text = _("%(name)s is the customer: whoever may change customers may do this.")
        raise Problem(403, text % {"name": found}, code="not_allowed")
    values = records.own_changed(body.given(), Contact, found)
    country = found.customer.head_country if found.customer else ""
    if "customer" in values:
        values["customer_id"] = values.pop("customer")
        records.seen(Customer, values["customer_id"], "/customer")
    with records.Stale():
        contact_roles.change_contact(
            found, version=version, values=records.understood(values, country=country), on=timezone.localdate()
        )


@router.post(
    "/contacts/bulk",
    auth=CHANGE,
    response=answers(200, BulkAnswer, writes=True),
    openapi_extra={"parameters": [PARAMETER, ALL_OR_NOTHING]},
    summary="Add and change many contacts",
)
@once
def many_contacts(request: HttpRequest, body: Bulk) -> HttpResponse:
    """Up to 1,000 contacts, each added, or with its id and version changed; an outcome for each."""

    def row(item: Json) -> tuple[int, int, int]:
        if "id" not in item:
            made = _added(NewContact.model_validate(item))
            return 201, made.pk, made.version
        found = records.one_of_bulk(Contact, item)
        fields = ContactFields.model_validate(records.fields_of(item))
        _change(request, found, records.of_version(found, item.get("version")), fields)
        return 200, found.pk, found.version

    return in_bulk(body.items, row, all_or_nothing=all_of_them(request))


@router.get(
    "/contacts/{int:pk}/consequences",
    auth=READ,
    response=answers(200, Consequences),
    summary="What archiving a contact would touch",
)
def contact_consequences(request: HttpRequest, pk: Id) -> HttpResponse:
    """What hangs on a contact, and what of it can be archived along."""
    return records.consequences(get_object_or_404(Contact, pk=pk))


@router.post(
    "/contacts/{int:pk}/archive",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Archive a contact",
)
@once
def archive_contact(request: HttpRequest, pk: Id, body: Archiving) -> HttpResponse:
    """Out of the lists; their roles stay and say so."""
    return records.archive(request, get_object_or_404(Contact, pk=pk), body)


@router.post(
    "/contacts/{int:pk}/restore",
    auth=ARCHIVE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Restore a contact",
)
@once
def restore_contact(request: HttpRequest, pk: Id, body: Restoring) -> HttpResponse:
    """Back into the lists."""
    return records.restore(get_object_or_404(Contact, pk=pk), rest=body.rest)


@router.post(
    "/contacts/{int:pk}/roles",
    auth=CHANGE,
    response=answers(201, RoleRead, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Give a contact a role",
)
@once
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
    auth=CHANGE,
    response=answers(200, Done, writes=True),
    openapi_extra={"parameters": [PARAMETER]},
    summary="End a role",
)
@once
def end_role(request: HttpRequest, pk: Id, body: RoleEnd) -> HttpResponse:
    """From a day on; one that would end before it began goes as if never given."""
    get_object_or_404(ContactRole, pk=pk).end(on=body.on or timezone.localdate())
    return reply({"done": 1})
