"""Who else has to do with a site: owner, agent, occupier and payer, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.contacts.models import Contact, SiteParty
from sitebook.contacts.parties import change_party, end_party, name_party, parties_at, party_of
from sitebook.customers.models import Customer
from sitebook.handovers.handover import correct, hand_over, take_back
from sitebook.sites.models import Site, Tenure
from tests.cast import Cast, make_customer, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]
JANUARY, MARCH, JUNE, TODAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1), date(2026, 11, 1)


def landlord(site: Site, party: Customer | Contact, since: date = JANUARY, role: str = "owner") -> SiteParty:
    with see_all():
        return name_party(site, role=role, party=party, since=since)


def names(site: Site, on: date) -> list[str]:
    now, _other = parties_at(site, on=on)
    return [f"{each.role}: {each.name}" for each in now]


def test_it_says_who_counts_on_which_day(cast: Cast) -> None:
    owner, agent = make_customer("Olive Estates"), make_customer("Agatha Agents")
    landlord(cast.depot, owner)
    landlord(cast.depot, agent, MARCH, "agent")
    with see_all():
        assert names(cast.depot, JANUARY - timedelta(1)) == []
        assert names(cast.depot, JANUARY) == ["Owner or landlord: Olive Estates"]
        assert names(cast.depot, MARCH) == ["Owner or landlord: Olive Estates", "Managing agent: Agatha Agents"]


def test_the_landlord_changes_in_one_step(cast: Cast) -> None:
    old, new = make_customer("Olive Estates"), make_customer("Nora Properties")
    row = landlord(cast.depot, old)
    with see_all():
        change_party(row, party=new, since=MARCH)
        assert names(cast.depot, MARCH - timedelta(1)) == ["Owner or landlord: Olive Estates"]
        assert names(cast.depot, MARCH) == ["Owner or landlord: Nora Properties"]
        with refused("day_outside_period", match="ended on 1 Mar 2026 already"):
            change_party(row, party=old, since=JUNE)


def test_a_change_on_the_first_day_leaves_no_trace_of_a_time_that_never_was(cast: Cast) -> None:
    row = landlord(cast.depot, make_customer("Olive Estates"))
    nora = make_customer("Nora Properties")
    with see_all():
        change_party(row, party=nora, since=JANUARY)
        (left,) = SiteParty.objects.filter(site=cast.depot)
        assert left.during == DateRange(JANUARY, None)


def test_it_ends_on_a_day_and_never_later_than_it_ended(cast: Cast) -> None:
    row = landlord(cast.depot, make_customer("Olive Estates"))
    with see_all():
        end_party(row, on=MARCH)
        assert names(cast.depot, MARCH) == []
        with refused("day_outside_period", match="ended on 1 Mar 2026 already"):
            end_party(row, on=JUNE)


def test_one_pays_at_a_time_and_never_the_customer_itself(cast: Cast) -> None:
    one, other = make_customer("Paula Payer"), make_customer("Percy Payer")
    row = landlord(cast.depot, one, role="payer")
    with see_all():
        with refused("payer_exists", match="Paula Payer pays for Depot already, since 1 Jan 2026"):
            name_party(cast.depot, role="payer", party=other, since=MARCH)
        change_party(row, party=other, since=MARCH)
        assert names(cast.depot, JUNE) == ["Pays instead: Percy Payer"]
        with refused("pays_anyway", match="Acme Supermarkets has Depot and pays anyway"):
            name_party(cast.depot, role="payer", party=cast.acme, since=date(2025, 1, 1), until=JANUARY)


def test_it_refuses_what_makes_no_sense_in_words(cast: Cast) -> None:
    olive, gone = make_customer("Olive Estates"), make_customer("Gone Estates")
    landlord(cast.depot, olive)
    with see_all():
        gone.archive(by_id=None, at=timezone.now())
        with refused("has_role_already", match="Olive Estates has this role at Depot already"):
            name_party(cast.depot, role="owner", party=olive, since=MARCH)
        with refused("is_archived", match="Gone Estates is archived"):
            name_party(cast.depot, role="owner", party=gone, since=MARCH)
        with refused("day_outside_period", match="before it begins"):
            name_party(cast.depot, role="agent", party=olive, since=MARCH, until=MARCH)
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(JANUARY, None))
        with refused("site_without_customer", match="On 31 Dec 2025 no customer"):
            name_party(cast.depot, role="agent", party=olive, since=JANUARY - timedelta(1))


def test_a_hand_over_carries_owner_and_agent_and_never_the_payer(cast: Cast) -> None:
    owner, agent, payer = make_customer("Olive Estates"), make_customer("Agatha Agents"), make_customer("Paula Payer")
    for role, who in (("owner", owner), ("agent", agent), ("payer", payer), ("occupier", payer)):
        landlord(cast.depot, who, role=role)
    with see_all():
        change = hand_over(
            cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=None, carry=("owner", "agent", "payer")
        )
        site = Site.objects.get(pk=cast.depot.pk)
        assert names(site, MARCH - timedelta(1)) == [
            "Owner or landlord: Olive Estates",
            "Managing agent: Agatha Agents",
            "Occupier or tenant: Paula Payer",
            "Pays instead: Paula Payer",
        ]
        assert names(site, MARCH) == ["Owner or landlord: Olive Estates", "Managing agent: Agatha Agents"]
        correct(change, to=cast.birch, day=JUNE, today=TODAY)
        assert len(names(site, MARCH)) == 4
        assert len(names(site, JUNE)) == 2
        take_back(change, at=timezone.now())
        assert len(names(site, JUNE)) == 4
        assert not SiteParty.objects.filter(customer=cast.birch).exists()


def test_a_hidden_landlord_comes_along_unread(cast: Cast) -> None:
    landlord(cast.depot, cast.cedar)
    with acting(user=cast.bob, via="screen"):
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=cast.bob.pk)
        assert names(Site.objects.get(pk=cast.depot.pk), JUNE) == ["Owner or landlord: another customer"]
    with see_all():
        assert names(Site.objects.get(pk=cast.depot.pk), JUNE) == ["Owner or landlord: Cedar Hospital"]


def test_what_the_next_customer_wrote_itself_is_not_carried_twice(cast: Cast) -> None:
    owner = make_customer("Olive Estates")
    with see_all():
        hand_over(cast.depot, to=cast.birch, day=JUNE, today=TODAY, by_id=None)
        name_party(Site.objects.get(pk=cast.depot.pk), role="owner", party=owner, since=JUNE)
        name_party(Site.objects.get(pk=cast.depot.pk), role="owner", party=owner, since=JANUARY, until=MARCH)
        hand_over(cast.depot, to=cast.cedar, day=date(2026, 2, 1), today=TODAY, by_id=None)
        rows = SiteParty.objects.filter(site=cast.depot, customer=cast.cedar)
        assert [row.during for row in rows] == [DateRange(date(2026, 2, 1), MARCH)]


def test_the_former_customers_people_keep_their_rows_and_see_nothing_newer(cast: Cast) -> None:
    landlord(cast.depot, make_customer("Olive Estates"))
    with see_all():
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=TODAY, by_id=None)
    with acting(user=cast.charlie, via="screen"):
        assert {row.customer_id for row in SiteParty.objects.filter(site=cast.depot)} == {cast.acme.pk}
    with acting(user=cast.vera, via="screen"):
        assert {row.customer_id for row in SiteParty.objects.filter(site=cast.depot)} == {cast.birch.pk}


def test_the_party_lists_the_sites_the_reader_sees(cast: Cast) -> None:
    owner = make_customer("Olive Estates")
    for site in (cast.depot, cast.mill, cast.vault):
        landlord(site, owner)
    with acting(user=cast.bob, via="screen"):
        assert {row.site_id for row in party_of(owner, on=JUNE)} == {cast.depot.pk, cast.mill.pk}
    with see_all():
        assert party_of(owner, on=JUNE).count() == 3
        assert party_of(owner, on=JANUARY - timedelta(1)).count() == 0


def test_a_dispatcher_writes_changes_and_ends_a_party_on_the_screen(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    answer = client.post(
        f"/sites/{cast.depot.pk}/parties/new/", {"role": "owner", "party": cast.birch.pk, "since": "2026-01-01"}
    )
    assert answer.status_code == 303
    page = client.get(f"/sites/{cast.depot.pk}/").text
    assert "Owner or landlord" in page
    assert "Depot" in client.get(f"/customers/{cast.birch.pk}/").text
    with see_all():
        (row,) = SiteParty.objects.filter(site=cast.depot)
        person = Contact.add(name="Peter Private")
    answer = client.post(f"/parties/{row.pk}/change/", {"person": person.pk, "since": "2026-03-01"})
    assert answer.status_code == 303
    page = client.get(f"/sites/{cast.depot.pk}/").text
    assert "Peter Private" in page
    assert "1 at another time" in page
    assert "Depot" in client.get(f"/contacts/{person.pk}/").text
    with see_all():
        row = SiteParty.objects.get(site=cast.depot, person=person)
    assert client.post(f"/parties/{row.pk}/end/", {"day": "2026-06-01"}).status_code == 303
    assert "The customer is the only one known" in client.get(f"/sites/{cast.depot.pk}/").text


def test_the_form_says_what_is_wrong(cast: Cast, client_of: ClientOf) -> None:
    client, address = client_of(cast.bob), f"/sites/{cast.depot.pk}/parties/new/"
    with see_all():
        person = Contact.add(name="Peter Private")
    good = {"role": "owner", "since": "2026-01-01"}
    for typed, status, said in (
        (good, 422, "Say who it is."),
        (good | {"party": cast.birch.pk, "person": person.pk}, 422, "not both"),
        (good | {"party": cast.cedar.pk}, 422, "no longer there, or you may not see it"),
        (good | {"party": 987654}, 422, "no longer there, or you may not see it"),
        (good | {"party": cast.birch.pk, "since": "yesterday"}, 422, "valid date"),
        (good | {"party": cast.birch.pk, "role": "friend"}, 422, "valid choice"),
        (good | {"party": cast.acme.pk, "role": "payer"}, 409, "pays anyway"),
    ):
        answer = client.post(address, typed)
        assert (answer.status_code, said in answer.text) == (status, True), typed
    with see_all():
        assert not SiteParty.objects.exists()


def test_others_may_not_touch_what_they_do_not_see_or_may_not_change(cast: Cast, client_of: ClientOf) -> None:
    hidden, mine = landlord(cast.vault, cast.acme), landlord(cast.depot, cast.cedar)
    bob, charlie = client_of(cast.bob), client_of(cast.charlie)
    assert bob.get(f"/sites/{cast.vault.pk}/parties/new/").status_code == 404
    assert bob.post(f"/parties/{hidden.pk}/end/", {"day": "2026-06-01"}).status_code == 404
    page = bob.get(f"/parties/{mine.pk}/change/").text
    assert "another customer" in page
    assert "Cedar" not in page
    assert charlie.post(f"/parties/{mine.pk}/end/", {"day": "2026-06-01"}).status_code == 403
    assert "another customer" in charlie.get(f"/sites/{cast.depot.pk}/").text
    assert "Vault" not in bob.get(f"/customers/{cast.acme.pk}/").text
