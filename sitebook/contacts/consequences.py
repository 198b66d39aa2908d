"""What hangs on a customer, site or contact: shown, with its number, before the record is archived."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.customers.models import Customer
from sitebook.records.consequences import Consequence, stays
from sitebook.records.models import Record
from sitebook.sites.models import Site


def consequences(record: Record, *, on: date) -> list[Consequence]:
    """What hangs on a customer, site or contact on a day, as far as the reader may see it."""
    if isinstance(record, Customer):
        return [*_own(record), *_branches(record, on=on), *_elsewhere(record, on=on)]
    if isinstance(record, Site):
        return _people(record, on=on)
    if isinstance(record, Contact):
        return _roles(record, on=on)
    return []


def _own(customer: Customer) -> list[Consequence]:
    sites = Site.objects.current().filter(customer=customer)
    contacts = Contact.objects.current().filter(customer=customer, is_customer=False)
    many, people = sites.count(), contacts.count()
    return [
        Consequence(
            key="sites",
            text=ngettext("%(count)s site", "%(count)s sites", many) % {"count": many},
            count=many,
            icon="sites",
            takes=(sites,),
            view="customers:customer-sites",
            pk=customer.pk,
        ),
        Consequence(
            key="contacts",
            text=ngettext("%(count)s contact", "%(count)s contacts", people) % {"count": people},
            count=people,
            icon="contacts",
            takes=(contacts,),
            view="contacts:customer-contacts",
            pk=customer.pk,
        ),
    ]


def _branches(customer: Customer, *, on: date) -> list[Consequence]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_below(%s, %s)", [customer.pk, on])
        below = [pk for (pk,) in cursor.fetchall() if pk != customer.pk]
    branches = Customer.objects.current().filter(pk__in=below)
    ids = list(branches.values_list("pk", flat=True))
    sites = Site.objects.current().filter(customer__in=ids)
    contacts = Contact.objects.current().filter(customer__in=ids, is_customer=False)
    said = {"count": len(ids), "sites": sites.count(), "contacts": contacts.count()} if ids else {"count": 0}
    note = _("with their %(sites)s sites and %(contacts)s contacts") % said if ids else ""
    return [
        Consequence(
            key="branches",
            text=ngettext("%(count)s customer under it", "%(count)s customers under it", len(ids)) % said,
            count=len(ids),
            icon="customers",
            takes=(branches, sites, contacts),
            by_default=False,
            note=note,
        )
    ]


def _elsewhere(customer: Customer, *, on: date) -> list[Consequence]:
    """What of others' points at the customer. It stays, and should be looked at."""
    bills = Customer.objects.current().filter(bill_to=customer).count()
    supplied = Customer.objects.current().filter(distributor=customer).count()
    roles = ContactRole.objects.filter(contact__customer=customer, during__holds=on).exclude(customer=customer)
    parties = SiteParty.objects.filter(party=customer, during__holds=on)
    sites, elsewhere = parties.values("site").distinct().count(), roles.count()
    return [
        stays("bills", "invoices", bills, ngettext(
            "%(count)s customer whose invoices go to it", "%(count)s customers whose invoices go to it", bills
        )),
        stays("supplied", "customers", supplied, ngettext(
            "%(count)s customer supplied through it", "%(count)s customers supplied through it", supplied
        )),
        stays("roles", "contacts", elsewhere, ngettext(
            "%(count)s role of its contacts at other customers", "%(count)s roles of its contacts at other customers",
            elsewhere,
        )),
        stays("parties", "sites", sites, ngettext(
            "%(count)s site of others where it is owner, agent, occupier or payer",
            "%(count)s sites of others where it is owner, agent, occupier or payer", sites,
        )),
    ]  # fmt: skip


def _people(site: Site, *, on: date) -> list[Consequence]:
    roles = ContactRole.objects.filter(site=site, customer=site.customer, during__holds=on)
    parties = SiteParty.objects.filter(site=site, customer=site.customer, during__holds=on).count()
    people = roles.values("contact").distinct().count()
    said = ngettext("%(count)s contact with a role here", "%(count)s contacts with a role here", people)
    other = ngettext(
        "%(count)s owner, agent, occupier or payer", "%(count)s owners, agents, occupiers or payers", parties
    )
    return [
        stays("roles", "contacts", people, said, view="contacts:site-contacts", pk=site.pk),
        stays("parties", "customers", parties, other, view="sites:site", pk=site.pk),
    ]


def _roles(contact: Contact, *, on: date) -> list[Consequence]:
    roles = ContactRole.objects.filter(contact=contact, during__holds=on).count()
    parties = SiteParty.objects.filter(person=contact, during__holds=on).count()
    said = ngettext("%(count)s role at customers and sites", "%(count)s roles at customers and sites", roles)
    other = ngettext(
        "%(count)s site where this person is owner, agent, occupier or payer",
        "%(count)s sites where this person is owner, agent, occupier or payer",
        parties,
    )
    return [
        stays("roles", "sites", roles, said, view="contacts:contact", pk=contact.pk),
        stays("parties", "sites", parties, other, view="contacts:contact", pk=contact.pk),
    ]
