"""Cells of a list on the page, drawn from what their columns declare."""

from __future__ import annotations

from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import pytest

from sitebook.lists.cells import Amount, Badge, Email, Link, Look, Muted, Name, Phone, drawer
from sitebook.lists.columns import Column

NAME = Column(key="name", label="Name", value=attrgetter("name"), look="grow", cell=Name(view="customers:customer"))
PLAIN = '<td data-label="" class="">%s</td>'


def row(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"pk": 7, "name": "Cat & <Dog>", "archived_at": None} | values)


def cell(look: Look, value: Any = "<b>", **values: Any) -> str:
    """The second cell of a row, behind its name."""
    column = Column(key="what", label="What", value=lambda _row: value, cell=look)
    naming, _mark, rest = drawer([NAME, column])(row(**values)).partition("</th>")
    assert naming.startswith('<th scope="row" class="grow">')
    return rest


def test_the_first_cell_names_the_row_and_leads_to_it():
    said = "Cat &amp; &lt;Dog&gt;"
    link = f'<a href="/customers/7/" title="{said}">{said}</a>'
    assert drawer([NAME])(row()) == f'<th scope="row" class="grow">{link}</th>'
    assert 'badge idle plain">Archived</span></th>' in drawer([NAME])(row(archived_at="now"))


@pytest.mark.parametrize(
    ("look", "values", "inside"),
    [
        (Look(), {}, "&lt;b&gt;"),
        (Muted(when=lambda row: True), {}, '<span class="muted">&lt;b&gt;</span>'),
        (Muted(when=lambda row: False), {}, "&lt;b&gt;"),
        (Link(view="sites:site", query="?on=2026-03-01"), {}, '<a href="/sites/7/?on=2026-03-01">&lt;b&gt;</a>'),
        (Link(view="sites:site", of=lambda row: None), {}, "&lt;b&gt;"),
        (Link(view="sites:site", of=lambda row: None, muted=bool), {}, '<span class="muted">&lt;b&gt;</span>'),
        (Badge(of=attrgetter("kind"), tones={"a": "good"}), {"kind": "b"}, ""),
        (Badge(of=attrgetter("kind"), tones={"a": "good"}), {"kind": "a"}, '<span class="badge good">&lt;b&gt;</span>'),
        (Phone(of=attrgetter("all")), {"all": [{"number": "12<"}, {"number": "3"}]}, '<a href="tel:12&lt;">12&lt;</a>'),
        (Phone(of=attrgetter("all")), {"all": []}, ""),
        (Email(of=attrgetter("all")), {"all": [{"address": "a@b.example"}]},
         '<a href="mailto:a@b.example">a@b.example</a>'),
    ],
)  # fmt: skip
def test_a_cell_looks_as_its_column_says_and_shows_no_markup_of_others(look: Look, values: Any, inside: str):
    assert cell(look, **values) == PLAIN % inside


def test_a_number_of_nothing_leads_nowhere():
    look = Amount(view="customers:customer-sites", number=attrgetter("many"), one="site", many="sites")
    assert cell(look, 0, many=0) == '<td data-label="" class="zero" data-unit="sites">0</td>'
    one = cell(look, 1, many=1)
    assert one == '<td data-label="" class="" data-unit="site"><a href="/customers/7/sites/">1</a></td>'
