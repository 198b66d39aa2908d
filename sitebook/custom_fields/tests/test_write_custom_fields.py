"""Writing in the firm's custom fields: by forms, past them, and two at once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sitebook.basics.refused import StaleEdit
from sitebook.contacts.models import Contact
from sitebook.contacts.tables import CONTACT
from sitebook.custom_fields.tests.made import KIND, WRITTEN, make_all, make_field
from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.records.tests.test_edit_leaves_the_rest import filled_in
from sitebook.sites.models import Site
from sitebook.sites.tables import SITE
from sitebook.values import readers
from tests.cast import Cast, make_site, see_all

pytestmark = pytest.mark.django_db

TYPED = {
    "custom_boiler": " Viessmann 200 ",
    "custom_power": "12.50",
    "custom_serviced": "2026-03-01",
    "custom_fuel": "gas",
    "custom_lift": "yes",
}


def test_each_kind_is_saved_and_shown_on_a_site(cast: Cast, client_of):
    make_all()
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/"
    assert client.post(f"{address}edit/", filled_in(client, f"{address}edit/") | TYPED).status_code == 303
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == WRITTEN
    page = client.get(address).content.decode()
    for words in ("Boiler", "Viessmann 200", "12.5", "Serviced", "Gas", "yes"):
        assert words in page, words
    again = filled_in(client, f"{address}edit/")
    assert {name: again[name] for name in TYPED} == TYPED | {
        "custom_boiler": "Viessmann 200",
        "custom_power": "12.5",
    }


@pytest.mark.parametrize("register", [CUSTOMER, CONTACT])
def test_customers_and_contacts_have_them_too(cast: Cast, client_of, register: str):
    make_all(register)
    with see_all():
        jane = Contact.add(name="Jane Doe", customer=cast.acme)
    record = cast.acme if register == CUSTOMER else jane
    client = client_of(cast.bob)
    address = f"/{'customers' if register == CUSTOMER else 'contacts'}/{record.pk}/"
    assert client.post(f"{address}edit/", filled_in(client, f"{address}edit/") | TYPED).status_code == 303
    with see_all():
        record.refresh_from_db()
        assert record.custom == WRITTEN
    assert "Viessmann 200" in client.get(address).content.decode()


def test_new_records_begin_with_them(cast: Cast, client_of):
    for register in (CUSTOMER, CONTACT, SITE):
        make_all(register)
    client = client_of(cast.bob)
    assert client.post("/customers/new/", TYPED | {"name": "Fresh", "kind": "company"}).status_code == 303
    lines = {f"{each}-TOTAL_FORMS": "0" for each in ("phones", "emails", "ids")}
    lines |= {f"{each}-INITIAL_FORMS": "0" for each in ("phones", "emails", "ids")}
    site = TYPED | lines | {"name": "Yard", "customer": str(cast.acme.pk), "status": "active"}
    assert client.post("/sites/new/", site).status_code == 303
    person = TYPED | lines | {"name": "Ann Lee", "customer": str(cast.acme.pk)}
    assert client.post("/contacts/new/", person).status_code == 303
    with see_all():
        made = (Customer.objects.get(name="Fresh"), Site.objects.get(name="Yard"), Contact.objects.get(name="Ann Lee"))
    assert [each.custom for each in made] == [WRITTEN] * 3


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("custom_power", "much", "“much” is not a number"),
        ("custom_power", "NaN", "“NaN” is not a number"),
        ("custom_power", "1e40", "digits before the point"),
        ("custom_power", "0.1234567", "after it"),
        ("custom_serviced", "1/3/2026", "“1/3/2026” may be two days"),
        ("custom_power", "1,200", "may be 1200 or 1.200"),
        ("custom_serviced", "0001-01-01", "is no day"),
        ("custom_fuel", "coal", "“coal” is not offered. There is: Gas, Oil."),
        ("custom_lift", "perhaps", "“perhaps” is neither yes nor no"),
        ("custom_boiler", "x" * 1001, "1001 characters"),
    ],
)
def test_what_does_not_suit_is_refused_in_words(cast: Cast, client_of, name: str, typed: str, said: str):
    make_all()
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/edit/"
    answer = client.post(address, filled_in(client, address) | {name: typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == {}


@pytest.mark.parametrize(
    ("custom", "said"),
    [
        ({"nothing": "x"}, "there is no custom field of this key"),
        ({"power": 12.5}, "is not text in JSON"),
        ({"power": "12.50"}, "is not a number"),
        ({"serviced": "2026-02-30"}, "is not a day"),
        ({"fuel": "coal"}, "is not offered"),
        ({"lift": "yes"}, "neither yes nor no"),
        ({"boiler": " "}, "says nothing"),
        (["boiler"], "are an object"),
    ],
)
def test_the_database_refuses_it_too(cast: Cast, custom: object, said: str):
    make_all()
    with see_all(), pytest.raises(IntegrityError, match=said), transaction.atomic():
        Site.objects.filter(pk=cast.depot.pk).update(custom=custom)


def test_nothing_written_is_nothing_kept(cast: Cast, client_of):
    make_all()
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom=WRITTEN)
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/edit/"
    assert client.post(address, filled_in(client, address) | dict.fromkeys(TYPED, "")).status_code == 303
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == {}


def test_two_who_edit_different_custom_fields_lose_neither(cast: Cast, client_of):
    make_all()
    bob, alice, address = client_of(cast.bob), client_of(cast.alice), f"/sites/{cast.depot.pk}/edit/"
    mine, theirs = filled_in(bob, address), filled_in(alice, address)
    assert alice.post(address, theirs | {"custom_fuel": "oil"}).status_code == 303
    answer = bob.post(address, mine | {"custom_boiler": "Buderus"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert [words for words in ("Boiler", "Fuel", "Oil") if words not in page] == []
    kept = dict.fromkeys(("take_custom_fuel",), "theirs") | {"take_custom_boiler": "mine"}
    with see_all():
        version = str(Site.objects.get(pk=cast.depot.pk).version)
    assert bob.post(address, mine | {"custom_boiler": "Buderus", "version": version} | kept).status_code == 303
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == {"boiler": "Buderus", "fuel": "oil"}


def test_an_archived_field_keeps_its_values_through_edits(cast: Cast, client_of):
    fields = make_all()
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom=WRITTEN)
        fields[KIND.TEXT].archive(at="2026-01-01T00:00:00Z")
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/"
    typed = filled_in(client, f"{address}edit/")
    assert "custom_boiler" not in typed
    assert client.post(f"{address}edit/", typed | {"custom_power": "9"}).status_code == 303
    assert "Viessmann" not in client.get(address).content.decode()
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == WRITTEN | {"power": "9"}


def test_what_one_may_not_see_is_not_there(cast: Cast, client_of):
    make_all()
    client = client_of(cast.charlie)
    assert client.post(f"/sites/{cast.vault.pk}/edit/", TYPED).status_code in (403, 404)
    with see_all():
        Site.objects.filter(pk=cast.vault.pk).update(custom={"boiler": "Hidden make"})
    assert client.get(f"/sites/{cast.vault.pk}/").status_code == 404
    for address in ("/sites/?custom.boiler=Hidden&columns=name,custom.boiler", "/search/?q=Hidden+make"):
        assert "Hidden make</" not in client.get(address).content.decode()


def test_a_stale_version_is_refused_whatever_the_field(cast: Cast):
    make_all()
    with see_all():
        site = Site.objects.get(pk=cast.depot.pk)
        site.change(version=site.version, custom={"power": "1"})
        with pytest.raises(StaleEdit):
            site.change(version=site.version - 1, custom={"power": "2"})


def test_thirty_fields_cost_no_more_queries_than_one(cast: Cast, client_of):
    make_field("Field 0")
    client = client_of(cast.bob)
    addresses = (
        f"/sites/{cast.depot.pk}/",
        f"/sites/{cast.depot.pk}/edit/",
        f"/sites/{cast.depot.pk}/history/",
        "/sites/?columns=name,custom.field_0,custom.field_1,custom.field_2",
    )
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom={"field_0": "x"})

    def counted() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    few = counted()
    for number in range(1, 30):
        make_field(f"Field {number}")
    for number in range(20):
        make_site(cast.acme, f"More {number}", custom={"field_3": "y"})
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom={f"field_{number}": "x" for number in range(30)})
    assert counted() == few


@pytest.mark.parametrize("written", ["0e-999999999999", "-0e-999999999999", "0e999999999999", "-0.00", "0"])
def test_nought_is_kept_as_one_letter_however_long_it_would_be(written: str):
    assert readers.number(written) == "0"


def test_text_is_one_line_however_it_comes():
    assert readers.text(" Viessmann\n200\t W ") == "Viessmann 200 W"
