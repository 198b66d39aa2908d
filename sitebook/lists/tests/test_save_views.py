"""Save the address of a list under a name, share it, open the list with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from sitebook.access.identity import acting
from sitebook.lists.models import Default, SavedView, TooLong, same, stated
from tests.cast import Cast, make_cast, make_user, see_all


def save(client: Client, query: str = "q=de&sort=-name", key: str = "sites", **values: str) -> Any:
    return client.post(f"/lists/{key}/save/?{query}", {"name": "My sites"} | values)


def the_view(name: str = "My sites") -> SavedView:
    with see_all():
        return SavedView.objects.get(name=name)


@pytest.mark.django_db
def test_it_keeps_filters_sorting_and_columns_but_no_page(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    answer = save(client, "q=de&sort=-name&columns=name,code&status=active&after=xyz&view=9&type=")
    view = the_view()
    assert view.query == "q=de&sort=-name&columns=name,code&status=active"
    assert answer.status_code == 303
    assert answer["Location"] == f"/sites/?view={view.pk}&{view.query}"
    page = client.get(answer["Location"]).content.decode()
    assert ">My sites</a>" in page.replace("\n", "")
    assert 'aria-current="page">My sites' in page
    assert "Changed</span>" not in page


@pytest.mark.django_db
def test_a_private_view_is_there_for_its_owner_alone(cast: Cast, client_of: Any) -> None:
    save(client_of(cast.charlie))
    view = the_view()
    for other in (cast.alice, cast.bob):
        client = client_of(other)
        assert "My sites" not in client.get("/sites/?view=all").content.decode()
        page = client.get(f"/sites/?view={view.pk}&q=de").content.decode()
        assert "This view is gone, or no longer shared with you." in page
        for path in ("edit", "remove"):
            assert client.get(f"/lists/views/{view.pk}/{path}/").status_code == 404
        for path in ("edit", "remove", "default", "filters"):
            assert client.post(f"/lists/views/{view.pk}/{path}/", {"name": "x"}).status_code == 404
    assert the_view().name == "My sites"


@pytest.mark.django_db
def test_a_shared_view_is_there_for_everybody_and_shows_each_their_own_rows(cast: Cast, client_of: Any) -> None:
    save(client_of(cast.bob), "sort=-name", shared="on")
    view = the_view()
    for user, rows in ((cast.alice, 3), (cast.bob, 2), (cast.charlie, 1)):
        page = client_of(user).get(f"/sites/?view={view.pk}&sort=-name").content.decode()
        assert "My sites" in page
        assert page.count('<th scope="row"') == rows


@pytest.mark.django_db
def test_who_may_not_share_does_not(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    assert 'name="shared"' not in client.get("/lists/sites/save/?q=de").content.decode()
    save(client, shared="on")
    assert the_view().shared is False
    client.post(f"/lists/views/{the_view().pk}/edit/", {"name": "My sites", "shared": "on", "version": "1"})
    assert the_view().shared is False


@pytest.mark.django_db
def test_others_do_not_change_a_shared_view_but_who_may_share_does(cast: Cast, client_of: Any) -> None:
    save(client_of(cast.bob), shared="on")
    view = the_view()
    charlie = client_of(cast.charlie)
    for path in ("edit", "remove", "filters"):
        answer = charlie.post(f"/lists/views/{view.pk}/{path}/?q=x", {"name": "Mine now", "version": "1"})
        assert answer.status_code in (403, 422), path
        assert "belongs to somebody else" in answer.content.decode()
    for path in ("edit", "remove"):
        assert charlie.get(f"/lists/views/{view.pk}/{path}/").status_code == 403, path
    assert "Rename or share" not in charlie.get(f"/sites/?view={view.pk}&q=x").content.decode()
    assert the_view().query == view.query
    client_of(cast.alice).post(f"/lists/views/{view.pk}/edit/", {"name": "Ours", "version": "1", "shared": "on"})
    assert the_view("Ours").owner_id == cast.bob.pk


@pytest.mark.django_db
def test_a_shared_filter_tells_nothing_of_a_hidden_customer(cast: Cast, client_of: Any) -> None:
    save(client_of(cast.alice), f"customer={cast.cedar.pk}", name="Big one", shared="on")
    view = the_view("Big one")
    assert "Cedar" in client_of(cast.alice).get(f"/sites/?{view.state}").content.decode()
    page = client_of(cast.charlie).get(f"/sites/?{view.state}").content.decode()
    assert "Cedar" not in page
    assert "The filter Customer does not know" in page
    assert "Big one" in page


@pytest.mark.django_db
def test_the_bare_address_leads_to_the_view_chosen_and_all_stays_open(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    assert client.get("/sites/").status_code == 200
    save(client, default="on")
    view = the_view()
    answer = client.get("/sites/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sites/?{view.state}")
    whole = client.get("/sites/?view=all")
    assert whole.status_code == 200
    assert 'aria-current="page">All' in whole.content.decode()
    assert client.get("/sites/?q=x").status_code == 200
    assert client.get("/customers/").status_code == 200
    assert client_of(cast.bob).get("/sites/").status_code == 200
    assert client.post("/lists/sites/default/none/").status_code == 303
    assert client.get("/sites/").status_code == 200


@pytest.mark.django_db
def test_a_default_that_is_deleted_or_no_longer_shared_falls_back(cast: Cast, client_of: Any) -> None:
    bob, charlie = client_of(cast.bob), client_of(cast.charlie)
    for act in ("edit", "remove"):
        save(bob, shared="on")
        view = the_view()
        assert charlie.post(f"/lists/views/{view.pk}/default/").status_code == 303
        assert charlie.get("/sites/").status_code == 302
        assert bob.post(f"/lists/views/{view.pk}/{act}/", {"name": "My sites", "version": "1"}).status_code == 303
        assert charlie.get("/sites/").status_code == 200
        assert charlie.get(f"/sites/?{view.state}").status_code == 200
        with see_all():
            SavedView.objects.all().delete()
    with see_all():
        assert Default.objects.count() == 0


@pytest.mark.django_db
def test_other_filters_are_marked_and_can_be_kept(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    save(client)
    view = the_view()
    other = f"/sites/?view={view.pk}&q=mill&sort=-name"
    page = client.get(other).content.decode()
    assert ">Changed</span>" in page
    assert f'action="/lists/views/{view.pk}/filters/?q=mill&amp;sort=-name"' in page
    assert ">Changed</span>" not in client.get(f"/sites/?sort=-name&q=de&view={view.pk}").content.decode()
    client.post(f"/lists/views/{view.pk}/filters/?q=mill&sort=-name", {"version": "1"})
    assert the_view().query == "q=mill&sort=-name"
    assert ">Changed</span>" not in client.get(other).content.decode()


@pytest.mark.django_db
def test_two_people_do_not_write_over_each_other(cast: Cast, client_of: Any) -> None:
    save(client_of(cast.bob), shared="on")
    view = the_view()
    client_of(cast.bob).post(f"/lists/views/{view.pk}/filters/?q=one", {"version": "1"})
    late = client_of(cast.alice).post(f"/lists/views/{view.pk}/filters/?q=two", {"version": "1"})
    assert late.status_code == 409
    assert the_view().query == "q=one"


@pytest.mark.django_db
def test_a_name_is_given_once_by_each_person(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    save(client)
    again = save(client, name="MY  SITES ")
    assert again.status_code == 422
    assert "You have a view called" in again.content.decode()
    assert save(client, key="customers").status_code == 303
    assert save(client_of(cast.bob)).status_code == 303
    save(client, name="Other")
    taken = client.post(f"/lists/views/{the_view('Other').pk}/edit/", {"name": "My sites", "version": "1"})
    assert taken.status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\0"])
def test_a_view_needs_a_short_name(name: str, cast: Cast, client_of: Any) -> None:
    answer = save(client_of(cast.charlie), name=name)
    assert answer.status_code == 422
    with see_all():
        assert not SavedView.objects.exists()


@pytest.mark.django_db
def test_it_refuses_more_filters_than_it_can_keep(cast: Cast, client_of: Any) -> None:
    client, long = client_of(cast.charlie), "&".join(f"tag={number}" for number in range(500))
    assert client.get(f"/sites/?{long}").status_code == 200
    answer = save(client, long)
    assert answer.status_code == 422
    assert "more filters than a view can keep" in answer.content.decode()
    with pytest.raises(TooLong):
        stated(long)


@pytest.mark.django_db
def test_a_view_whose_filter_is_gone_opens_with_the_notice_of_the_list(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    save(client, "status=abolished&columns=gone,code&sort=gone")
    page = client.get(f"/sites/?{the_view().state}").content.decode()
    assert "does not know “abolished”" in page
    assert "This list has no column “gone”." in page
    assert "This list cannot be sorted by “gone”." in page


@pytest.mark.django_db
def test_nobody_puts_a_view_above_a_list_they_may_not_open(cast: Cast, client_of: Any) -> None:
    bob = client_of(cast.bob)
    for key in ("users", "changes"):
        assert save(bob, "q=x", key, shared="on", default="on").status_code == 403
        assert bob.post(f"/lists/{key}/default/none/").status_code == 403
    with see_all():
        assert not SavedView.objects.exists()
    assert save(client_of(cast.alice), "q=x", "users", shared="on").status_code == 303
    assert bob.post(f"/lists/views/{the_view().pk}/default/").status_code == 403
    with see_all():
        assert not Default.objects.exists()


@pytest.mark.django_db
def test_unknown_lists_keep_nothing(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.alice)
    assert save(client, key="nonsense").status_code == 404
    assert client.post("/lists/nonsense/default/none/").status_code == 404
    for value in ("9" * 30, "-1", "<b>", "1 OR 1"):
        assert client.get("/sites/", {"view": value}).status_code == 200


@pytest.mark.django_db
def test_the_database_keeps_private_views_apart(cast: Cast) -> None:
    with acting(user=cast.bob, via="screen"):
        mine = {"list_key": "sites", "query": "q=a", "owner_id": cast.bob.pk, "may_share": True}
        private = SavedView.keep(name="Private", shared=False, **mine)
        SavedView.keep(name="Ours", shared=True, **mine)
        Default.choose(private, user_id=cast.bob.pk)
    for user in (cast.alice, cast.charlie):
        with acting(user=user, via="screen"):
            assert [view.name for view in SavedView.objects.all()] == ["Ours"]
            assert not Default.objects.exists()


def test_two_choices_at_once_leave_one(committed: None) -> None:
    cast = make_cast()
    with acting(user=cast.bob, via="screen"):
        made = {"list_key": "sites", "query": "", "owner_id": cast.bob.pk, "shared": False, "may_share": True}
        views = [SavedView.keep(name=f"View {number}", **made) for number in range(4)]

    def choose(view: SavedView) -> None:
        with acting(user=cast.bob, via="screen"):
            Default.choose(view, user_id=cast.bob.pk)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(choose, views))
    with see_all():
        assert Default.objects.count() == 1


@pytest.mark.django_db
def test_the_views_of_a_list_cost_one_query(cast: Cast, client_of: Any, django_assert_num_queries: Any) -> None:
    user = make_user(name="Collector", role="office", sees=(cast.acme,))
    client = client_of(user)
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _round in range(2):
        for number in range(5):
            save(client, f"q={number}", name=f"View {_round} {number}")
        client.get("/sites/?view=all")
        with CaptureQueriesContext(connection) as queries:
            client.get("/sites/?view=all")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_same_list_said_differently_is_the_same() -> None:
    assert same("a=1&b=2&b=3", "b=3&b=2&a=1")
    assert not same("a=1", "a=1&b=2")
    assert stated("a=&q=x%00y&view=3&before=z") == "q=xy"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "address"), [("users", "/users/"), ("changes", "/changes/"), ("contacts", "/contacts/")]
)
def test_other_lists_keep_views_too(key: str, address: str, cast: Cast, client_of: Any) -> None:
    client = client_of(cast.alice)
    assert save(client, "q=bob", key=key, default="on")["Location"].startswith(address)
    assert client.get(address)["Location"] == f"{address}?{the_view().state}"
    assert "My sites" in client.get(f"{address}?view=all").content.decode()
