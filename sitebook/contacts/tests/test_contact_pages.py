"""The contacts' pages, as somebody in the office uses them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sitebook.contacts.models import Contact
from sitebook.contacts.tests.persons import body, chosen, person, role, roles_of, typed
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from tests.cast import Cast, make_user, see_all


def test_a_contact_needs_a_name_only_and_is_found(cast: Cast, client_of):
    answer = client_of(cast.bob).post("/contacts/new/", typed(), follow=True)
    assert answer.status_code == 200, body(answer)
    assert "<h1>Ann Lee</h1>" in body(answer)
    listed = body(client_of(cast.charlie).get("/contacts/?q=lee"))
    assert "Ann Lee" in listed
    assert "on their own" in listed
    assert "Ann Lee" not in body(client_of(cast.bob).get("/customers/?q=lee"))


def test_without_a_name_it_says_so_and_keeps_what_was_typed(cast: Cast, client_of):
    answer = client_of(cast.bob).post("/contacts/new/", typed(name=" ", position="Porter"))
    assert answer.status_code == 422
    assert "Porter" in body(answer)


def test_from_a_customer_the_form_is_filled_in_and_leads_back_to_the_tab(cast: Cast, client_of):
    bob, back = client_of(cast.bob), f"/customers/{cast.acme.pk}/contacts/"
    assert f"/contacts/new/?customer={cast.acme.pk}" in body(bob.get(f"/customers/{cast.acme.pk}/"))
    form = body(bob.get(f"/contacts/new/?customer={cast.acme.pk}&next={back}"))
    assert "Acme Supermarkets" in form
    assert f'name="next" value="{back}"' in form
    answer = bob.post("/contacts/new/", typed(next=back, position="Buyer") | chosen("customer", cast.acme), follow=True)
    assert answer.redirect_chain[-1][0] == back
    assert "Ann Lee" in body(answer)
    assert 'Contacts <span class="count">1</span>' in body(answer)


@pytest.mark.parametrize(
    "next_", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_it_leads_back_to_own_pages_only(cast: Cast, client_of, next_: str):
    answer = client_of(cast.bob).post("/contacts/new/", typed(next=next_))
    with see_all():
        made = Contact.objects.get()
    assert answer["Location"] == f"/contacts/{made.pk}/"


def test_a_faulty_form_still_knows_where_one_came_from(cast: Cast, client_of):
    address = f"/contacts/new/?site={cast.depot.pk}&next=/sites/{cast.depot.pk}/contacts/"
    page = body(client_of(cast.bob).post(address, typed(name="")))
    assert f'action="{address.replace("&", "&amp;")}"' in page
    assert f'<a href="/sites/{cast.depot.pk}/">Depot</a>' in page


def test_phone_email_role_and_consent_show_on_the_card(cast: Cast, client_of):
    values = {
        "phones-0-kind": "mobile", "phones-0-number": "0113 496 0999", "emails-0-kind": "office",
        "emails-0-address": "ann@acme.example", "consent": "agreed", "consent_on": "2026-03-04", "role": "key HOLDER",
        "tags": "Nights, nights", "since": "2026-01-01",
    }  # fmt: skip
    answer = client_of(cast.bob).post("/contacts/new/", typed(**values) | chosen("site", cast.depot), follow=True)
    page = body(answer)
    assert 'href="tel:+441134960999"' in page
    assert 'href="mailto:ann@acme.example"' in page
    assert "Agreed to messages" in page
    assert "Key holder" in page
    with see_all():
        made = Contact.objects.get()
    assert roles_of(made) == [("key holder", cast.acme.pk, cast.depot.pk, date(2026, 1, 1), None)]
    assert (made.tags, made.consent_on) == (["Nights"], date(2026, 3, 4))
    assert "Ann Lee" in body(client_of(cast.bob).get(f"/sites/{cast.depot.pk}/"))


def test_consent_without_a_day_counts_from_today(cast: Cast, client_of):
    client_of(cast.bob).post("/contacts/new/", typed(consent="refused"))
    with see_all():
        assert Contact.objects.get().consent_on == timezone.localdate()


def test_a_role_nowhere_and_a_site_without_a_role_are_refused_at_their_fields(cast: Cast, client_of):
    bob = client_of(cast.bob)
    assert "Choose the customer or the site" in body(bob.post("/contacts/new/", typed(role="key holder")))
    answer = bob.post("/contacts/new/", typed() | chosen("site", cast.depot))
    assert answer.status_code == 422
    assert "what the contact is for at Depot" in body(answer)
    with see_all():
        assert not Contact.objects.exists()


def test_a_refused_role_leaves_no_half_made_contact(cast: Cast, client_of):
    with see_all():
        cast.depot.tenures.update(during=DateRange(date(2024, 1, 1), None))
    answer = client_of(cast.bob).post(
        "/contacts/new/", typed(role="key holder", since="2023-01-01") | chosen("site", cast.depot)
    )
    assert answer.status_code == 409
    assert "had Depot" in body(answer)
    with see_all():
        assert not Contact.objects.exists()


def test_a_number_is_read_as_people_write_it_where_the_contact_is(cast: Cast, client_of):
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(country="US")
        Customer.objects.filter(pk=cast.birch.pk).update(head_country="DE")
    bob = client_of(cast.bob)
    for number, values in (
        ("(212) 306-3000", chosen("site", cast.depot) | {"role": "key holder"}),
        ("030 901820", chosen("customer", cast.birch)),
    ):
        assert bob.post("/contacts/new/", typed(**values) | {"phones-0-number": number}).status_code == 303
    with see_all():
        numbers = [contact.phones[0]["number"] for contact in Contact.objects.order_by("pk")]
    assert numbers == ["+12123063000", "+4930901820"]


def test_key_holders_who_agreed_to_messages_are_one_address(cast: Cast, client_of):
    people = [("Ann", "agreed", "key holder"), ("Bea", "refused", "key holder"), ("Cy", "agreed", "accounts")]
    for name, consent, given in people:
        role(person(name, cast.acme, consent=consent), given, customer=cast.acme)
    role(person("Dot", cast.acme, consent="agreed"), "key holder", customer=cast.acme, until=date(2020, 1, 1))
    found = body(client_of(cast.bob).get("/contacts/?role=key+holder&consent=agreed"))
    assert 'title="Ann"' in found
    assert not any(f'title="{name}"' in found for name in ("Bea", "Cy", "Dot"))


def test_contacts_are_found_by_number_and_by_email_however_typed(cast: Cast, client_of):
    person("Ann Lee", cast.acme, phones=[{"kind": "office", "number": "+441134960999", "odd": False}])
    person("Bea May", emails=[{"kind": "office", "address": "bea@birch.example"}])
    bob = client_of(cast.bob)
    assert "Ann Lee" in body(bob.get("/contacts/?q=0113 496 0999"))
    assert "Bea May" in body(bob.get("/contacts/?q=BEA@birch"))
    assert "Bea May" not in body(bob.get("/contacts/?q=0113 496 0999"))


def test_the_list_sorts_and_filters_by_each_of_its_words(cast: Cast, client_of):
    for number in range(3):
        person(f"Person {number}", [cast.acme, cast.birch, None][number], language=["en-gb", "", ""][number])
    bob = client_of(cast.bob)
    for query in ("sort=customer", "sort=-customer,name", "sort=consent", "sort=-name"):
        assert body(bob.get(f"/contacts/?{query}")).count('scope="row"') == 3, query
    for query, names in (
        ("without=customer", ["Person 2"]),
        (f"customer={cast.acme.pk}", ["Person 0"]),
        ("language=-", ["Person 1", "Person 2"]),
        ("language=en-gb", ["Person 0"]),
    ):
        page = body(bob.get(f"/contacts/?{query}"))
        assert [name for name in ("Person 0", "Person 1", "Person 2") if f'title="{name}"' in page] == names, query


def test_two_who_edit_a_contact_at_once_lose_nothing(cast: Cast, client_of):
    ann = person("Ann Lee", cast.acme)
    first = typed(version="1", position="Buyer") | chosen("customer", cast.birch)
    second = typed(version="1", position="Seller") | chosen("customer", cast.acme)
    base = f'{{"customer": {cast.acme.pk}, "position": ""}}'
    assert client_of(cast.alice).post(f"/contacts/{ann.pk}/edit/", first | {"base": base}).status_code == 303
    answer = client_of(cast.bob).post(f"/contacts/{ann.pk}/edit/", second | {"base": base})
    assert answer.status_code == 409
    assert all(word in body(answer) for word in ("Buyer", "Seller", "Birch Housing", "Acme Supermarkets"))
    with see_all():
        ann.refresh_from_db()
    assert (ann.position, ann.customer_id) == ("Buyer", cast.birch.pk)
    again = second | {"version": str(ann.version), "take_position": "mine", "take_customer": "theirs"}
    assert client_of(cast.bob).post(f"/contacts/{ann.pk}/edit/", again).status_code == 303
    with see_all():
        ann.refresh_from_db()
    assert (ann.position, ann.customer_id) == ("Seller", cast.birch.pk)


def test_archived_contacts_leave_the_list_and_come_back(cast: Cast, client_of):
    ann, bob = person("Ann Lee", cast.acme), client_of(cast.bob)
    assert bob.post(f"/contacts/{ann.pk}/archive/", {"reason": "left"}).status_code == 303
    bob.get("/contacts/")  # takes the message that the contact is archived
    assert "Ann Lee" not in body(bob.get("/contacts/"))
    assert "Ann Lee" in body(bob.get("/contacts/?archived=yes"))
    assert "left" in body(bob.get(f"/contacts/{ann.pk}/"))
    answer = bob.post(
        "/contacts/roles/new/",
        {"role": "accounts", "since": "2026-01-01"} | chosen("contact", ann) | chosen("customer", cast.acme),
    )
    assert answer.status_code == 409
    assert "is archived" in body(answer)
    bob.post(f"/contacts/{ann.pk}/restore/")
    assert "Ann Lee" in body(bob.get("/contacts/"))


def test_many_are_tagged_at_once(cast: Cast, client_of):
    ids = [str(person(name, cast.acme).pk) for name in ("Ann", "Bea")]
    client_of(cast.bob).post("/bulk/contacts/", {"pick": ids, "act": "tag", "tag": "Christmas card"})
    found = body(client_of(cast.bob).get("/contacts/?tag=Christmas+card"))
    assert 'title="Ann"' in found
    assert 'title="Bea"' in found


def test_the_picker_offers_the_customers_people_first_and_archived_ones_only_when_typed(cast: Cast, client_of):
    person("Lee Other", cast.birch)
    own = person("Lee Own", cast.acme)
    role(person("Lee Agent", cast.birch), "accounts", customer=cast.acme)
    gone = person("Lee Gone", cast.acme)
    bob = client_of(cast.bob)
    bob.post(f"/contacts/{gone.pk}/archive/")
    untyped = body(bob.get(f"/contacts/pick/?customer={cast.acme.pk}"))
    assert [n for n in ("Lee Own", "Lee Agent", "Lee Other", "Lee Gone") if n in untyped] == ["Lee Own", "Lee Agent"]
    found = body(bob.get(f"/contacts/pick/?customer={cast.acme.pk}&q=lee"))
    assert found.index("Lee Agent") < found.index("Lee Own") < found.index("Lee Other") < found.index("Lee Gone")
    assert "archived" in found
    only = body(bob.get(f"/contacts/pick/?site={cast.mill.pk}&only=1&q=lee"))
    assert "Lee Other" in only
    assert str(own) not in only


@pytest.mark.parametrize("query", ["customer=x", "customer=99999999999999999999", "site=-1", "site=0", "q=%00"])
def test_wrong_addresses_are_answered(cast: Cast, client_of, query: str):
    for place in ("/contacts/pick/", "/contacts/new/", "/contacts/roles/new/", "/contacts/"):
        assert client_of(cast.bob).get(f"{place}?{query}").status_code == 200


def test_dispatchers_change_contacts_engineers_and_viewers_only_read(cast: Cast, client_of):
    ann, given = person("Ann Lee", cast.acme), None
    given = role(ann, "accounts", customer=cast.acme)
    dan = make_user(name="Dan Dale", role="dispatcher", sees=(cast.acme,))
    places = ("/contacts/new/", f"/contacts/{ann.pk}/edit/", "/contacts/roles/new/", f"/contacts/roles/{given.pk}/end/")
    for place in places:
        assert client_of(dan).get(place).status_code == 200, place
        assert client_of(cast.charlie).get(place).status_code == 403, place
    assert client_of(dan).post(f"/contacts/{ann.pk}/archive/").status_code == 403
    assert "New contact" not in body(client_of(cast.charlie).get("/contacts/"))


def test_nobody_meets_contacts_of_customers_they_do_not_see(cast: Cast, client_of):
    hidden = person("Cedar Clerk", cast.cedar)
    given = role(hidden, "accounts", customer=cast.cedar)
    bob = client_of(cast.bob)
    assert "Cedar Clerk" not in body(bob.get("/contacts/?archived=all&q=clerk"))
    assert "Cedar Clerk" not in body(bob.get("/contacts/pick/?q=clerk"))
    for place in (f"/contacts/{hidden.pk}/", f"/contacts/{hidden.pk}/edit/", f"/contacts/roles/{given.pk}/end/",
                  f"/contacts/{hidden.pk}/history/", f"/customers/{cast.cedar.pk}/contacts/"):  # fmt: skip
        assert bob.get(place).status_code == 404, place
    values = {"role": "accounts", "since": "2026-01-01", "contact": str(hidden.pk)} | chosen("customer", cast.acme)
    unknown = values | {"contact": "987654"}
    said = [body(bob.post("/contacts/roles/new/", each)) for each in (values, unknown)]
    assert all("no longer there, or you may not see it" in page for page in said)
