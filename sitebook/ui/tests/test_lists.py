"""Lists against a brute-force model: sort everything in Python, cut it into pages, compare."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connections, models
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitebook.ui.filters import Archived, Choice, Day, Linked
from sitebook.ui.listing import Column, Listing, Page

pytestmark = pytest.mark.django_db(databases=["owner"])
ALIAS = "owner"


class Thing(models.Model):
    name = models.CharField(max_length=50, db_collation="C")
    kind = models.CharField(max_length=10, default="company")
    place = models.CharField(max_length=50, null=True, db_collation="C")
    size = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    seen_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "ui"
        apps = Apps()
        db_table = "ui_test_thing"


def letters(name: str) -> list[tuple[str, str]]:
    return [(each, each.title()) for each in name.split()]


LISTING = Listing(
    columns=[
        Column(key="name", label="Name", sort=("name",), look="grow l1"),
        Column(key="place", label="Place", sort=("place",)),
        Column(key="size", label="Size", sort=("size",), numeric=True, first_descending=True),
        Column(key="price", label="Price", sort=("price",), numeric=True),
        Column(key="seen", label="Seen", sort=("seen_at",)),
        Column(key="both", label="Size and name", sort=("size", "name")),
        Column(key="plain", label="Not sortable"),
    ],
    order="name",
    search=lambda things, text: things.filter(name__icontains=text),
    filters=[
        Choice("kind", "Kind", letters("company person")),
        Archived(),
        Linked("size", "Size", name=lambda pk: f"size {pk}" if pk < 10 else None, lookup="size"),
        Day("since", "Seen", "seen_at"),
        Day("to", "Seen", "seen_at", until=True),
    ],
    size=3,
    cap=20,
)
FIELDS = {
    "name": ["name"],
    "place": ["place"],
    "size": ["size"],
    "price": ["price"],
    "seen": ["seen_at"],
    "both": ["size", "name"],
}


@pytest.fixture
def table(db: None) -> None:
    with connections[ALIAS].schema_editor() as editor:
        editor.create_model(Thing)


def page_at(address: str = "", listing: Listing = LISTING) -> Page:
    return listing.page(QueryDict(address.removeprefix("?")), "/things/", Thing.objects.using(ALIAS))


def at(url: str, listing: Listing = LISTING) -> Page:
    return page_at(url.removeprefix("/things/"), listing)


def expected(sort: str) -> list[int]:
    """Every id in order: stable sorts from the last key to the first, empty values last, ties by id."""
    rows = list(Thing.objects.using(ALIAS))
    parts = sort.split(",")
    rows.sort(key=lambda row: row.pk, reverse=parts[-1].startswith("-"))
    for part in reversed(parts):
        for name in reversed(FIELDS[part.removeprefix("-")]):
            filled = [row for row in rows if getattr(row, name) is not None]
            empty = [row for row in rows if getattr(row, name) is None]
            filled.sort(key=lambda row, name=name: getattr(row, name), reverse=part.startswith("-"))
            rows = filled + empty
    return [row.pk for row in rows]


words = st.sampled_from(["", "a", "A", "b", "ä", "Ab", "z'", '"', "日本", "a b"])
things = st.builds(
    Thing,
    name=words,
    place=st.none() | words,
    size=st.integers(-2, 2) | st.sampled_from([-(2**31), 2**31 - 1]),
    price=st.none() | st.sampled_from(["0.00", "-1.50", "999999.99"]),
    seen_at=st.none()
    | st.sampled_from([datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]),
)
sorts = st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True).flatmap(
    lambda keys: st.tuples(*(st.sampled_from([key, f"-{key}"]) for key in keys)).map(",".join)
)


@given(rows=st.lists(things, max_size=14), sort=sorts)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_forth_and_back_are_the_sorted_rows_cut_up(table: None, rows: list[Thing], sort: str) -> None:
    Thing.objects.using(ALIAS).all().delete()
    for row in rows:
        row.pk = None
    Thing.objects.using(ALIAS).bulk_create(rows)
    ids = expected(sort)
    page = page_at(f"?sort={sort}")
    forth = [page]
    while page.next_url and len(forth) <= len(ids):
        page = at(page.next_url)
        forth.append(page)
    assert [row.pk for page in forth for row in page.rows] == ids
    assert [page.first for page in forth] == list(range(1, len(ids) + 1, 3)) or not ids
    assert all(bool(page.previous_url) == (number > 0) for number, page in enumerate(forth))
    while page.previous_url and len(forth) > 0:
        forth.pop()
        number, page = page.first, at(page.previous_url)
        assert page.first == number - 3
        assert [row.pk for row in page.rows] == ids[page.first - 1 : page.last]
    assert page.first == 1
    assert not page.notices


def test_it_counts_exactly_up_to_the_cap(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name="x") for _ in range(20))
    assert str(page_at().count) == "20"
    Thing.objects.using(ALIAS).create(name="x")
    assert str(page_at().count) == "20+"


def test_it_counts_all_when_asked_to_and_carries_that_no_further(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name="x") for _ in range(25))
    page = page_at("?q=x")
    assert page.count_url == "/things/?q=x&count=all"
    counted = at(page.count_url)
    assert (str(counted.count), counted.count_url) == ("25", "")
    assert "count" not in counted.next_url


def test_a_page_that_holds_every_row_is_not_counted_as_well(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number}") for number in range(3))
    with CaptureQueriesContext(connections[ALIAS]) as queries:
        assert str(page_at().count) == "3"
    assert len(queries) == 1
    Thing.objects.using(ALIAS).create(name="x")
    assert str(at(page_at().next_url).count) == "4"


def test_more_rows_cost_no_more_queries(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number}") for number in range(15))
    for listing in (LISTING, Listing(columns=LISTING.columns, order="-price,name", size=12)):
        with CaptureQueriesContext(connections[ALIAS]) as queries:
            page_at(listing=listing)
        assert len(queries) == 2


def names_at(address: str) -> list[str]:
    return [row.name for row in page_at(address).rows]


def test_the_last_page_is_as_near_as_the_first(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number:02}") for number in range(8))
    first = page_at()
    assert not first.first_url
    last = at(first.last_url)
    assert [row.name for row in last.rows] == ["x05", "x06", "x07"]
    assert (last.first, last.last, last.next_url, last.last_url) == (6, 8, "", "")
    assert [row.name for row in at(last.previous_url).rows] == ["x02", "x03", "x04"]
    assert [row.name for row in at(last.first_url).rows] == ["x00", "x01", "x02"]


def test_a_list_begins_at_a_letter_or_a_number_in_the_order_it_has(table: None) -> None:
    for size, name in enumerate(["alder", "birch", "birk", "cedar", "elm", "fir"]):
        Thing.objects.using(ALIAS).create(name=name, size=size, place=name if size % 2 else None)
    assert names_at("?from=bi") == ["birch", "birk", "cedar"]
    assert names_at("?from=d") == ["elm", "fir"]
    assert names_at("?sort=-name&from=b") == ["birk", "birch", "alder"]
    assert names_at("?sort=size&from=3") == ["cedar", "elm", "fir"]
    assert names_at("?sort=-size&from=3") == ["cedar", "birk", "birch"]
    assert names_at("?sort=place&from=c") == ["cedar", "fir", "alder"], "empty ones come last"
    assert names_at("?from=zebra") == ["cedar", "elm", "fir"], "nothing from there on: the last page"
    assert names_at("?sort=size&from=many") == ["alder", "birch", "birk"], "no number: the first page"
    page = page_at("?from=c&q=i")
    assert page.carried_all() == [("q", "i")]
    assert page_at("?from=c").previous_url


def test_going_on_from_a_jump_says_no_numbers_it_does_not_know(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number:02}") for number in range(30))
    page = page_at("?from=x10")
    assert (page.first, page.last, str(page.count)) == (0, 0, "20+")
    assert [row.name for row in page.rows] == ["x10", "x11", "x12"]
    assert [row.name for row in at(page.next_url).rows] == ["x13", "x14", "x15"]
    assert [row.name for row in at(page.previous_url).rows] == ["x07", "x08", "x09"]
    assert (at(page.next_url).first, at(page.previous_url).first) == (0, 0)
    assert "from=" not in page.next_url


def test_it_offers_a_jump_where_the_order_is_by_words_or_whole_numbers(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number}") for number in range(5))
    offered = {key: page_at(f"?sort={key}").jumps for key in ("name", "size", "price", "seen")}
    assert offered == {"name": True, "size": True, "price": False, "seen": False}


def test_one_way_sorts_over_filled_columns_compare_rows(table: None) -> None:
    Thing.objects.using(ALIAS).bulk_create(Thing(name=f"x{number}") for number in range(5))
    with CaptureQueriesContext(connections[ALIAS]) as queries:
        at(page_at("?sort=-name,-size").next_url)
    assert '("ui_test_thing"."name", "ui_test_thing"."size", "ui_test_thing"."id") < (' in queries[-2]["sql"]


def test_filters_narrow_and_say_so(table: None) -> None:
    Thing.objects.using(ALIAS).create(name="in use")
    Thing.objects.using(ALIAS).create(name="old", archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    Thing.objects.using(ALIAS).create(name="somebody", kind="person", seen_at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    names = lambda address: [row.name for row in page_at(address).rows]  # noqa: E731 - said six times below
    assert names("") == ["in use", "somebody"]
    assert names("?archived=yes") == ["old"]
    assert names("?archived=all") == ["in use", "old", "somebody"]
    assert names("?kind=person") == ["somebody"]
    assert names("?kind=person&kind=company") == ["in use", "somebody"]
    assert names("?q=BODY") == ["somebody"]
    assert names("?since=2026-05-01&to=2026-05-01") == ["somebody"]
    assert names("?to=2026-04-30") == []
    page = page_at("?kind=person&kind=company&archived=all&q=o&sort=-name&tab=x")
    assert [chip.value for chip, _url in page.chips] == ["Person, Company", "shown too"]
    assert page.chips[1][1] == "/things/?kind=person&kind=company&q=o&sort=-name&tab=x"
    assert page.hidden == [("sort", "-name"), ("tab", "x")]
    assert page.clear_url == "/things/?sort=-name&tab=x"


def test_headings_lead_to_the_next_sort(table: None) -> None:
    name, place, size, *_rest, plain = page_at("?sort=name,-size&q=x").headings
    assert (name.direction, name.rank, size.direction, size.rank) == ("ascending", 1, "descending", 2)
    assert name.url == "/things/?q=x&sort=-name"
    assert name.also_url == "/things/?q=x&sort=-name,-size"
    assert size.url == "/things/?q=x&sort=-size"
    assert size.also_url == "/things/?q=x&sort=name,size"
    assert place.also_url == "/things/?q=x&sort=name,-size,place"
    assert (plain.url, plain.direction) == ("", "")
    assert page_at().headings[2].url == "/things/?sort=-size"


BAD = [
    "?sort=nothing,-name,,--name",
    "?after=nonsense",
    "?after=%00%ff&before=%ff",
    "?q=%00%27%22%5c",
    "?kind=x&archived=never&size=99&size=abc&since=2026-13-45&to=99999-01-01",
    "?size=99999999999999999999999999",
    "?size=%C2%B2",
    "?after=" + "W10" * 3000,
]


@pytest.mark.parametrize("address", BAD)
def test_a_bad_address_is_answered_with_a_list_and_a_word_about_it(table: None, address: str) -> None:
    Thing.objects.using(ALIAS).create(name="x'\"\\")
    page = page_at(address)
    assert len(page.rows) == 1
    assert page.notices or address.startswith("?q=")


CURSOR_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\0", "2026-01-01", "1e999"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(sort=sorts, data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_made_up_place_never_breaks_the_page(table: None, sort: str, data: Any) -> None:
    import base64
    import json

    names = [name for part in sort.split(",") for name in FIELDS[part.removeprefix("-")]]
    count = len(set(names)) + 1
    values = data.draw(st.lists(CURSOR_VALUES, min_size=count, max_size=count))
    text = json.dumps([sort, data.draw(st.integers(-1, 10)), *values])
    cursor = base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    if not Thing.objects.using(ALIAS).exists():
        Thing.objects.using(ALIAS).create(name="x")
    page = page_at(f"?sort={sort}&{data.draw(st.sampled_from(['after', 'before']))}={cursor}")
    assert page.rows or page.count.number == 0
