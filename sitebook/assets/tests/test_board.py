"""The board of assets: lanes by status or customer, cards moved by an act, what a restricted user sees."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, LifeState
from sitebook.history.models import Change
from tests.cast import make_customer, see_all

pytestmark = pytest.mark.django_db
BOARD = "/assets/board/"


@pytest.fixture
def lifts(cast):
    with see_all():
        made = [Asset.add(owner=cast.acme, site=cast.depot, serial=f"LIFT-{number:02}") for number in range(25)]
        Asset.add(owner=cast.birch, serial="STORED", lifecycle="in stock")
    return made


@pytest.fixture
def bob(cast, client_of):
    return client_of(cast.bob)


def lane(client, key, by="status", **more):
    """The cards and count of a lane, as the board asks for them."""
    answer = client.get(BOARD, {"by": by, "lane": key, **more}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    page = answer.content.decode()
    titles = re.findall(r'class="title"><a class="code"[^>]*>([^<]*)<', page)
    return titles, re.search(r'class="count">([^<]*)<', page).group(1), page


def lanes_of(page):
    return [unescape(name) for name in re.findall(r"<h2[^>]*><a[^>]*>([^<]*)</a></h2>", page)]


def move(client, asset, to, **more):
    return client.post(
        f"/assets/{asset.pk}/to-lane/?by=status&part=card", {"to": to}, headers={"HX-Request": "true"}, **more
    )


def test_it_has_a_lane_for_each_status_and_reads_no_cards_by_itself(bob, lifts):
    page = bob.get(BOARD).content.decode()
    assert lanes_of(page)[:4] == ["Planned", "In stock", "In transit", "In service"]
    assert 'class="card"' not in page
    assert 'id="list-count">26<' in page


def test_a_lane_counts_and_pages_without_repeating_a_card(bob, lifts):
    titles, count, page = lane(bob, "in service")
    assert (len(titles), count) == (20, "25")
    assert titles[0] == "LIFT-24"
    more = unescape(re.search(r'hx-get="([^"]*after=[^"]*)"', page).group(1))
    rest = bob.get(more, headers={"HX-Request": "true"}).content.decode()
    others = re.findall(r'class="title"><a class="code"[^>]*>([^<]*)<', rest)
    assert sorted(titles + others) == [f"LIFT-{number:02}" for number in range(25)]
    assert "<section" not in rest


def test_a_lane_counts_to_a_thousand(bob, cast):
    with see_all():
        Asset.objects.bulk_create([Asset(owner=cast.acme, serial=f"S-{number}") for number in range(1_001)])
    assert lane(bob, "in service")[1] == "1,000+"


def test_the_filters_of_the_list_apply(bob, lifts):
    assert lane(bob, "in service", q="LIFT-07")[:2] == (["LIFT-07"], "1")
    assert lanes_of(bob.get(BOARD, {"lifecycle": "in stock"}).content.decode()) == ["In stock"]
    page = bob.get(BOARD, {"q": "stored"}).content.decode()
    assert 'id="list-count">1<' in page
    assert "/assets/?q=stored&amp;lifecycle=in+stock" in page


def test_its_lanes_can_be_customers(bob, lifts, cast):
    with see_all():
        Asset.add(serial="OURS")
    page = bob.get(BOARD, {"by": "customer"}).content.decode()
    assert lanes_of(page) == ["our own firm", "Acme Supermarkets", "Birch Housing"]
    assert lane(bob, cast.acme.pk, by="customer")[1] == "25"
    assert lane(bob, cast.birch.pk, by="customer")[0] == ["STORED"]
    assert lane(bob, "own", by="customer")[0] == ["OURS"]
    narrowed = bob.get(BOARD, {"by": "customer", "q": "stored"}).content.decode()
    assert lanes_of(narrowed) == ["Birch Housing"]


def test_many_customers_come_in_parts(client_of, cast):
    owners = [make_customer(f"Owner {number:02}") for number in range(14)]
    with see_all():
        for owner in owners:
            Asset.add(owner=owner)
    alice = client_of(cast.alice)
    first = alice.get(BOARD, {"by": "customer"}).content.decode()
    assert len(lanes_of(first)) == 12
    rest = alice.get(unescape(re.search(r'href="([^"]*lanes=[^"]*)"', first).group(1))).content.decode()
    assert lanes_of(first) + lanes_of(rest) == [f"Owner {number:02}" for number in range(14)]


def test_moving_a_card_is_an_act_that_can_be_taken_back(bob, lifts, cast):
    asset = lifts[3]
    answer = move(bob, asset, "in workshop")
    assert answer.status_code == 200
    assert "is “In workshop” now" in answer.content.decode()
    assert lane(bob, "in workshop")[:2] == (["LIFT-03"], "1")
    with see_all():
        act = AssetAct.objects.get(asset=asset)
        assert (act.kind, act.made_by_id, act.day) == (AssetAct.Kind.STATE, cast.bob.pk, timezone.localdate())
        assert Change.objects.filter(kind="assets_lifestate", actor_id=cast.bob.pk).exists()
    undo = re.search(r'<form method="post" action="([^"]*)"', answer.content.decode()).group(1)
    assert bob.post(undo).status_code == 303
    with see_all():
        asset.refresh_from_db()
        assert asset.lifecycle == "in service"


def test_a_move_that_cannot_be_is_refused_in_a_sentence_and_writes_nothing(bob, lifts):
    with see_all():
        lifts[0].enter("retired", on=timezone.localdate() - timedelta(days=3))
    answer = move(bob, lifts[0], "on loan")
    assert answer.status_code == 409
    assert "is “Retired” and cannot become “On loan” from there" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert move(bob, lifts[1], "no-such-lane").status_code == 409
    with see_all():
        assert not AssetAct.objects.exists()
        assert LifeState.objects.filter(asset=lifts[0]).count() == 2


def test_without_scripts_a_form_asks_where_to(bob, lifts):
    asset = lifts[5]
    shown = lane(bob, "in service")[2]
    form = unescape(re.search(rf'href="(/assets/{asset.pk}/to-lane/[^"]*)"', shown).group(1))
    page = bob.get(form).content.decode()
    assert 'value="on loan"' in page
    assert 'value="planned"' not in page
    done = bob.post(form, {"to": "on loan"})
    assert done.status_code == 303
    assert done.url.startswith(BOARD)
    assert bob.post(form, {"to": "planned"}).status_code == 422
    with see_all():
        asset.refresh_from_db()
        assert asset.lifecycle == "on loan"


def test_a_lane_alone_is_a_page_too(bob, lifts):
    page = bob.get(BOARD, {"lane": "in stock"}).content.decode()
    assert "STORED" in page
    assert "<html" in page
    assert bob.get(BOARD, {"lane": "nowhere"}).status_code == 404


def test_a_move_to_a_customer_opens_the_form_that_shows_what_it_touches(bob, lifts, cast):
    answer = bob.post(f"/assets/{lifts[0].pk}/to-lane/?by=customer&part=card", {"to": cast.birch.pk})
    assert answer.status_code == 303
    page = bob.get(answer.url).content.decode()
    assert "Acme Supermarkets → Birch Housing" in page
    with see_all():
        lifts[0].refresh_from_db()
        assert lifts[0].owner_id == cast.acme.pk


def test_who_may_not_change_assets_moves_none(client_of, cast):
    with see_all():
        asset = Asset.add(owner=cast.birch, serial="BIRCH")
    vera = client_of(cast.vera)
    assert "data-move" not in lane(vera, "in service")[2]
    assert move(vera, asset, "on loan").status_code == 403


def test_who_may_not_change_owners_moves_none_between_customers(client_of, cast):
    with see_all():
        asset = Asset.add(owner=cast.acme, serial="ACME")
    charlie = client_of(cast.charlie)
    assert "data-move" not in lane(charlie, cast.acme.pk, by="customer")[2]
    answer = charlie.post(f"/assets/{asset.pk}/to-lane/?by=customer", {"to": "own"})
    assert answer.status_code == 403


def test_of_another_day_it_shows_what_was_and_moves_nothing(bob, lifts, cast):
    today = timezone.localdate()
    with see_all():
        lifts[2].enter("in workshop", on=today - timedelta(days=10))
        lifts[2].enter("in service", on=today - timedelta(days=2))
    day = (today - timedelta(days=5)).isoformat()
    titles, count, page = lane(bob, "in workshop", on=day)
    assert (titles, count) == (["LIFT-02"], "1")
    assert "data-move" not in page
    assert lane(bob, cast.acme.pk, by="customer", on=day)[1] == "25"
    assert lane(bob, "in workshop")[0] == []


def test_a_hidden_owner_or_place_reads_another_customer(client_of, cast):
    """Charlie sees Acme alone: a lift of Cedar's at Acme's depot, one of Acme's at Cedar's vault, one all Cedar's."""
    with see_all():
        Asset.add(owner=cast.cedar, site=cast.depot, serial="LEASED")
        Asset.add(owner=cast.acme, site=cast.vault, serial="AWAY")
        Asset.add(owner=cast.cedar, site=cast.vault, serial="THEIRS")
    charlie = client_of(cast.charlie)
    board = charlie.get(BOARD, {"by": "customer"}).content.decode()
    assert lanes_of(board) == ["Acme Supermarkets", "another customer"]
    assert 'id="list-count">2<' in board
    by_status, away, leased = (
        lane(charlie, "in service"),
        lane(charlie, cast.acme.pk, by="customer"),
        lane(charlie, "hidden", by="customer"),
    )
    assert (sorted(by_status[0]), by_status[1]) == (["AWAY", "LEASED"], "2")
    assert (away[:2], leased[:2]) == ((["AWAY"], "1"), (["LEASED"], "1"))
    assert "another customer" in away[2]
    for page in (board, by_status[2], away[2], leased[2]):
        assert [name for name in ("Cedar", "Vault", "THEIRS") if name in page] == []
    listed = charlie.get("/assets/?owner=hidden").content.decode()
    assert 'id="list-count">1<' in listed
    assert charlie.get(BOARD, {"by": "customer", "lane": cast.cedar.pk}).status_code == 404
    alice = client_of(cast.alice)
    assert lanes_of(alice.get(BOARD, {"by": "customer"}).content.decode()) == ["Acme Supermarkets", "Cedar Hospital"]


def test_a_card_says_what_was_typed_as_text(bob, cast):
    with see_all():
        Asset.add(owner=cast.acme, serial="<i>\"S'</i>", description="<b>L</b>")
    page = lane(bob, "in service")[2]
    assert "&lt;i&gt;" in page
    assert "&lt;b&gt;L" in page
    assert "<i>" not in page
    assert "<b>L" not in page
