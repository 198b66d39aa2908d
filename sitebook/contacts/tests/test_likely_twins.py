"""Somebody types a record that is there already, and is told before there are two."""

from __future__ import annotations

from typing import Any

import pytest

from sitebook.access.identity import acting
from sitebook.contacts.duplicates import Typed, core, likeness, twins
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.customers.tests.test_customer_pages import LINES, body
from sitebook.sites.models import Site
from tests.cast import Cast, make_customer, make_site, see_all

PHONE = [{"kind": "office", "number": "+441134960123", "odd": False}]
EMAIL = [{"kind": "office", "address": "Desk@Northern.example"}]


def named(typed: Typed, kind: Any = Customer) -> list[str]:
    with see_all():
        return [str(twin.record) for twin in twins(kind, typed)]


def why(typed: Typed, kind: Any = Customer) -> tuple[str, ...]:
    with see_all():
        (twin,) = twins(kind, typed)
    return twin.why


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        "Northern Lifts Ltd", "northern lifts limited", "Northern Lifts, Inc.", "The Northern Lifts Company",
        "Nothern Lifts", "Northern Litfs", "Nórthern Lifts", "Northern  Lifts & Co", "Northern Lif", "Lifts Northern",
    ],
)  # fmt: skip
def test_it_knows_a_name_however_it_is_written(cast: Cast, typed: str) -> None:
    make_customer("Northern Lifts Ltd")
    assert named(Typed(name=typed)) == ["Northern Lifts Ltd"]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "N", "Northern", "Northern Doors", "Southern Lifts", "Ltd", "%", "_", "\\", "'"])
def test_it_is_quiet_about_other_names(cast: Cast, typed: str) -> None:
    make_customer("Northern Lifts Ltd")
    assert named(Typed(name=typed)) == []


@pytest.mark.django_db
def test_numbers_in_a_name_are_never_alike(cast: Cast) -> None:
    make_customer("1234567 Ontario Inc.")
    assert named(Typed(name="1234567 Ontario Limited")) == ["1234567 Ontario Inc."]
    assert named(Typed(name="1234568 Ontario Inc.")) == []


@pytest.mark.django_db
def test_it_says_why(cast: Cast) -> None:
    make_customer(
        "Northern Lifts", phones=PHONE, emails=EMAIL, vat_number="GB 900.0000-11",
        head_line1="12 Mill Street", head_town="Leeds", head_postcode="LS1 4AB",
    )  # fmt: skip
    assert why(Typed(phones=frozenset({"441134960123"}))) == ("same phone number",)
    assert why(Typed(emails=frozenset({"desk@northern.example"}))) == ("same email address",)
    assert why(Typed(vat_number="GB900000011")) == why(Typed(vat_number="900000011")) == ("same VAT number",)
    assert why(Typed(line1="12 Mill St.", postcode="ls14ab")) == ("same address and postcode",)
    assert why(Typed(line1="12 mill street", town="Leeds")) == ("same address",)
    assert why(Typed(name="Northern Lift Ltd")) == ("similar name",)
    assert why(Typed(name="Northern Lifts", vat_number="900000011")) == ("same VAT number", "same name")
    assert named(Typed(line1="14 Mill St.", postcode="LS1 4AB")) == []
    assert named(Typed(line1="12 Mill St.", postcode="LS1 4AC")) == []


@pytest.mark.django_db
def test_the_strongest_comes_first_and_five_are_enough(cast: Cast) -> None:
    for ending in ("Ltd", "plc", "LLC", "Inc", "GmbH", "Corp"):
        make_customer(f"Northern Lifts {ending}")
    make_customer("Somebody Else", vat_number="GB900000011")
    found = named(Typed(name="Northern Lifts", vat_number="GB900000011"))
    assert (len(found), found[0]) == (5, "Somebody Else")


@pytest.mark.django_db
def test_sites_are_compared_within_their_customer_and_by_address_everywhere(cast: Cast) -> None:
    make_site(cast.acme, "Harbour Store", postcode="HX1 1AA", line1="1 Quay")
    assert why(Typed(name="Habour Store", holder=cast.acme.pk), Site) == ("similar name",)
    assert named(Typed(name="Harbour Store", holder=cast.birch.pk), Site) == []
    assert why(Typed(name="Quay", line1="1 Quay", postcode="hx11aa"), Site) == ("same address and postcode",)
    with see_all():
        (twin,) = twins(Site, Typed(name="harbour store", postcode="HX1 1AA", holder=cast.birch.pk))
        assert twin.strong


@pytest.mark.django_db
def test_namesakes_among_contacts_are_shown_but_alike_names_only_at_the_same_customer(cast: Cast) -> None:
    with see_all():
        Contact.add(name="Jane Doe", customer=cast.acme)
    assert named(Typed(name="Jane Doe"), Contact) == ["Jane Doe"]
    assert named(Typed(name="Jnae Doe"), Contact) == []
    assert named(Typed(name="Jane Deo", holder=cast.acme.pk), Contact) == []  # short words are not guessed
    assert named(Typed(name="Jnae Doe", holder=cast.acme.pk), Contact) == ["Jane Doe"]


@pytest.mark.django_db
def test_a_record_is_not_its_own_twin(cast: Cast) -> None:
    assert named(Typed(name="Acme Supermarkets", pk=cast.acme.pk)) == []
    assert named(Typed(name="Acme Supermarkets")) == ["Acme Supermarkets"]


@pytest.mark.django_db
def test_what_is_hidden_is_no_twin(cast: Cast) -> None:
    """Whatever is typed: neither a name nor a number of a customer one may not see, nor that there is one."""
    with see_all():
        Customer.objects.filter(pk=cast.cedar.pk).update(
            phones=PHONE, emails=EMAIL, vat_number="GB900000011", head_line1="1 Quay", head_postcode="HU1 1AA"
        )
        Site.objects.filter(pk=cast.vault.pk).update(phones=PHONE, line1="1 Quay", postcode="HU1 1AA")
        Contact.add(name="Zita Secret", customer=cast.cedar, phones=PHONE, emails=EMAIL)
    everything = Typed(
        name="Cedar Hospital", phones=frozenset({"441134960123"}), emails=frozenset({"desk@northern.example"}),
        vat_number="GB900000011", line1="1 Quay", postcode="HU1 1AA", holder=cast.cedar.pk,
    )  # fmt: skip
    for user, expected in ((cast.bob, []), (cast.charlie, []), (cast.vera, []), (cast.alice, [1, 1, 1])):
        with acting(user=user, via="screen"):
            found = [twins(kind, everything) for kind in (Customer, Site, Contact)]
        assert [len(each) for each in found if each] == expected, user


@pytest.mark.django_db
def test_hidden_ones_do_not_crowd_out_ones_own(cast: Cast) -> None:
    for number in range(120):
        make_customer(f"Acme Supermarkets {number}", phones=PHONE)
    with acting(user=cast.charlie, via="screen"):
        assert [str(twin.record) for twin in twins(Customer, Typed(name="Acme Supermarket"))] == ["Acme Supermarkets"]


@pytest.mark.django_db
def test_the_panel_shows_while_typing(cast: Cast, client_of: Any) -> None:
    typed = {"name": "Acme Supermarket Ltd", "phones-0-number": "x", "phones-0-DELETE": "on"}
    answer = client_of(cast.bob).post("/customers/twins/", typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert f'<a href="/customers/{cast.acme.pk}/" target="_blank"' in body(answer)
    assert "Similar name" in body(answer)
    assert 'role="status"' in body(answer)
    assert "<html" not in body(answer)
    whole = client_of(cast.bob).post("/customers/twins/", typed)
    assert "<h1>Likely twins</h1>" in body(whole)


@pytest.mark.django_db
def test_a_panel_that_would_not_change_is_left_alone(cast: Cast, client_of: Any) -> None:
    typed = {"name": "Acme Supermarkets", "twins_said": f"{cast.acme.pk}:same name"}
    assert client_of(cast.bob).post("/customers/twins/", typed).status_code == 204
    assert client_of(cast.bob).post("/customers/twins/", {"name": "Zzz"}).status_code == 204


@pytest.mark.django_db
def test_an_archived_one_is_marked_and_may_be_restored(cast: Cast, client_of: Any) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(archived_at="2026-01-01T00:00Z")
    for user, may_restore in ((cast.alice, True), (cast.charlie, False)):
        said = body(client_of(user).post("/customers/twins/", {"name": "Acme Supermarkets"}))
        assert "Archived" in said
        assert (f"/customers/{cast.acme.pk}/restore/" in said) is may_restore


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/customers/twins/", "/contacts/twins/", "/sites/twins/"])
def test_anything_may_be_typed(cast: Cast, client_of: Any, address: str) -> None:
    odd = "\0%_\\'\";--<b>" * 3000
    names = ("name", "phone", "email", "vat_number", "head_line1", "line1", "postcode", "customer", "phones-0-number")
    answer = client_of(cast.bob).post(f"{address}?of=x", dict.fromkeys(names, odd))
    assert answer.status_code in (200, 204)
    assert client_of(cast.bob).get(address).status_code == 405


@pytest.mark.django_db
def test_a_strong_twin_is_asked_about_once_and_nothing_typed_is_lost(cast: Cast, client_of: Any) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(phones=PHONE)
    bob, typed = client_of(cast.bob), {"name": "ACME Supermarkets Ltd", "kind": "company", "phone": "0113 496 0123"}
    asked = bob.post("/customers/new/", typed)
    assert asked.status_code == 409
    assert "This may be there already." in body(asked)
    assert "Add it all the same" in body(asked)
    assert 'value="0113 496 0123"' in body(asked)
    assert f'name="twin" value="{cast.acme.pk}"' in body(asked)
    with see_all():
        assert not Customer.objects.filter(name="ACME Supermarkets Ltd").exists()
    assert bob.post("/customers/new/", {**typed, "twin": str(cast.acme.pk)}).status_code == 303


@pytest.mark.django_db
def test_a_similar_name_alone_does_not_stop_anybody(cast: Cast, client_of: Any) -> None:
    assert (
        client_of(cast.bob).post("/customers/new/", {"name": "Acme Supermarket", "kind": "company"}).status_code == 303
    )


@pytest.mark.django_db
def test_what_stops_nobody_of_those_who_may_not_see_it(cast: Cast, client_of: Any) -> None:
    with see_all():
        Customer.objects.filter(pk=cast.cedar.pk).update(phones=PHONE)
    typed = {"name": "Cedar Hospital", "kind": "company", "phone": "0113 496 0123"}
    assert client_of(cast.bob).post("/customers/new/", typed).status_code == 303
    assert client_of(cast.alice).post("/customers/new/", typed).status_code == 409


@pytest.mark.django_db
def test_sites_and_contacts_are_asked_about_too(cast: Cast, client_of: Any) -> None:
    bob = client_of(cast.bob)
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(postcode="LS1 1AA")
        jane = Contact.add(name="Jane Doe", customer=cast.acme, emails=EMAIL)
    site = {"customer": cast.acme.pk, "name": "depot", "postcode": "ls11aa", "status": "active", **LINES}
    assert bob.post("/sites/new/", site).status_code == 409
    assert bob.post("/sites/new/", {**site, "twin": cast.depot.pk}).status_code == 303
    contact = {"name": "Jane Doe", "customer": cast.acme.pk, **LINES} | {"emails-0-address": "desk@northern.example"}
    asked = bob.post("/contacts/new/", contact)
    assert asked.status_code == 409
    assert "desk@northern.example" in body(asked)
    assert bob.post("/contacts/new/", {**contact, "twin": jane.pk}).status_code == 303


def test_likeness_is_the_share_of_letters_in_common() -> None:
    assert likeness(core("Green Field"), core("Greenfield")) == 1.0
    assert likeness(core("Smith & Sons"), core("Smith and Sons Ltd")) == 1.0
    assert likeness((), ()) == 0.0
    assert likeness(core("Birch Homes"), core("Birch Housing")) < 0.78
