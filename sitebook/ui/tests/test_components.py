# ruff: noqa: E501 - one line a sample
"""Every component renders, alone, into well-formed HTML that keeps to the content policy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import jinja2
import pytest
from django import forms
from django.http import QueryDict
from django.template import engines

from sitebook.ui.filters import Archived, Choice, Day
from sitebook.ui.listing import Asked, Column, Count, Heading, Listing

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "ui" / "components"
VOID = {"input", "br", "hr", "img", "meta", "link"}
NOW = datetime(2026, 11, 23, 9, 58, 4, tzinfo=UTC)
LISTING = Listing(
    columns=[
        Column(key="name", label="Name", sort=("name",), look="grow"),
        Column(key="size", label="Size", sort=("size",), numeric=True),
    ],
    order="name",
    filters=[Choice("kind", "Kind", [("a", "A & B")]), Archived(), Day("since", "Since", "seen_at")],
)


class Row(NamedTuple):
    pk: int
    name: str

    def __str__(self) -> str:
        return self.name


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on <invoices>.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    own = forms.BooleanField(label="Own", required=False, help_text="Shown in the store.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


Lines = forms.formset_factory(Sample, extra=1, can_delete=True)


class Place(NamedTuple):
    label: str
    icon: str
    url: str
    where: str
    in_bar: bool
    key: str = ""

    def holds(self, path: str) -> bool:
        return path == self.url


def made_page(rows: list[Row], address: str = "/things/?kind=a&sort=-size,name&q=x") -> SimpleNamespace:
    asked = Asked(LISTING, QueryDict(address.partition("?")[2]), "/things/")
    return SimpleNamespace(
        rows=rows,
        headings=[Heading(LISTING.columns[0]), *map(asked.heading, LISTING.columns)],
        count=Count(1_000, exact=False),
        count_url="/things/?count=all",
        first_url="/things/",
        last_url="/things/?last=yes",
        jumps=True,
        carried_all=lambda *but: [("sort", "-size")],
        first=51,
        query="<x>",
        chips=[(LISTING.filters[0].chip(["a"]), "/things/")],
        last=51,
        narrowed=True,
        next_url="",
        controls=[(each, ["a"]) for each in LISTING.filters],
        hidden=[("tab", "y")],
        path="/things/",
        clear_url="/things/",
        menu_url="/things/?choices=all",
        previous_url="/things/?before=x",
        notices=["Odd."],
    )


LANE: dict[str, object] = {
    "key": "in <One>",
    "anchor": "lane-in",
    "label": "<One>",
    "tone": "good",
    "url": "/board/?lane=in",
    "list_url": "/things/?kind=a",
    "page": {"count": Count(1_000, exact=False)},
    "cards": "<Green>",
    "more_url": "/board/?lane=in&after=x",
}
CONTEXT: dict[str, Any] = {
    "form": Sample({"name": ""}),
    "fresh": Sample(),
    "lines": Lines({"p-TOTAL_FORMS": "1", "p-INITIAL_FORMS": "0", "p-0-own": "on"}, prefix="p"),
    "page": made_page([Row(1, "<One>")]),
    "nothing": made_page([]),
    "lane": LANE,
    "chosen": SimpleNamespace(
        columns=LISTING.columns[:1],
        choices=[(LISTING.columns[1], True)],
        chosen_columns=True,
        url=lambda **_: "/x/",
        menu_url="",
    ),
    "places": [
        Place("Customers", "customers", "/customers/", "main", True),
        Place("Users", "contacts", "/users/", "low", False),
        Place("Profile", "contacts", "/me/", "account", False),
    ],
    "user": type("Somebody", (), {"email": "a@b.example", "__str__": lambda self: "Åsa <b>"})(),
    "parts": [{"label": "Good", "value": 3000, "url": "/", "tone": "good"}, {"label": "Bad", "value": 1, "url": "/"}],
    "items": [{"key": "a", "label": "A", "url": "/a"}, {"key": "b", "label": "B", "url": "/b", "count": 1234}],
    "filters": LISTING.filters,
    "now": NOW,
    "day": date(2026, 11, 23),
}

SAMPLES = {
    "account": '{{ c.account(user, places, "dark") }}',
    "avatar": '{{ c.avatar("Office desk") }}{{ c.avatar("x", machine="sync") }}',
    "badge": '{{ c.badge("Down", "bad") }}{{ c.badge("3 late", "bad", icon="alert") }}',
    "banner": '{% call c.banner("good") %}Saved{% endcall %}',
    "bar": '{{ c.bar(parts, "Parts") }}',
    "brand": '{{ c.brand() }}{{ c.brand("/") }}',
    "breadcrumb": '{{ c.breadcrumb([("Customers", "/"), "<X>"]) }}',
    "button": '{{ c.button("A", icon="plus", kind="primary", key="n", data_dialog=True) }}{{ c.button("B", href="/", only=True, icon="edit") }}',
    "change": "{{ c.change(None, 'x') }}{{ c.change('x', '') }}",
    "chip": '{{ c.chip("Kind", "Company", remove="/") }}',
    "columns": "{{ c.columns(chosen) }}",
    "combobox": '{{ c.combobox("x", "id_x", 1, "<One>", "/options/", {"aria-invalid": "true"}) }}',
    "confirm": '{% call c.confirm("Archive?", "/x/", "Archive 3", "/") %}<p>x</p>{% endcall %}',
    "count": "{{ c.count(page) }}",
    "dialog": '{% call c.dialog("d", "Title") %}x{% endcall %}',
    "empty": '{{ c.empty("None") }}{% call c.empty("None", "x", art=True) %}y{% endcall %}',
    "entry": '{% call c.entry("Desk", now, via="by API", changes=[{"label": "A", "old": 1, "new": 2}]) %}x{% endcall %}',
    "errors": "{{ c.errors(form) }}",
    "export": '{{ c.export("customers:shown", "customers:export") }}',
    "fact": '{{ c.fact("phone", "1", "tel:1") }}{{ c.fact("sites", "x", note="y") }}{% call c.fact("mail") %}z{% endcall %}',
    "facts": "{% call c.facts() %}<li>x</li>{% endcall %}",
    "field": "{% for each in form %}{{ c.field(each) }}{% endfor %}{% for each in fresh %}{{ c.field(each) }}{% endfor %}",
    "filter": '{% for each in filters %}{{ c.filter(each, ["a"]) }}{% endfor %}',
    "form": '{{ c.form(form, title="T", cancel="/") }}',
    "heading": "<table><tr>{% for each in page.headings %}{{ c.heading(each) }}{% endfor %}</tr></table>",
    "icon": '{{ c.icon("edit") }}',
    "initials": '{{ c.initials("Office desk") }}{{ c.initials("") }}',
    "key_list": "{{ c.key_list() }}",
    "keys": "{{ c.keys() }}",
    "steps": "{{ c.steps(7) }}",
    "legend": "{{ c.legend(parts) }}",
    "listing": '{% call(row) c.listing(page, "Things", select="picks") %}<th>{{ row.name }}</th>{% endcall %}{% call(row) c.listing(nothing, "T") %}{% endcall %}',
    "marked": '{{ c.marked("<Green>", "gre") }}',
    "menu": '{% call c.menu("m") %}{{ c.menu_item("A", "/") }}{% endcall %}',
    "menu_item": '{{ c.menu_item("A", post="/x/", danger=True) }}{{ c.menu_item("B", disabled=True, why="No") }}',
    "number": '{{ c.number("Sites", 1234, "/", note="3 late") }}',
    "numbers": "{% call c.numbers() %}x{% endcall %}",
    "option": '{{ c.option(1, "Green", "Leeds", "customers", "gr", True, "Why") }}',
    "lane": "{{ c.lane(lane) }}",
    "cards": "<ol>{{ c.cards(lane) }}</ol>",
    "pager": "{{ c.pager(page) }}",
    "place": '{{ c.place(places[0], "/customers/", True) }}',
    "rail": '{{ c.rail(places, "/users/") }}',
    "remark": "{% call c.remark() %}x{% endcall %}",
    "row": '{{ c.row(lines.forms[0], "Telephone") }}',
    "rows": '{{ c.rows(lines, "Telephone") }}',
    "search_box": '{{ c.search_box("/search/", "x") }}',
    "segments": '{{ c.segments(items, "S", "a") }}',
    "selection_bar": '{% call c.selection_bar("picks", "Selected") %}x{% endcall %}',
    "stat": '{{ c.stat("Late", 3) }}{{ c.stat("R", 12, href="/", unit="£", help="x", big=True) }}',
    "table": '{% call c.table("T") %}<tbody></tbody>{% endcall %}',
    "tabs": '{{ c.tabs(items, "T", "b") }}',
    "tag": '{{ c.tag("x") }}{{ c.tag("x", "/") }}',
    "timeline": '{% call(e) c.timeline([(day, ["x"])]) %}<li>{{ e }}</li>{% endcall %}',
    "toast": '{{ c.toast("Done", undo="/undo/") }}{{ c.toast("No", tone="error") }}',
    "toolbar": '{{ c.toolbar(page, "Things") }}',
    "touched": '{{ c.touched([{"icon": "sites", "text": "82 sites", "url": "/"}]) }}',
    "views": '{{ c.views(items, "V", "a") }}',
}


class Balanced(HTMLParser):
    """Every element closed, no inline style or script, no id twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert not [name for name in found if name == "style" or name.startswith("on")]
        if found.get("id") and "__prefix__" not in str(found["id"]):
            assert found["id"] not in self.ids, found["id"]
            self.ids.add(str(found["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Closed in itself."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def rendered(source: str) -> str:
    environment: jinja2.Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return environment.from_string(source).render(CONTEXT)


def test_every_component_has_a_sample() -> None:
    assert sorted(SAMPLES) == sorted(path.stem for path in FOLDER.glob("*.html"))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_it_renders(name: str) -> None:
    html = rendered(SAMPLES[name])
    assert html.strip()
    assert "<One>" not in html
    assert "<Green>" not in html
    assert "<invoices>" not in html
    parser = Balanced()
    if name not in ("field", "listing"):  # these samples show the same thing twice
        parser.feed(html)
        assert not parser.open


def test_a_field_says_what_is_wrong_where_it_is() -> None:
    html = rendered("{{ c.field(form['name']) }}")
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'href="#id_name"' in rendered("{{ c.errors(form) }}")


def test_a_bar_shows_what_is_tiny_and_the_legend_tells_the_truth() -> None:
    html = rendered("{{ c.bar(parts, 'Parts') }}")
    assert 'width="0.90%"' in html
    assert 'width="99.10%"' in html
    assert "&lt;1 %" in rendered("{{ c.legend(parts) }}")


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ nobody.name }}")
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ c.nothing_of_that_name() }}")
