"""Administrators who do not see all customers learn nothing of the others by webhooks, and no secret of anybody's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from sitebook.access.identity import acting
from sitebook.access.models import give, take
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.files.models import Document
from sitebook.history.models import Change
from sitebook.outbox import delivery
from sitebook.outbox.models import Attempt, Delivery, Webhook
from sitebook.outbox.tests import receiver
from sitebook.products.models import Product
from sitebook.sites.models import Area, Site
from sitebook.users.models import User
from tests.cast import Cast, make_cast, make_document, make_user, see_all

PAGES = "/settings/webhooks/"


@pytest.fixture
def dora(cast: Cast) -> User:
    """An administrator who sees Acme only."""
    return make_user(name="Dora Dean", role="administrator", sees=(cast.acme,))


def hook(owner: User, *, by: User | None = None, url: str = "https://hook.example/") -> Webhook:
    with acting(user=by, via="screen") if by else see_all():
        return Webhook.objects.create(name=f"Of {owner}", url=url, owner=owner)


def rename(customer: Customer, name: str) -> None:
    with see_all():
        Customer.objects.filter(pk=customer.pk).update(name=name)


def events_queued() -> list[tuple[str, str]]:
    with see_all():
        return list(Delivery.objects.order_by("pk").values_list("webhook__name", "event"))


def test_what_its_owner_does_not_see_is_not_queued(cast: Cast):
    hook(cast.charlie)
    hook(cast.alice)
    rename(cast.cedar, "Cedar Secret")
    rename(cast.acme, "Acme Foods")
    with see_all():
        Customer.add(name="Dogwood Schools")
    assert events_queued() == [
        ("Of Alice Archer", "customer.changed"),
        ("Of Charlie Cole", "customer.changed"),
        ("Of Alice Archer", "customer.changed"),
        ("Of Alice Archer", "customer.added"),
    ]


def test_queued_is_what_the_owners_own_sight_shows(cast: Cast):
    """Of every kind that has events, of hidden, own and nobody's records: as the owner's own row policies say."""
    owners = [cast.alice, cast.bob, cast.charlie, cast.vera, make_user(name="Nobody's")]
    for owner in owners:
        hook(owner)
    with see_all():
        Product.objects.create(name="Boiler", code="B-1")
        free = Contact.add(name="Fay Free")
    make_document("contacts_contact", free.pk, content=b"free")
    for customer, site in ((cast.acme, cast.depot), (cast.birch, cast.mill), (cast.cedar, cast.vault)):
        with see_all():
            person = Contact.add(customer=customer, name="Pat Person")
            Contact.objects.filter(pk=person.pk).update(position="Caretaker")
            Area.objects.create(site=site, name="Roof")
            Site.objects.filter(pk=site.pk).update(notes="Mind the dog")
        for kind, record in (("customers_customer", customer), ("sites_site", site), ("contacts_contact", person)):
            make_document(kind, record.pk, content=f"{kind} {record.pk}".encode())
        with see_all():
            Document.objects.filter(about_kind="sites_site", about_id=site.pk).update(of_place=True)
    with see_all():
        Contact.objects.filter(pk=free.pk).update(customer=cast.cedar)
        Customer.objects.filter(pk=cast.cedar.pk).update(notes="again")
        queued = {
            owner.pk: set(Delivery.objects.filter(webhook__owner=owner).values_list("change_id", flat=True))
            for owner in owners
        }
    told = queued[cast.alice.pk]
    assert len(told) > 20
    for owner in owners:
        with acting(user=owner, via="screen"):
            seen = set(Change.objects.filter(pk__in=told).values_list("pk", flat=True))
        # What was nobody's when it was queued, and is Cedar's since, was everybody's then.
        with see_all():
            frees = Change.objects.filter(pk__in=told, customer_id=None, subject_id=free.pk)
            was_free = set(frees.values_list("pk", flat=True))
        assert queued[owner.pk] - was_free == seen - was_free, owner


def test_a_delivery_is_seen_by_who_sees_its_change(cast: Cast, client_of: Any):
    dora = make_user(name="Dora Dean", role="administrator", sees=(cast.acme, cast.birch))
    webhook = hook(cast.bob)
    rename(cast.acme, "Acme Foods")
    rename(cast.birch, "Birch Homes")
    with see_all():
        shown, hidden = Delivery.objects.order_by("pk")
        for each in (shown, hidden):
            Attempt.objects.create(delivery=each, status=500, fault=f"tried {each.pk}")
        Delivery.objects.create(webhook=webhook, event="test")
    with acting(user=cast.alice, via="screen"):
        take(user_id=dora.pk, customers=[cast.birch.pk])
        take(user_id=cast.bob.pk, customers=[cast.birch.pk])
    client = client_of(dora)
    page = client.get(f"{PAGES}{webhook.pk}/").content.decode()
    assert f"/told/{shown.pk}/" in page
    assert f"/told/{hidden.pk}/" not in page
    assert client.get(f"{PAGES}told/{shown.pk}/").status_code == 200
    assert client.get(f"{PAGES}told/{hidden.pk}/").status_code == 404
    assert client.post(f"{PAGES}told/{hidden.pk}/again/").status_code == 404
    with acting(user=dora, via="screen"):
        assert Delivery.objects.count() == 2
        assert Attempt.objects.count() == 1
        assert not Delivery.objects.filter(pk=hidden.pk).update(state="waiting")


def test_a_webhook_whose_owner_sees_more_does_not_exist(cast: Cast, dora: User, client_of: Any):
    theirs = hook(cast.alice)
    client = client_of(dora)
    assert "hook.example" not in client.get(PAGES).content.decode()
    for path in ("", "edit/"):
        assert client.get(f"{PAGES}{theirs.pk}/{path}").status_code == 404
    for act in ("renew", "test", "pause", "resume"):
        assert client.post(f"{PAGES}{theirs.pk}/act/", {"act": act}).status_code == 404
    with acting(user=dora, via="screen"):
        assert not Webhook.objects.filter(pk=theirs.pk).update(url="https://dora.example/")


def test_one_sees_as_oneself_or_as_somebody_who_sees_no_more(cast: Cast, dora: User, client_of: Any):
    sent = {"name": "Portal", "url": "https://hook.example/", "events": [], "is_active": "on"}
    client = client_of(dora)
    for more in (cast.alice, cast.bob):
        assert client.post(f"{PAGES}new/", sent | {"owner": more.pk}).status_code == 422
        with pytest.raises(ProgrammingError, match="sees no more"):
            hook(more, by=dora)
    for same in (dora, cast.charlie):
        assert client.post(f"{PAGES}new/", sent | {"owner": same.pk}).status_code == 303
    with pytest.raises(ProgrammingError, match="sees no more"), acting(user=dora, via="screen"):
        Webhook.objects.filter(owner=dora).update(owner=cast.bob)


def test_the_secret_is_shown_once_to_who_made_or_renewed_it(cast: Cast, client_of: Any):
    eve = make_user(name="Eve East", role="administrator", all_customers=True)
    alices, eves = client_of(cast.alice), client_of(eve)
    sent = {"name": "Portal", "url": "https://hook.example/", "owner": cast.bob.pk, "events": [], "is_active": "on"}
    page = alices.post(f"{PAGES}new/", sent)["Location"]
    assert secrets(eves, page) == []
    first = secrets(alices, page)
    with see_all():
        assert first == [Webhook.objects.get().secret]
    assert secrets(alices, page) == [] == secrets(alices, f"{page}edit/") == secrets(alices, PAGES)
    eves.post(f"{page}act/", {"act": "renew"})
    assert secrets(alices, page) == []
    renewed = secrets(eves, page)
    assert len(renewed) == 1
    assert renewed != first
    assert secrets(eves, page) == []


def test_a_secret_that_was_renewed_meanwhile_is_not_shown_to_who_made_it(cast: Cast, client_of: Any):
    eve = make_user(name="Eve East", role="administrator", all_customers=True)
    alices, eves = client_of(cast.alice), client_of(eve)
    sent = {"name": "Portal", "url": "https://hook.example/", "owner": cast.bob.pk, "events": [], "is_active": "on"}
    page = alices.post(f"{PAGES}new/", sent)["Location"]
    eves.post(f"{page}act/", {"act": "renew"})
    assert secrets(alices, page) == []
    assert len(secrets(eves, page)) == 1


def secrets(client: Any, address: str) -> list[str]:
    return re.findall(r"whsec_[\w-]+", client.get(address).content.decode())


def test_an_owner_who_may_not_sign_in_is_named_on_the_page(cast: Cast, client_of: Any):
    webhook = hook(cast.bob)
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    rename(cast.acme, "Acme Foods")
    assert events_queued() == []
    said = client_of(cast.alice).get(f"{PAGES}{webhook.pk}/").content.decode()
    assert "Bob Baker may not sign in any more, so nothing is told." in said


def test_an_owner_who_is_given_more_tells_the_address_no_more_than_who_wrote_it_sees(committed: None, settings: Any):
    """Else a restricted administrator waits until somebody gives the owner what they want to read."""
    settings.WEBHOOKS_PRIVATE = True
    cast = make_cast()
    dora = make_user(name="Dora Dean", role="administrator", sees=(cast.acme, cast.birch))
    with receiver.listening(receiver.saying(200)) as there:
        webhook = hook(cast.charlie, by=dora, url=there.url)
        with acting(user=cast.alice, via="screen"):
            give(user_id=cast.charlie.pk, customers=[cast.cedar.pk, cast.birch.pk])
        with see_all():
            Customer.objects.filter(pk=cast.cedar.pk).update(notes="Secret")
        assert events_queued() == []
        rename(cast.birch, "Birch Homes")
        rename(cast.acme, "Acme Foods")
        assert len(events_queued()) == 2
        with acting(user=cast.alice, via="screen"):
            take(user_id=dora.pk, customers=[cast.birch.pk])
        delivery.send_due()
        with see_all():
            assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["skipped", "sent"]
        with acting(user=cast.alice, via="screen"):  # now it is Alice who answers for where it goes
            Webhook.objects.filter(pk=webhook.pk).update(url=f"{there.url}alice")
        rename(cast.cedar, "Cedar Open")
        delivery.send_due()
    said = b"".join(body for _headers, body in there.heard).decode()
    assert "Acme Foods" in said
    assert "Cedar Open" in said
    assert "Secret" not in said
    assert "Birch" not in said


def test_nobody_but_the_worker_asks_what_may_be_told(cast: Cast):
    webhook = hook(cast.alice)
    rename(cast.cedar, "Cedar Secret")
    with see_all():
        noted = Delivery.objects.get()
    values = [webhook.pk, noted.change_id, noted.change_at]
    with acting(user=cast.charlie, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT outbox_may_be_told(%s, %s, %s)", values)
        assert cursor.fetchone() == (False,)
