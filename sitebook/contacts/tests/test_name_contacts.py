"""Main and billing contact on the customer's form, default contact on the site's."""

from __future__ import annotations

import html
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.roles import give_role, single_contact
from sitebook.contacts.tests.persons import LINES, body, person
from sitebook.customers.models import Customer, Membership
from sitebook.sites.models import Site, Tenure
from tests.cast import Cast, make_customer, see_all


def named(record: Customer | Site, role: str = "main") -> Contact | None:
    site = record if isinstance(record, Site) else None
    customer_id = record.customer_id if isinstance(record, Site) else record.pk
    with see_all():
        return single_contact(
            role=role, customer_id=customer_id, site_id=site.pk if site else None, on=timezone.localdate()
        )


class Form:
    """The edit form of a customer or a site, as a browser has it open."""

    def __init__(self, client, record: Customer | Site) -> None:
        self.client = client
        self.path = f"/{'sites' if isinstance(record, Site) else 'customers'}/{record.pk}/edit/"
        self.shown = body(client.get(self.path))
        with see_all():
            now = type(record)._default_manager.get(pk=record.pk)
        own = {"kind": "company", "account": "ok", "send_by": "email", "head_town": "Leeds"}
        if isinstance(now, Site):
            own = {"status": now.status, "code": now.code}
        self.typed = {"version": str(now.version), "name": now.name, "base": self._value("base"), **own, **LINES}
        for name in ("main_contact", "billing_contact", "default_contact"):
            if f'name="{name}"' in self.shown:
                self.typed |= {name: self._value(name), f"{name}_text": self._value(f"{name}_text")}

    def _value(self, name: str) -> str:
        tag = self.shown.split(f'name="{name}"', 1)[1].split(">", 1)[0]
        return html.unescape(tag.split('value="', 1)[1].split('"', 1)[0]) if 'value="' in tag else ""

    def save(self, **typed: str):
        return self.client.post(self.path, self.typed | typed)


def chosen(name: str, contact: Contact | None) -> dict[str, str]:
    return {name: str(contact.pk) if contact else "", f"{name}_text": str(contact) if contact else ""}


def test_name_main_and_billing_contact_and_billing_address_are_changed_and_shown(cast: Cast, client_of):
    ann, bea, bob = person("Ann", cast.acme), person("Bea", cast.acme), client_of(cast.bob)
    typed = {"name": "Acme Stores", "bill_line1": "9 Mill Lane", "bill_town": "Leeds"}
    named_ones = chosen("main_contact", ann) | chosen("billing_contact", bea)
    assert Form(bob, cast.acme).save(**typed, **named_ones).status_code == 303
    page = body(client_of(cast.charlie).get(f"/customers/{cast.acme.pk}/"))
    assert f'<a href="/contacts/{ann.pk}/">Ann</a> <small>main contact</small>' in page
    assert f'<a href="/contacts/{bea.pk}/">Bea</a> <small>billing contact</small>' in page
    assert "<h1>Acme Stores</h1>" in page
    assert "9 Mill Lane, Leeds" in page


def test_saving_something_else_leaves_them_as_they_are(cast: Cast, client_of):
    ann, bob = person("Ann", cast.acme), client_of(cast.bob)
    Form(bob, cast.acme).save(**chosen("main_contact", ann))
    Form(bob, cast.acme).save(notes="Ring twice")
    assert named(cast.acme) == ann
    with see_all():
        assert ContactRole.objects.count() == 1


def test_clearing_the_field_ends_it(cast: Cast, client_of):
    ann, bob = person("Ann", cast.acme), client_of(cast.bob)
    Form(bob, cast.acme).save(**chosen("main_contact", ann))
    Form(bob, cast.acme).save(**chosen("main_contact", None))
    assert named(cast.acme) is None


@pytest.mark.parametrize("whose", ["birch", "cedar", "nobody"])
def test_only_existing_contacts_of_theirs_are_taken(cast: Cast, client_of, whose: str):
    stranger = person("Zoe", getattr(cast, whose, None))
    for record, name in ((cast.acme, "main_contact"), (cast.depot, "default_contact")):
        answer = Form(client_of(cast.bob), record).save(**chosen(name, stranger))
        assert answer.status_code == 422
        assert "Nothing you can choose here is called “Zoe”" in body(answer)
        assert named(record) is None


def test_contacts_of_the_customer_above_are_offered(cast: Cast, client_of):
    head = person("Head", cast.birch)
    with see_all():
        Membership.objects.create(customer=cast.acme, parent=cast.birch, during=DateRange(None, None))
    bob = client_of(cast.bob)
    assert "Head" in body(bob.get(f"/contacts/pick/?only=1&customer={cast.acme.pk}&q=head"))
    assert Form(bob, cast.acme).save(**chosen("billing_contact", head)).status_code == 303
    assert named(cast.acme, "billing") == head


def test_the_default_contact_of_a_site_is_shown_first_and_linked(cast: Cast, client_of):
    ann, porter = person("Ann", cast.acme), person("Porter", None)
    with see_all():
        give_role(porter, role="key holder", site=cast.depot, since=date(2026, 1, 1))
    bob = client_of(cast.bob)
    assert Form(bob, cast.depot).save(**chosen("default_contact", ann)).status_code == 303
    page = body(bob.get(f"/sites/{cast.depot.pk}/"))
    assert f'<a href="/contacts/{ann.pk}/">Ann</a> <small>default contact</small>' in page
    assert Form(bob, cast.depot).save(**chosen("default_contact", porter)).status_code == 303
    assert named(cast.depot) == porter


def test_a_vacant_site_has_no_such_field(cast: Cast, client_of):
    with see_all():
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(None, date(2026, 1, 1)))
        Tenure.objects.create(site=cast.depot, customer=None, during=DateRange(date(2026, 1, 1), None))
        Site.objects.filter(pk=cast.depot.pk).update(customer=None)
    form = Form(client_of(cast.alice), cast.depot)
    assert "default_contact" not in form.shown
    assert form.save(default_contact="1", notes="empty").status_code == 303


def test_two_who_name_another_one_are_asked_which_is_right(cast: Cast, client_of):
    ann, bea = person("Ann", cast.acme), person("Bea", cast.acme)
    one, two = Form(client_of(cast.alice), cast.acme), Form(client_of(cast.bob), cast.acme)
    assert one.save(**chosen("main_contact", ann)).status_code == 303
    answer = two.save(**chosen("main_contact", bea))
    assert answer.status_code == 409
    assert "Which value is right" in body(answer)
    assert named(cast.acme) == ann
    two.shown = body(answer)
    two.typed |= {"base": two._value("base"), "version": two._value("version")}
    assert two.save(**chosen("main_contact", bea), take_main_contact="mine").status_code == 303
    assert named(cast.acme) == bea


def test_one_who_only_notes_something_keeps_the_others_choice(cast: Cast, client_of):
    ann = person("Ann", cast.acme)
    one, two = Form(client_of(cast.alice), cast.acme), Form(client_of(cast.bob), cast.acme)
    assert one.save(**chosen("main_contact", ann)).status_code == 303
    assert two.save(notes="Ring twice").status_code == 303
    assert named(cast.acme) == ann


def test_a_hidden_main_contact_is_not_lost_by_an_edit(cast: Cast, client_of):
    clerk = person("Cedar Clerk", cast.cedar)
    with see_all():
        give_role(clerk, role="accounts", customer=cast.acme, since=date(2026, 1, 1))
        give_role(clerk, role="main", customer=cast.acme, since=date(2026, 1, 1))
    form = Form(client_of(cast.bob), cast.acme)
    assert "Cedar" not in form.shown
    assert form.save(notes="Ring twice").status_code == 303
    assert named(cast.acme) == clerk


def test_a_new_customer_offers_all_that_can_be_added(cast: Cast, client_of):
    made = make_customer("Elm Dairy")
    page = body(client_of(cast.alice).get(f"/customers/{made.pk}/"))
    assert f"/sites/new/?customer={made.pk}" in page
    assert f"/contacts/new/?customer={made.pk}" in page
