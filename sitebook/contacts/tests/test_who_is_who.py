"""Who is who at a customer and at a site: people and their roles as pages show them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.tests.persons import body, chosen, person, role
from sitebook.handovers.handover import hand_over
from tests.cast import Cast, make_customer, make_site, make_user, see_all


def test_one_person_in_two_roles_is_seen_with_both_on_the_site(cast: Cast, client_of):
    ann = person("Ann Lee", cast.acme, phones=[{"kind": "mobile", "number": "+447700900123", "odd": False}])
    role(ann, "site manager", customer=cast.acme, site=cast.depot)
    role(ann, "key holder", customer=cast.acme, site=cast.depot)
    zoe = person("Zoe Young", cast.acme)
    role(zoe, "main", customer=cast.acme, site=cast.depot)
    page = body(client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/"))
    assert "Site manager, Key holder" in page
    assert page.index("Zoe Young") < page.index("Ann Lee"), "the default contact comes first"
    assert 'href="tel:+447700900123"' in page
    tab = body(client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/contacts/"))
    assert "Site manager" in tab
    assert "Key holder" in tab
    assert "/end/" not in tab


def test_everyone_linked_to_a_customer_is_on_its_tab(cast: Cast, client_of):
    person("Own", cast.acme)
    role(person("Agent", cast.birch), "point of contact", customer=cast.acme)
    role(person("Plumber"), "key holder", customer=cast.acme, site=cast.depot)
    role(person("Gone", cast.birch), "accounts", customer=cast.acme, until=date(2020, 1, 1))
    person("Elsewhere", cast.birch)
    page = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/contacts/"))
    shown = [n for n in ("Own", "Agent", "Plumber", "Gone", "Elsewhere") if f'title="{n}"' in page]
    assert shown == ["Own", "Agent", "Plumber"]
    assert 'Contacts <span class="count">3</span>' in page
    filtered = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/contacts/?role=key+holder"))
    assert 'title="Plumber"' in filtered
    assert 'title="Agent"' not in filtered


def test_roles_of_other_times_stand_apart_on_the_contacts_page(cast: Cast, client_of):
    ann = person("Ann Lee", cast.acme)
    role(ann, "accounts", customer=cast.acme, since=date(2020, 1, 1), until=date(2021, 1, 1))
    role(ann, "key holder", customer=cast.acme, site=cast.depot, since=date(2021, 1, 1))
    page = body(client_of(cast.charlie).get(f"/contacts/{ann.pk}/"))
    assert page.index("Roles now") < page.index("Key holder") < page.index("At other times") < page.index("Accounts")
    assert f'href="/sites/{cast.depot.pk}/"' in page


def test_an_existing_contact_is_given_a_role_from_the_site_and_ended_again(cast: Cast, client_of):
    ann, bob = person("Ann Lee", cast.acme), client_of(cast.bob)
    back = f"/sites/{cast.depot.pk}/contacts/"
    assert "Depot" in body(bob.get(f"/contacts/roles/new/?site={cast.depot.pk}&next={back}"))
    values = {"role": "Night watch", "since": "2026-02-01", "next": back}
    answer = bob.post("/contacts/roles/new/", values | chosen("contact", ann) | chosen("site", cast.depot), follow=True)
    assert answer.redirect_chain[-1][0] == back
    assert "Night watch" in body(answer)
    with see_all():
        given = ContactRole.objects.get()
    assert '<option value="Night watch">' in body(bob.get("/contacts/roles/new/"))
    assert "role=Night+watch" not in body(bob.get("/contacts/"))
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    answer = bob.post(f"/contacts/roles/{given.pk}/end/", {"day": day, "next": back}, follow=True)
    assert "At other times" in body(answer)
    assert bob.post(f"/contacts/roles/{given.pk}/end/", {"day": "2030-01-01"}).status_code == 409
    assert bob.post(f"/contacts/roles/{given.pk}/end/", {"day": "soon"}).status_code == 422


def test_a_hidden_contact_in_a_role_reads_another_contact(cast: Cast, client_of):
    hidden = person("Cedar Clerk", cast.cedar)
    role(hidden, "key holder", customer=cast.acme, site=cast.depot)
    role(hidden, "accounts", customer=cast.acme)
    bob = client_of(cast.bob)
    for place in (f"/sites/{cast.depot.pk}/", f"/sites/{cast.depot.pk}/contacts/", f"/customers/{cast.acme.pk}/"):
        page = body(bob.get(place))
        assert "another contact" in page, place
        assert "Cedar Clerk" not in page, place
    assert "Cedar Clerk" not in body(bob.get(f"/customers/{cast.acme.pk}/contacts/"))


def test_after_a_handover_each_side_reads_its_own_people_only(cast: Cast, client_of):
    role(person("Old Keys", cast.acme), "key holder", customer=cast.acme, site=cast.depot)
    with see_all():
        hand_over(cast.depot, to=cast.cedar, day=date(2026, 3, 1), today=date(2026, 3, 1), by_id=None)
    new = person("New Keys", cast.cedar)
    role(new, "key holder", customer=cast.cedar, site=cast.depot, since=date(2026, 3, 1))
    with see_all():
        old = Contact.objects.get(name="Old Keys")
    former = body(client_of(cast.charlie).get(f"/contacts/{old.pk}/"))
    assert "None: nothing says what Old Keys is for yet" in former
    assert "at Depot" in " ".join(former.split())
    assert "the site has changed hands" in former
    assert f"/sites/{cast.depot.pk}/" not in former
    assert client_of(cast.charlie).get(f"/contacts/{new.pk}/").status_code == 404
    keeper = make_user(name="Kim", role="office", sees=(cast.cedar,))
    page = body(client_of(keeper).get(f"/sites/{cast.depot.pk}/contacts/"))
    assert "New Keys" in page
    assert "Old Keys" not in page
    assert "another contact" not in page


def test_many_people_of_a_site_are_led_to_not_listed_on_its_overview(cast: Cast, client_of):
    for number in range(10):
        role(person(f"Person {number}", cast.acme), "key holder", customer=cast.acme, site=cast.depot)
    page = body(client_of(cast.bob).get(f"/sites/{cast.depot.pk}/"))
    assert "Person 7" in page
    assert "Person 8" not in page
    assert f'<a href="/sites/{cast.depot.pk}/contacts/">All 10 people</a>' in page


def test_more_contacts_cost_no_more_queries(cast: Cast, client_of):
    client = client_of(cast.alice)
    counts = []
    for _round in range(2):
        for _each in range(5):
            customer = make_customer()
            ann = person("Ann", customer)
            role(ann, "accounts", customer=cast.acme)
            role(ann, "key holder", customer=cast.acme, site=cast.depot)
            role(ann, "site manager", customer=customer, site=make_site(customer))
        found = []
        for place in ("/contacts/", f"/customers/{cast.acme.pk}/contacts/", f"/sites/{cast.depot.pk}/contacts/",
                      f"/sites/{cast.depot.pk}/", f"/customers/{cast.acme.pk}/"):  # fmt: skip
            client.get(place)  # the first time the session keeps what was looked at
            with CaptureQueriesContext(connection) as queries:
                client.get(place)
            found.append(len(queries))
        counts.append(found)
    assert counts[0] == counts[1]


def test_the_history_says_which_role_it_was_and_in_words(cast: Cast, client_of):
    ann, bob = person("Ann Lee", cast.acme), client_of(cast.bob)
    given = {"since": "2026-01-01"} | chosen("contact", ann)
    bob.post("/contacts/roles/new/", given | {"role": "default contact"} | chosen("site", cast.depot))
    bob.post("/contacts/roles/new/", given | {"role": "key holder"} | chosen("customer", cast.acme))
    with see_all():
        keys = ContactRole.objects.get(role="key holder")
    bob.post(f"/contacts/roles/{keys.pk}/end/", {"day": "2026-03-01"})
    page = body(bob.get(f"/contacts/{ann.pk}/history/"))
    assert "changed: role Key holder" in page
    assert "added: role Default contact" in page
    assert "<ins>Main contact</ins>" in page
    assert "Order" not in page


def test_an_archived_contact_stays_in_their_roles_and_is_marked(cast: Cast, client_of):
    ann, bob = person("Ann Lee", cast.acme), client_of(cast.bob)
    role(ann, "main", customer=cast.acme)
    role(ann, "main", customer=cast.acme, site=cast.depot)
    bob.post(f"/contacts/{ann.pk}/archive/")
    assert "<small>main contact, archived</small>" in body(bob.get(f"/customers/{cast.acme.pk}/"))
    page = body(bob.get(f"/sites/{cast.depot.pk}/"))
    assert "<small>default contact, archived</small>" in page
    assert "<small>Default contact, archived</small>" in page
