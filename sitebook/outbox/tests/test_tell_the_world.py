"""What happens here is told outside: signed, at least once, and only what the webhook's user may see."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from sitebook.access.identity import acting
from sitebook.access.models import take
from sitebook.customers.models import Customer
from sitebook.handovers import handover
from sitebook.outbox import delivery
from sitebook.outbox.events import events
from sitebook.outbox.models import Attempt, Delivery, Webhook
from sitebook.outbox.tests import receiver
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import Cast, make_cast, make_customer, see_all


@pytest.fixture
def inside(settings: Any) -> None:
    """The receiver listens on this machine."""
    settings.WEBHOOKS_PRIVATE = True


@pytest.fixture
def story(committed: None, inside: None) -> Cast:
    """Sending has connections of its own, so the story is committed."""
    return make_cast()


def make_webhook(owner: User, url: str = "https://hook.example/", events: tuple[str, ...] = ()) -> Webhook:
    with see_all():
        return Webhook.objects.create(name="Portal", url=url, owner=owner, events=list(events))


def rename(customer: Customer, name: str, by: User) -> None:
    with acting(user=by, via="screen"):
        Customer.objects.filter(pk=customer.pk).update(name=name)


def states() -> list[str]:
    with see_all():
        return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def due_now() -> None:
    with see_all():
        Delivery.objects.update(next_at=datetime.now(UTC) - timedelta(1), claimed_until=None)


def test_a_change_is_told_signed_and_in_words_of_its_record(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        webhook = make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.bob)
        assert delivery.send_due() == 1
    headers, body = there.heard[0]
    told = json.loads(body)
    assert (told["event"], told["by"]) == ("customer.changed", "Bob Baker")
    assert told["record"]["name"] == "Acme Foods"
    assert told["record"]["reference"] == story.acme.reference
    assert told["changes"]["name"] == {"from": "Acme Supermarkets", "to": "Acme Foods"}
    at, signed = (part.split("=", 1)[1] for part in headers["Sitebook-Signature"].split(","))
    with see_all():
        secret = Webhook.objects.get(pk=webhook.pk).secret
    assert hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest() == signed
    assert hmac.new(secret.encode(), f"{at}.".encode() + body + b" ", hashlib.sha256).hexdigest() != signed
    assert abs(int(at) - time.time()) < 60
    assert states() == ["sent"]


def test_what_is_rolled_back_is_not_told(story: Cast):
    make_webhook(story.alice)
    with transaction.atomic():
        rename(story.acme, "Never", story.bob)
        transaction.set_rollback(True)
    assert states() == []


def test_only_what_its_user_may_see_when_it_is_told(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        make_webhook(story.bob, there.url)
        rename(story.cedar, "Cedar Secret", story.alice)
        rename(story.birch, "Birch Homes", story.alice)
        rename(story.acme, "Acme Foods", story.alice)
        with acting(user=story.alice, via="screen"):
            take(user_id=story.bob.pk, customers=[story.birch.pk])
        delivery.send_due()
    said = b"".join(body for _headers, body in there.heard).decode()
    assert "Acme Foods" in said
    assert "Cedar" not in said
    assert "Birch" not in said
    assert sorted(states()) == ["sent", "skipped"]  # of Cedar nothing was queued


def test_a_hidden_record_that_is_pointed_at_is_not_named(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        make_webhook(story.bob, there.url)
        with see_all():
            Customer.objects.filter(pk=story.acme.pk).update(bill_to=story.cedar.pk, bill_outside=True)
        delivery.send_due()
    told = json.loads(there.heard[0][1])
    assert told["changes"]["bill_to_id"]["to"] == "another customer"


def test_who_may_not_sign_in_any_more_is_told_nothing(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        make_webhook(story.bob, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        with see_all():
            User.objects.filter(pk=story.bob.pk).update(is_active=False)
        delivery.send_due()
    assert there.heard == []
    assert states() == ["skipped"]


def test_only_events_that_were_ticked(story: Cast):
    make_webhook(story.alice, events=("customer.added",))
    rename(story.acme, "Acme Foods", story.alice)
    make_customer("Elm")
    with see_all():
        assert list(Delivery.objects.values_list("event", flat=True)) == ["customer.added"]


def test_every_event_has_its_change(story: Cast):
    make_webhook(story.alice)
    today = datetime.now(UTC).date()
    with acting(user=story.alice, via="screen"):
        change = handover.hand_over(
            Site.objects.get(pk=story.depot.pk), to=story.birch, day=today, today=today, by_id=story.alice.pk
        )
        handover.take_back(change, at=datetime.now(UTC))
        record = Customer.objects.get(pk=story.acme.pk)
        record.archive(by_id=story.alice.pk, at=datetime.now(UTC))
        record.restore()
    with see_all():
        found = set(Delivery.objects.values_list("event", flat=True))
    assert {"site.handed_over", "site.taken_back", "site.changed", "customer.archived", "customer.restored"} <= found
    assert found <= events().keys()


def test_a_refusal_waits_longer_each_time_and_is_given_up_at_last(story: Cast):
    with receiver.listening(receiver.saying(500)) as there:
        webhook = make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        waits = []
        for _ in range(len(delivery.WAITS) + 1):
            due_now()
            assert delivery.send_due() == 1
            with see_all():
                waits.append((Delivery.objects.get().next_at - datetime.now(UTC)).total_seconds())
    assert waits[0] < 60 < waits[2] < waits[5]
    assert len({body for _headers, body in there.heard}) == 1
    with see_all():
        noted = Delivery.objects.get()
        assert (noted.state, noted.attempts) == ("given up", len(delivery.WAITS) + 1)
        assert {each.status for each in Attempt.objects.all()} == {500}
        paused = Webhook.objects.get(pk=webhook.pk)
    assert paused.paused_at is not None
    assert "500" in paused.pause_reason
    rename(story.acme, "Acme Again", story.alice)
    assert delivery.send_due() == 0
    with receiver.listening(receiver.saying(200)) as there:
        with see_all():
            Webhook.objects.filter(pk=webhook.pk).update(url=there.url)
            paused.resume(at=datetime.now(UTC))
        assert delivery.send_due() == 1
    assert states() == ["given up", "sent"]


def test_who_says_gone_is_not_asked_again(story: Cast):
    with receiver.listening(receiver.saying(410)) as there:
        make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        delivery.send_due()
    assert states() == ["given up"]


def test_a_slow_one_does_not_hold_up_another(story: Cast):
    """Not even the second and third that the quick one is to be told."""
    stopped, allowed = threading.Event(), threading.Event()
    with receiver.listening(receiver.once(allowed)) as slow, receiver.listening(receiver.saying(200)) as quick:
        make_webhook(story.alice, slow.url)
        make_webhook(story.alice, quick.url)
        for name in ("Acme Foods", "Acme Farms", "Acme"):
            rename(story.acme, name, story.alice)
        sender = threading.Thread(target=delivery.keep_sending, args=(stopped,))
        sender.start()
        until = time.monotonic() + 60
        while (len(quick.heard) < 3 or not slow.heard) and time.monotonic() < until:
            time.sleep(0.05)
        heard_of_slow = len(slow.heard)
        stopped.set()
        allowed.set()
        sender.join(15)
    assert (len(quick.heard), heard_of_slow) == (3, 1)


def test_two_senders_at_once_send_once(story: Cast):
    with receiver.listening(receiver.after(0.3)) as there:
        make_webhook(story.alice, there.url)
        for number in range(3):
            rename(story.acme, f"Acme {number}", story.alice)
        senders = [threading.Thread(target=_send, daemon=True) for _ in range(3)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(30)
        delivery.send_due()
    assert states() == ["sent"] * 3
    assert len({headers["Sitebook-Delivery"] for headers, _body in there.heard}) == len(there.heard) == 3


def _send() -> None:
    try:
        delivery.send_due()
    finally:
        connection.close()


def test_who_is_killed_in_between_is_followed_by_another(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        assert delivery._claim() is not None  # and here it dies
        assert delivery.send_due() == 0
        with see_all():
            Delivery.objects.update(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
        assert delivery.send_due() == 1
    assert states() == ["sent"]


def test_what_was_told_is_forgotten_after_a_month(story: Cast):
    make_webhook(story.alice)
    rename(story.acme, "Acme Foods", story.alice)
    rename(story.acme, "Acme", story.alice)
    with see_all():
        first = Delivery.objects.order_by("pk")[0]
        Delivery.objects.update(made_at=datetime.now(UTC) - timedelta(40))
        Delivery.objects.filter(pk=first.pk).update(state="sent")
        delivery.purge(before=datetime.now(UTC) - delivery.KEPT)
    assert states() == ["waiting"]


def test_administrators_add_test_pause_and_send_again(story: Cast, client_of: Any):
    client = client_of(story.alice)
    with receiver.listening(receiver.saying(500)) as there:
        sent = {"name": "Portal", "url": there.url, "owner": story.bob.pk, "events": ["site.added"], "is_active": "on"}
        assert client.post("/settings/webhooks/new/", {**sent, "url": "ftp://x"}).status_code == 422
        made = client.post("/settings/webhooks/new/", sent)
        assert made.status_code == 303
        page = client.get(made["Location"]).content.decode()
        assert "whsec_" in page
        act = made["Location"] + "act/"
        assert client.post(act, {"act": "test"}).status_code == 303
        assert delivery.send_due() == 1
        with see_all():
            noted = Delivery.objects.get()
        told = client.get(f"/settings/webhooks/told/{noted.pk}/").content.decode()
        assert "It answered 500." in told
        client.post(f"/settings/webhooks/told/{noted.pk}/again/")
        assert delivery.send_due() == 1
        client.post(act, {"act": "renew"})
        assert client.get(made["Location"]).content.decode() != page
        client.post(act, {"act": "pause"})
        assert client.post(act, {"act": "test"}).status_code == 409
        refused = client.post(f"/settings/webhooks/told/{noted.pk}/again/")
        assert refused.status_code == 409
        assert "is paused or out of use" in refused.content.decode()
    assert [json.loads(body)["event"] for _headers, body in there.heard] == ["test", "test"]


def test_an_address_is_kept_with_the_scheme_in_small_letters(cast: Cast, client_of: Any):
    client = client_of(cast.alice)
    sent = {"name": "Portal", "url": "HtTps://Hooks.example/X", "owner": cast.bob.pk, "is_active": "on"}
    made = client.post("/settings/webhooks/new/", sent)
    assert made.status_code == 303
    with see_all():
        webhook = Webhook.objects.get()
    assert webhook.url == "https://Hooks.example/X"
    change = sent | {"version": webhook.version, "url": "HTTP://hooks.example/y"}
    assert client.post(f"{made['Location']}edit/", change).status_code == 303
    with see_all():
        assert Webhook.objects.get().url == "http://hooks.example/y"


def test_a_long_queue_of_one_makes_no_other_wait(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        busy, other, paused = (make_webhook(story.alice, there.url) for _each in range(3))
        long_ago = datetime.now(UTC) - timedelta(days=1)
        with see_all():
            paused.pause(at=long_ago)
            for webhook in (busy, paused):
                Delivery.objects.bulk_create(
                    [Delivery(webhook=webhook, event="test", next_at=long_ago) for _each in range(60)]
                )
            Delivery.objects.create(webhook=other, event="test")
        delivery.send_due(most=40)
        with see_all():
            sent = Delivery.objects.filter(state="sent")
            assert sent.filter(webhook=other).count() == 1
            assert sent.filter(webhook=busy).count() == 39
            assert not sent.filter(webhook=paused).exists()


@pytest.mark.parametrize("who", ["bob", "charlie", "vera"])
def test_others_may_not(cast: Cast, client_of: Any, who: str):
    webhook = make_webhook(cast.alice)
    client = client_of(getattr(cast, who))
    for path in ("", f"{webhook.pk}/", f"{webhook.pk}/edit/", "new/"):
        assert client.get(f"/settings/webhooks/{path}").status_code == 403
    with acting(user=getattr(cast, who), via="screen"):
        assert not Webhook.objects.exists()


def test_a_test_has_the_number_of_no_event(story: Cast):
    with receiver.listening(receiver.saying(200)) as there:
        webhook = make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        with see_all():
            change = Delivery.objects.get().change_id
            Delivery.objects.create(pk=change, webhook=webhook, event="test")
        assert delivery.send_due() == 2
    assert {json.loads(body)["id"] for _headers, body in there.heard} == {f"event-{change}", f"test-{change}"}


def test_a_redirect_to_no_address_is_told_as_one(story: Cast):
    with receiver.listening(receiver.saying(302, Location="http://[::1")) as there:
        make_webhook(story.alice, there.url)
        rename(story.acme, "Acme Foods", story.alice)
        delivery.send_due()
    with see_all():
        tried = Attempt.objects.get()
    assert (tried.status, tried.fault.split(" (")[0]) == (302, "It points elsewhere")
