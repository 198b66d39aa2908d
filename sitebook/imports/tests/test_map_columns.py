"""Saying which columns fill which fields."""

from pathlib import Path

import pytest

from sitebook.imports.mapping import FileMapping, load
from tests.refusals import refused

FIELDS = {"customer": ["name"], "site": ["name", "lines", "tags"]}
GOOD = """
title = "Ours"
register = "sites"
blank = ["N/A"]
[customer]
name = "Owner"
[site]
name = ["Place", "Street"]
lines = ["House", { columns = ["No", "Street"] }]
tags = { column = "Kind", values = { P = "Private" } }
[rules]
system = "ours"
"""


def mapping(tmp_path: Path, text: str = GOOD) -> FileMapping:
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return load(str(path), register="sites", fields=FIELDS, rules=["system"])


def cells(**given: str) -> dict[str, str]:
    return dict.fromkeys(["Owner", "Place", "House", "No", "Street", "Kind"], "") | given


def test_it_names_the_columns_a_file_must_have(tmp_path: Path) -> None:
    assert mapping(tmp_path).columns == ("Owner", "Place", "Street", "House", "No", "Kind")


def test_it_takes_the_first_source_that_says_something(tmp_path: Path) -> None:
    ours = mapping(tmp_path)
    found = ours.cleaned(cells(Place=" n/A ", Street="High\n  Street"))
    assert ours.text("site", "name", found) == "High Street"


def test_it_joins_columns_and_leaves_repetitions_out(tmp_path: Path) -> None:
    ours = mapping(tmp_path)
    assert ours.texts("site", "lines", cells(House="Mill", No="3", Street="Lane")) == ["Mill", "3 Lane"]
    assert ours.texts("site", "lines", cells(House="Lane", Street="Lane")) == ["Lane"]


def test_it_renames_values_and_keeps_those_it_does_not_know(tmp_path: Path) -> None:
    ours = mapping(tmp_path)
    assert ours.texts("site", "tags", cells(Kind="P")) == ["Private"]
    assert ours.texts("site", "tags", cells(Kind="Q")) == ["Q"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('register = "sites"', 'register = "assets"', "is for 'assets', not for 'sites'"),
        ("tags = {", "colour = {", r"\[site\] has no 'colour'. Known are: lines, name, tags"),
        ('system = "ours"', 'sistem = "ours"', r"\[rules\] has no 'sistem'"),
        ('name = "Owner"', "name = 3", "customer.name: 3 is no source"),
        ('column = "Kind"', 'colum = "Kind"', "is no source"),
        ("[rules]", "[rules", "not valid TOML"),
    ],
)
def test_it_says_what_is_wrong_with_a_mapping(tmp_path: Path, old: str, new: str, said: str) -> None:
    with refused("bad_mapping", match=said):
        mapping(tmp_path, GOOD.replace(old, new))


def test_it_lists_the_shipped_mappings_when_a_name_is_unknown() -> None:
    with refused("bad_mapping", match="nycha-developments, toronto-apartments, uk-charge-points"):
        load("nowhere", register="sites", fields=FIELDS, rules=[])
