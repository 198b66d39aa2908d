"""Look at sites and customers as of a day, and at what one's customer had before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sitebook.basics.refused import StaleEdit
from sitebook.contacts.models import Contact, ContactRole
from sitebook.handovers.handover import hand_over
from sitebook.sites.as_of import place_seen
from sitebook.sites.models import Site
from tests.cast import Cast, make_site, make_user, see_all

MARCH = date(2024, 3, 1)


def body(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    text: str = response.content.decode()
    return text


@pytest.fixture
def sold(cast: Cast) -> Cast:
    """The depot went from Acme to Birch on 1 March 2024; each wrote notes, and named a contact."""
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(
            notes="Ask for Jane.", town="Leeds", latitude="53.5", longitude="-1.5"
        )
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=MARCH, by_id=None, name="Birch yard")
        Site.objects.filter(pk=cast.depot.pk).update(notes="New lock")
        for customer, name, day in ((cast.acme, "Ann Acme", None), (cast.birch, "Ben Birch", MARCH)):
            person = Contact.add(name=name, customer=customer)
            during = DateRange(day, None)
            ContactRole.objects.create(contact=person, customer=customer, site=cast.depot, role="main", during=during)
    return cast


@pytest.mark.django_db
def test_the_former_customers_people_read_the_place_as_it_was(sold: Cast, client_of: Any) -> None:
    client = client_of(make_user(name="Otto", role="office", sees=(sold.acme,)))
    page = body(client.get(f"/sites/{sold.depot.pk}/"))
    assert "Acme Supermarkets had this site until 1 Mar 2024. This is how it was then." in page
    for words in ("Depot", "D-1", "Ask for Jane.", "Ann Acme", "53.5, -1.5"):
        assert words in page, words
    for tab in ("", "contacts/", "documents/", "history/"):
        shown = body(client.get(f"/sites/{sold.depot.pk}/{tab}"))
        for words in ("Birch yard", "Birch Housing", "New lock", "Ben Birch", "/edit/", "/archive/", "Add a contact"):
            assert words not in shown, (tab, words)
    assert client.get(f"/sites/{sold.depot.pk}/edit/").status_code == 404
    assert client.get(f"/sites/{sold.depot.pk}/areas/").status_code == 404


@pytest.mark.django_db
def test_who_sees_both_goes_from_day_to_day(sold: Cast, client_of: Any) -> None:
    client = client_of(sold.bob)
    then = body(client.get(f"/sites/{sold.depot.pk}/?on=2024-02-29"))
    assert "As it was on 29 Feb 2024." in then
    assert "Ask for Jane." in then
    assert "New lock" not in then
    assert f'href="/sites/{sold.depot.pk}/">Back to today' in then
    assert f'href="/sites/{sold.depot.pk}/contacts/?on=2024-02-29"' in then
    assert "/edit/" not in then
    now = body(client.get(f"/sites/{sold.depot.pk}/?on={timezone.localdate()}"))
    assert "New lock" in now
    assert "Back to today" not in now
    later = timezone.localdate() + timedelta(30)
    assert "As it will be on" in body(client.get(f"/sites/{sold.depot.pk}/?on={later}"))


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["soon", "2024-02-31", "0001-01-01", "99999-01-01", "2024-3-1x", "%00"])
@pytest.mark.parametrize("address", ["/sites/", "/customers/", "/sites/{site}/", "/customers/{customer}/"])
def test_a_day_that_is_none_is_said_and_today_is_shown(wrong: str, address: str, sold: Cast, client_of: Any) -> None:
    path = address.format(site=sold.mill.pk, customer=sold.birch.pk)
    page = body(client_of(sold.vera).get(f"{path}?on={wrong}"))
    assert "is no day" in page or "does not know" in page
    assert "As it was" not in page


@pytest.mark.django_db
def test_the_list_of_a_day_filters_sorts_and_searches(sold: Cast, client_of: Any) -> None:
    client = client_of(sold.bob)
    with see_all():
        make_site(sold.acme, "Arcade", town="York", type="Shop", code="A-9")
    page = body(client.get("/sites/?on=2024-02-01"))
    assert page.index("Arcade") < page.index("Depot") < page.index("Mill")
    for query, found in (("q=A-9", "Arcade"), ("q=leed", "Depot"), (f"customer={sold.birch.pk}", "Mill"),
                         ("type=Shop", "Arcade"), ("sort=-place", "Depot")):  # fmt: skip
        shown = body(client.get(f"/sites/?on=2024-02-01&{query}"))
        assert found in shown, query
        if not query.startswith("sort"):
            assert sum(name in shown for name in ("Arcade", "Depot", "Mill")) == 1, query


@pytest.mark.django_db
def test_the_list_of_a_day_has_pages_and_asks_the_same_whatever_its_length(cast: Cast, client_of: Any) -> None:
    client, counts = client_of(cast.charlie), []
    client.get("/sites/?on=2024-02-01")  # the first request of a session asks more
    for number in range(2):
        for each in range(60):  # more than a page each time: of a list that stands on one page no count is asked
            make_site(cast.acme, f"Shop {each} {number}")
        with CaptureQueriesContext(connection) as queries:
            page = body(client.get("/sites/?on=2024-02-01"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "after=" in page


@pytest.mark.django_db
def test_customers_count_the_sites_of_the_day(sold: Cast, client_of: Any) -> None:
    client = client_of(sold.bob)
    page = body(client.get("/customers/?on=2024-02-01"))
    assert f'href="/customers/{sold.acme.pk}/sites/?on=2024-02-01">1<' in page
    card = body(client.get(f"/customers/{sold.acme.pk}/?on=2024-02-01"))
    assert "Sites, contacts and roles as they were on" in card
    sites = body(client.get(f"/customers/{sold.acme.pk}/sites/?on=2024-02-01"))
    assert "Depot" in sites
    assert "Ann Acme" in sites
    assert "Depot" not in body(client.get(f"/customers/{sold.acme.pk}/sites/"))


@pytest.mark.django_db
def test_a_customers_former_sites_lead_to_their_last_day(sold: Cast, client_of: Any) -> None:
    client = client_of(sold.charlie)
    assert f'href="/customers/{sold.acme.pk}/sites/?had=before"' in body(
        client.get(f"/customers/{sold.acme.pk}/sites/")
    )
    had = body(client.get(f"/customers/{sold.acme.pk}/sites/?had=before"))
    assert f'href="/sites/{sold.depot.pk}/?on=2024-02-29"' in had
    assert "had=before" not in body(client_of(sold.bob).get(f"/customers/{sold.birch.pk}/sites/"))


@pytest.mark.django_db
def test_a_site_one_never_saw_is_not_there_on_any_day(cast: Cast, client_of: Any) -> None:
    for address in ("", "?on=2024-02-01", "contacts/", "documents/?on=2024-02-01", "history/"):
        assert client_of(cast.charlie).get(f"/sites/{cast.vault.pk}/{address}").status_code == 404


@pytest.mark.django_db
def test_what_stands_for_the_site_of_a_day_saves_nothing(sold: Cast) -> None:
    with see_all():
        seen = place_seen(sold.depot.pk, on=date(2024, 2, 1), today=date(2024, 6, 1))
        assert seen
        with pytest.raises(StaleEdit):
            seen.site.change(version=seen.site.version, notes="overwritten")
        assert Site.objects.get(pk=sold.depot.pk).notes == "New lock"


@pytest.mark.django_db
def test_a_site_archived_since_is_in_the_list_of_the_day_before(cast: Cast, client_of: Any) -> None:
    with see_all():
        cast.depot.archive(by_id=None, at="2024-03-01T12:00Z")
    client = client_of(cast.charlie)
    assert "Depot" in body(client.get("/sites/?on=2024-02-29"))
    assert "Depot" not in body(client.get("/sites/?on=2024-03-02"))
