"""One action on many records, from the question to the undo."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sitebook.access.identity import acting
from sitebook.bulk.models import Outcome, Run
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.sites.models import Site
from tests.cast import Cast, make_customer, make_site, see_all


def body(response: Any) -> str:
    return str(response.content.decode())


def last() -> Run:
    with see_all():
        return Run.objects.order_by("-pk")[0]


def values(kind: type[Any], name: str, *records: Any) -> list[Any]:
    with see_all():
        found = dict(kind._default_manager.values_list("pk", name))
    return [found[record.pk] for record in records]


def order(client: Client, listed: str, act: str, *records: Any, **more: Any) -> Any:
    return client.post(f"/bulk/{listed}/", {"act": act, "pick": [record.pk for record in records], **more})


def undo(client: Client) -> Run:
    assert client.post(f"/bulk/{last().pk}/undo/").status_code == 303
    return last()


def test_it_tags_the_ticked_ones_says_how_many_and_undoes_it(cast: Cast, client_of):
    bob = client_of(cast.bob)
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(tags=["Vip", "old"])
    picked = {"act": "tag", "tag": " vip ", "pick": [cast.acme.pk, cast.birch.pk]}
    said = body(bob.post("/bulk/customers/", picked, follow=True))
    assert "Tag “vip” on 2 customers: 1 changed, 1 were so already." in said
    assert f'action="/bulk/{last().pk}/undo/"' in said
    assert values(Customer, "tags", cast.acme, cast.birch) == [["vip"], ["Vip", "old"]]
    undone = undo(bob)
    assert (undone.changed, undone.refused) == (1, 0)
    assert values(Customer, "tags", cast.acme, cast.birch) == [[], ["Vip", "old"]]


def test_undo_leaves_what_somebody_changed_since_and_names_it(cast: Cast, client_of):
    alice = client_of(cast.alice)
    order(alice, "customers", "account", cast.acme, cast.birch, cast.cedar, account="stop")
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(account="warning")
        Customer.objects.filter(pk=cast.cedar.pk).update(notes="something else")
    undone = undo(alice)
    assert (undone.changed, undone.refused) == (2, 1)
    assert values(Customer, "account", cast.acme, cast.birch, cast.cedar) == ["ok", "warning", "ok"]
    page = body(alice.get(f"/bulk/{undone.pk}/"))
    assert re.search(r"Birch Housing</a>.*?Changed since", page, re.DOTALL)
    assert alice.post(f"/bulk/{undone.undo_of_id}/undo/").status_code == 409


def test_a_tag_put_off_comes_back_where_it_was(cast: Cast, client_of):
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(tags=["a", "VIP", "b"])
    bob = client_of(cast.bob)
    order(bob, "sites", "untag", cast.depot, tag="vip")
    assert values(Site, "tags", cast.depot) == [["a", "b"]]
    undo(bob)
    assert values(Site, "tags", cast.depot) == [["a", "VIP", "b"]]


def test_the_history_of_each_row_says_which_act_it_was(cast: Cast, client_of):
    order(client_of(cast.bob), "sites", "tag", cast.depot, cast.mill, tag="VIP")
    with see_all():
        told = list(Change.objects.filter(kind="sites_site", reason__startswith="Bulk").order_by("record_id"))
    assert [(row.record_id, row.reason, row.actor_id) for row in told] == [
        (cast.depot.pk, "Bulk: Tag “VIP” on 2 sites", cast.bob.pk),
        (cast.mill.pk, "Bulk: Tag “VIP” on 2 sites", cast.bob.pk),
    ]
    assert "Bulk: Tag “VIP” on 2 sites" in body(client_of(cast.bob).get(f"/sites/{cast.depot.pk}/history/"))


def test_a_field_is_asked_for_with_its_own_widget_and_rules(cast: Cast, client_of):
    bob = client_of(cast.bob)
    choose = body(order(bob, "contacts", "", make_contact("Ann Lee", cast.acme)))
    assert 'value="consent"' in choose
    ann = Contact.objects
    with see_all():
        pk = ann.get(name="Ann Lee").pk
    asked = body(bob.post("/bulk/contacts/", {"act": "consent", "pick": [pk]}))
    assert 'name="consent_on"' in asked
    assert 'name="name"' not in asked
    wrong = {"act": "consent", "pick": [pk], "consent": "agreed", "consent_on": "2999-01-01", "confirmed": "1"}
    answer = bob.post("/bulk/contacts/", wrong)
    assert (answer.status_code, "still to come" in body(answer)) == (422, True)
    bob.post("/bulk/contacts/", wrong | {"consent_on": ""})
    with see_all():
        agreed = ann.get(pk=pk)
    assert (agreed.consent, agreed.consent_on is not None) == ("agreed", True)
    undo(bob)
    with see_all():
        back = ann.get(pk=pk)
    assert (back.consent, back.consent_on) == ("unknown", None)


def test_every_field_can_be_asked_for(cast: Cast, client_of):
    alice = client_of(cast.alice)
    person = make_contact("Ann Lee", cast.acme)
    for listed, record in (("customers", cast.acme), ("sites", cast.depot), ("contacts", person)):
        acts = re.findall(r'name="act" value="([^"]+)"', body(order(alice, listed, "", record)))
        assert len(acts) > 5
        for act in acts:
            assert 'name="confirmed"' in body(order(alice, listed, act, record, ask="1")), act
    with see_all():
        assert not Run.objects.exists()


def test_a_rule_refuses_one_and_the_rest_is_done(cast: Cast, client_of):
    make_customer("Wholesale Lifts", is_distributor=True)
    with see_all():
        wholesale = Customer.objects.get(name="Wholesale Lifts")
    alice = client_of(cast.alice)
    through = {"distributor": wholesale.pk, "distributor_text": "Wholesale Lifts"}
    answer = order(alice, "customers", "distributor", cast.acme, cast.birch, wholesale, **through)
    run = last()
    assert answer.url == f"/bulk/{run.pk}/"
    assert (run.changed, run.refused, run.state) == (2, 1, "done")
    assert "cannot be supplied through itself" in body(alice.get(answer.url))
    assert values(Customer, "distributor", cast.acme, cast.birch, wholesale) == [wholesale.pk, wholesale.pk, None]
    undo(alice)
    assert values(Customer, "distributor", cast.acme, cast.birch) == [None, None]


def test_a_status_goes_only_where_it_leads(cast: Cast, client_of):
    alice = client_of(cast.alice)
    with see_all():
        Site.objects.filter(pk=cast.mill.pk).update(status="closed")
    order(alice, "sites", "rest", cast.depot, cast.mill, cast.vault)
    assert values(Site, "status", cast.depot, cast.mill, cast.vault) == ["dormant", "closed", "dormant"]
    assert (last().changed, last().refused) == (2, 1)
    assert order(alice, "sites", "close", cast.depot, reason="").status_code == 422
    order(alice, "sites", "close", cast.depot, reason="Pulled down")
    assert values(Site, "status", cast.depot) == ["closed"]
    undo(alice)
    assert values(Site, "status", cast.depot) == ["dormant"]


def test_restoring_is_undone_to_the_archive_as_it_was(cast: Cast, client_of):
    alice = client_of(cast.alice)
    order(alice, "customers", "archive", cast.acme)
    before = _marks(cast)
    assert before[0][0]
    order(alice, "customers", "restore", cast.acme, cast.birch)
    assert (last().changed, last().unchanged) == (1, 1)
    assert values(Site, "archived_at", cast.depot) == [None]
    undo(alice)
    assert _marks(cast) == before


def _marks(cast: Cast) -> list[tuple[Any, ...]]:
    names = ("archived_at", "archived_with", "archived_by")
    with see_all():
        rows = (Customer.objects.filter(pk=cast.acme.pk), Site.objects.filter(pk=cast.depot.pk))
        return [each.values_list(*names).get() for each in rows]


def test_the_person_who_is_the_customer_is_refused_by_name(cast: Cast, client_of):
    smith = make_customer("Mr Smith", kind="individual")
    with see_all():
        person = Contact.objects.get(customer=smith)
    order(client_of(cast.alice), "contacts", "archive", person)
    run = last()
    with see_all():
        (told,) = Outcome.objects.filter(run=run)
    assert (told.result, "Archive the customer instead" in told.why) == ("refused", True)


def make_contact(name: str, customer: Customer) -> Contact:
    with see_all():
        return Contact.add(name=name, customer=customer)


# ---- everything the filter finds ----


def stores(cast: Cast, count: int = 60) -> list[Site]:
    return [make_site(cast.acme, f"Store {number}", type="Shop" if number % 2 else "Depot") for number in range(count)]


def test_all_that_match_is_what_the_list_shows_and_is_asked_first(cast: Cast, client_of):
    bob = client_of(cast.bob)
    stores(cast, 120)
    address = "/sites/?q=store&type=Shop&columns=customer,reference&sort=-customer&view=all"
    assert "All 60 that match" in body(bob.get(address))
    asked = {"all": "1", "address": address, "act": "tag", "tag": "shop"}
    page = body(bob.post("/bulk/sites/", asked))
    assert "Tag: 60 sites" in page
    assert "60 sites: all that match “store”, Type is Shop" in page
    assert 'name="confirmed" value="60"' in page
    with see_all():
        assert not Site.objects.exclude(tags=[]).exists()
    answer = bob.post("/bulk/sites/", asked | {"confirmed": "60"})
    assert answer.url == address
    with see_all():
        assert set(Site.objects.filter(tags=["shop"]).values_list("type", flat=True)) == {"Shop"}
    assert (last().changed, last().words) == (60, "“store”, Type is Shop")


def test_when_more_match_than_was_confirmed_it_asks_again(cast: Cast, client_of):
    bob = client_of(cast.bob)
    stores(cast)
    asked = {"all": "1", "address": "/sites/?q=store", "act": "archive", "confirmed": "59"}
    page = body(bob.post("/bulk/sites/", asked))
    assert "What matches has changed meanwhile" in page
    assert 'name="confirmed" value="60"' in page
    with see_all():
        assert not Site.objects.archived().exists()


@pytest.mark.parametrize("query", ["status=nonsense", "customer=987654", "on=2020-01-01"])
def test_an_address_that_cannot_be_read_whole_touches_nothing(query: str, cast: Cast, client_of):
    answer = client_of(cast.bob).post(
        "/bulk/sites/", {"all": "1", "address": f"/sites/?{query}", "act": "archive", "confirmed": "2"}
    )
    assert (answer.status_code, "cannot be told" in body(answer)) == (409, True)
    with see_all():
        assert not Site.objects.archived().exists()


def test_archiving_many_customers_says_what_goes_along(cast: Cast, client_of):
    stores(cast, 3)
    page = body(client_of(cast.bob).post("/bulk/customers/", {"all": "1", "address": "/customers/", "act": "archive"}))
    assert "Archive: 2 customers" in page
    assert "5 sites go along" in page


# ---- who may ----


def test_hidden_ids_are_left_alone_and_not_counted(cast: Cast, client_of):
    bob = client_of(cast.bob)
    said = body(order(bob, "customers", "", cast.acme, cast.cedar))
    assert "What shall be done to 1 customer" in said
    order(bob, "customers", "tag", cast.acme, cast.cedar, tag="x")
    assert values(Customer, "tags", cast.acme, cast.cedar) == [["x"], []]
    assert last().ids == [cast.acme.pk]
    assert order(bob, "customers", "tag", cast.cedar, tag="x").status_code == 409
    assert order(bob, "sites", "give", cast.vault, user=cast.vera.pk, confirmed="0").status_code == 409


@pytest.mark.parametrize(
    ("listed", "act"), [("customers", "account"), ("customers", "tag"), ("customers", "archive"), ("sites", "give")]
)
def test_each_act_has_its_own_right(listed: str, act: str, cast: Cast, client_of):
    with see_all():
        type(cast.bob).objects.filter(pk=cast.bob.pk).update(role="dispatcher")
    record = cast.acme if listed == "customers" else cast.depot
    said = order(client_of(cast.bob), listed, act, record, tag="x", account="stop", user=cast.vera.pk)
    assert said.status_code == 403
    assert order(client_of(cast.vera), listed, act, record, tag="x").status_code == 403


def test_who_may_change_may_tag_without_the_right_to_archive(cast: Cast, client_of):
    with see_all():
        type(cast.bob).objects.filter(pk=cast.bob.pk).update(role="dispatcher")
    bob = client_of(cast.bob)
    assert 'value="tag"' in body(bob.get("/sites/"))
    assert 'value="archive"' not in body(bob.get("/sites/"))
    assert order(bob, "sites", "tag", cast.depot, tag="x").status_code == 303
    assert order(bob, "sites", "archive", cast.depot).status_code == 403


def test_runs_of_others_do_not_exist(cast: Cast, client_of):
    order(client_of(cast.alice), "customers", "tag", cast.acme, cast.cedar, tag="x")
    theirs = last().pk
    bob = client_of(cast.bob)
    for address in (f"/bulk/{theirs}/", f"/bulk/{theirs}/undo/", f"/bulk/{theirs}/stop/", f"/bulk/{theirs}/go-on/"):
        assert bob.post(address).status_code == 404, address
    assert "Tag “x”" not in body(bob.get("/bulk/"))
    with acting(user=cast.bob, via="screen"):
        assert not Run.objects.exists()
        assert not Outcome.objects.exists()


def test_an_administrator_looks_at_all_runs_and_undoes_only_their_own(cast: Cast, client_of):
    order(client_of(cast.bob), "customers", "tag", cast.acme, tag="x")
    alice = client_of(cast.alice)
    assert "Tag “x”" in body(alice.get("/bulk/"))
    assert 'undo/"' not in body(alice.get(f"/bulk/{last().pk}/"))
    answer = alice.post(f"/bulk/{last().pk}/undo/")
    assert (answer.status_code, "Bob Baker" in body(answer)) == (409, True)


def test_what_one_does_not_see_any_more_is_named_nowhere_and_not_undone(cast: Cast, client_of):
    bob, alice = client_of(cast.bob), client_of(cast.alice)
    order(bob, "customers", "tag", cast.acme, cast.birch, tag="x")
    run = last()
    order(alice, "granted", "take", cast.birch, user=cast.bob.pk, of=cast.bob.pk)
    assert "Birch" not in body(bob.get(f"/bulk/{run.pk}/"))
    assert bob.post(f"/bulk/{run.pk}/undo/").status_code == 303
    assert values(Customer, "tags", cast.acme, cast.birch) == [[], ["x"]]


@pytest.mark.parametrize(
    "sent",
    [
        {"act": "nonsense", "pick": ["1"]},
        {"act": "tag", "tag": "x", "pick": ["x", "-1", "9" * 30]},
        {"act": "tag", "tag": "x"},
        {"act": "tag", "tag": "x", "pick": [str(number) for number in range(1, 700)]},
    ],
)
def test_what_means_nothing_is_refused_in_words(sent: dict[str, Any], cast: Cast, client_of):
    sent = {**sent, "pick": [*sent.get("pick", []), *([str(cast.acme.pk)] if sent["act"] == "nonsense" else [])]}
    assert client_of(cast.bob).post("/bulk/customers/", sent).status_code == 409


@pytest.mark.parametrize("tag", ["", "x" * 41, "nul\0"])
def test_a_tag_that_is_none_is_told_at_its_field(tag: str, cast: Cast, client_of):
    assert order(client_of(cast.bob), "customers", "tag", cast.acme, tag=tag).status_code == 422


def test_lists_that_are_none_do_not_exist(cast: Cast, client_of):
    bob = client_of(cast.bob)
    assert bob.post("/bulk/nonsense/", {}).status_code == 404
    assert bob.post("/bulk/granted/", {"all": "1", "act": "take"}).status_code == 404
    assert bob.get("/bulk/sites/").status_code == 303


def test_undoing_a_restore_archives_only_what_it_brought_back(cast: Cast, client_of):
    alice = client_of(cast.alice)
    with see_all():
        Customer.objects.filter(pk__in=[cast.acme.pk, cast.birch.pk]).update(
            archived_at="2026-01-01T00:00Z", archived_with=f"c{cast.acme.pk}.0123456789abcdef"
        )
    order(alice, "customers", "restore", cast.birch)
    restored = last()
    alice.post(f"/customers/{cast.acme.pk}/restore/")
    alice.post(f"/bulk/{restored.pk}/undo/")
    assert [at is None for at in values(Customer, "archived_at", cast.acme, cast.birch)] == [True, False]


def test_an_undo_is_not_undone(cast: Cast, client_of):
    bob = client_of(cast.bob)
    order(bob, "customers", "tag", cast.acme, tag="vip")
    undone = undo(bob)
    answer = bob.post(f"/bulk/{undone.pk}/undo/")
    assert answer.status_code == 409
    assert "is an undo itself" in body(answer)
    assert values(Customer, "tags", cast.acme) == [[]]


def test_the_payer_among_them_was_paying_for_itself_already(cast: Cast, client_of):
    alice = client_of(cast.alice)
    with see_all():
        Customer.objects.filter(pk=cast.birch.pk).update(bill_outside=True)
    order(alice, "customers", "bill_to", cast.acme, cast.birch, bill_to=str(cast.acme.pk))
    run = last()
    assert (run.changed, run.unchanged, run.refused) == (1, 1, 0)
    assert values(Customer, "bill_to_id", cast.acme, cast.birch) == [None, cast.acme.pk]
    undone = undo(alice)
    assert (undone.changed, undone.refused) == (1, 0)
    assert values(Customer, "bill_to_id", cast.acme, cast.birch) == [None, None]


def test_a_word_in_the_address_that_narrows_nothing_hinders_nothing(cast: Cast, client_of):
    asked = {"all": "1", "address": "/customers/?q=acme&utm_source=mail", "act": "tag", "tag": "vip"}
    assert "Tag: 1 customer" in body(client_of(cast.bob).post("/bulk/customers/", asked))


@pytest.mark.parametrize("address", ["http://[::1", "//[x]y/?q=store"])
def test_an_address_that_is_none_is_refused_in_words(address: str, cast: Cast, client_of):
    answer = client_of(cast.bob).post("/bulk/customers/", {"all": "1", "address": address, "act": "tag", "tag": "x"})
    assert answer.status_code == 409
    assert "is not the address of a list" in body(answer)
