"""A caller's half words lead to the record: names, codes, postcodes, numbers in any notation, slips of the finger."""

from __future__ import annotations

import pytest
from django.db import connection

from sitebook.access.identity import acting
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.search.queries import Hit, find
from sitebook.sites.models import Site
from tests.cast import Cast, make_customer, make_site, make_user, see_all

KINDS = ("customers_customer", "contacts_contact", "sites_site")


def titles(typed: str, **more: object) -> list[str]:
    with see_all():
        return [hit.title for hit in find(typed, kinds=KINDS, want=10)]


@pytest.fixture
def register(cast: Cast) -> Cast:
    phone = [{"kind": "office", "number": "+441132345678", "odd": False}]
    mail = [{"kind": "office", "address": "desk@northern-lifts.example"}]
    lifts = make_customer("Northern Lifts Ltd", phones=phone, emails=mail, head_postcode="LS1 4AB", head_town="Leeds")
    make_customer("Café Müller", vat_number="GB 900 0000 11")
    with see_all():
        site = Site.add(customer=lifts, name="Mühle 7", code="NL-77", postcode="HX1 1AA", line1="12 Mill Lane")
        site.external_ids.create(system="books", value="ZZ-900")
        Contact.add(name="Jane Doe", position="Caretaker")
        Customer.objects.filter(name="Birch Housing").update(archived_at="2026-01-01T00:00Z")
    return cast


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("north", "Northern Lifts Ltd"),
        ("lifts nor", "Northern Lifts Ltd"),
        ("cafe muller", "Café Müller"),
        ("LS1 4AB", "Northern Lifts Ltd"),
        ("ls14ab", "Northern Lifts Ltd"),
        ("0113 234 5678", "Northern Lifts Ltd"),
        ("+44 (0)113 2345678", "Northern Lifts Ltd"),
        ("345678", "Northern Lifts Ltd"),
        ("desk@north", "Northern Lifts Ltd"),
        ("GB900000011", "Café Müller"),
        ("nl-77", "Mühle 7"),
        ("zz-900", "Mühle 7"),
        ("12 mill", "Mühle 7"),
        ("caretaker", "Jane Doe"),
        ("no", "Northern Lifts Ltd"),
        ("norhtern", "Northern Lifts Ltd"),
        ("norther", "Northern Lifts Ltd"),
        ("nrothern lifts", "Northern Lifts Ltd"),
        ("northernn lfits", "Northern Lifts Ltd"),
        ("muhel", "Mühle 7"),
    ],
)
def test_it_finds(register: Cast, typed: str, expected: str) -> None:
    assert titles(typed)[0] == expected


@pytest.mark.django_db
def test_the_number_of_a_house_counts_beside_a_slip(cast: Cast) -> None:
    """Words too short to be misspelt tell the one meant from all others of the street."""
    for number in (10, 12, 14, 110, 30):
        make_site(cast.acme, f"{number} Charles St E")
    make_site(cast.acme, "12 Charles Street West")
    with see_all():
        hits = find("12 chalres st e", kinds=KINDS, want=10)
    assert [(hit.title, hit.rank) for hit in hits][:2] == [("12 Charles St E", 5), ("10 Charles St E", 6)]
    assert all(hit.slipped for hit in hits)
    assert len(hits) == 6


@pytest.mark.django_db
def test_what_holds_every_word_in_its_name_comes_before_what_holds_them_elsewhere(cast: Cast) -> None:
    make_site(cast.acme, "Ash", line1="11 Sullivan Street")
    make_site(cast.acme, "11 Great Sullivan Street")
    assert titles("11 sulliva st")[0] == "11 Great Sullivan Street"


@pytest.mark.django_db
def test_only_short_words_are_found_as_they_stand_together(register: Cast) -> None:
    make_customer("AD - NC Ltd")
    assert titles("ad - nc") == titles("d - nc") == ["AD - NC Ltd"]


@pytest.mark.django_db
def test_archived_ones_come_last_and_say_so(register: Cast) -> None:
    make_customer("Birch Homes")
    with see_all():
        hits = find("birch", kinds=KINDS, want=10)
    assert [(hit.title, hit.archived) for hit in hits] == [("Birch Homes", False), ("Birch Housing", True)]


@pytest.mark.django_db
def test_nothing_is_found_by_one_letter_or_by_signs(register: Cast) -> None:
    assert titles("") == titles("n") == titles("%%%") == titles("___") == titles("\\") == titles("'; --") == []
    assert titles("x" * 5000) == []


@pytest.mark.django_db
def test_a_change_is_found_in_the_transaction_that_made_it(register: Cast) -> None:
    with see_all():
        customer = Customer.objects.get(name="Northern Lifts Ltd")
        customer.change(version=customer.version, name="Southern Lifts")
        assert [hit.title for hit in find("southern", kinds=KINDS, want=5)] == ["Southern Lifts"]
        assert find("northern", kinds=("customers_customer",), want=5)[:1] in ([], [_mail(customer)])
        customer.external_ids.create(system="crm", value="QQ-1")
        assert [hit.title for hit in find("qq-1", kinds=KINDS, want=5)] == ["Southern Lifts"]


def _mail(customer: Customer) -> Hit:
    """Found still: by the email address, which keeps the old name."""
    return Hit("customers_customer", customer.pk, "Southern Lifts", False, 4)


@pytest.mark.django_db
def test_a_word_that_no_name_holds_any_more_is_forgotten(register: Cast) -> None:
    """An erased person's name must not live on among the words."""
    with see_all():
        assert _known("muller") == 1
        Customer.objects.filter(name="Café Müller").update(name="Bar")
        assert _known("muller") == 0


def _known(word: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM search_word WHERE word = %s", [word])
        words = int(cursor.fetchone()[0])
        cursor.execute("SELECT count(*) FROM search_slip WHERE word = %s AND slip = %s", [word, word[1:]])
        assert int(cursor.fetchone()[0]) == words
    return words


@pytest.mark.django_db
def test_a_whole_name_is_meant_as_it_stands(cast: Cast) -> None:
    for name in ("Charles Street North", "Charles Street", "Charlos Street"):
        make_site(cast.acme, name)
    with see_all():
        assert [hit.title for hit in find("charles street", kinds=KINDS, want=10)] == [
            "Charles Street", "Charles Street North"
        ]  # fmt: skip
        assert "Charlos Street" in [hit.title for hit in find("charles stree", kinds=KINDS, want=10)]


@pytest.mark.django_db
def test_a_number_is_no_slip_and_others_of_the_street_are_shown_after_it(cast: Cast) -> None:
    for number in (1165, 1156, 12):
        make_site(cast.acme, f"{number} Kingston Rd")
    with see_all():
        assert [(hit.title, hit.rank) for hit in find("1165 kingstno rd", kinds=KINDS, want=10)] == [
            ("1165 Kingston Rd", 5), ("12 Kingston Rd", 6), ("1156 Kingston Rd", 6)
        ]  # fmt: skip
        assert find("1165", kinds=KINDS, want=10)[0].title == "1165 Kingston Rd"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [205, 5001])
def test_with_many_customers_the_same_is_found(cast: Cast, count: int) -> None:
    """What one may see is asked in another way of more than 200, and of more than 5,000; nothing else may differ."""
    with see_all():
        mine = Customer.objects.bulk_create([Customer(name=f"Granted {number}") for number in range(count)])
    keeper = make_user(sees=(cast.acme, *mine))
    with see_all():
        Contact.add(name="Cedric Free")
    with acting(user=keeper, via="screen"):
        assert {hit.title for hit in find("granted 20", kinds=KINDS, want=20)} >= {"Granted 20", "Granted 200"}
        assert [hit.title for hit in find("cedric", kinds=KINDS, want=10)] == ["Cedric Free"]
        for typed in ("cedar", "birch", "mill", "vault", "cedra"):
            assert find(typed, kinds=KINDS, want=10) == [], typed


@pytest.mark.django_db
def test_a_restricted_user_finds_only_their_own(cast: Cast) -> None:
    make_site(cast.cedar, "Secret Clinic", code="SC-1")
    with see_all():
        Contact.add(name="Cedar Smith", customer=cast.cedar)
        Contact.add(name="Cedric Free")
    with acting(user=cast.charlie, via="screen"):
        for typed in ("cedar", "secret", "secert", "SC-1", "hospital", "vault"):
            assert find(typed, kinds=KINDS, want=10) == [], typed
        assert [hit.title for hit in find("cedric", kinds=KINDS, want=10)] == ["Cedric Free"]
        assert [hit.title for hit in find("acme", kinds=KINDS, want=10)] == ["Acme Supermarkets"]
    with acting(user=cast.vera, via="screen"):
        assert find("acme", kinds=KINDS, want=10) == []
