"""From rows to places: what is one customer, what is one place, what is it called."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sitebook.imports.csv_reader import read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Report
from sitebook.sites.import_rows import FIELDS, RULES, Party, Place, customer_key, gather
from sitebook.sites.imports import REGISTER

UK = load("uk-charge-points", register=REGISTER, fields=FIELDS, rules=RULES)


def found(
    folder: Path, *rows: dict[str, str], mapping: FileMapping = UK
) -> tuple[dict[str, Party], list[Place], Report]:
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, mapping.columns, restval="")
        writer.writeheader()
        writer.writerows({"deviceOwnerName": "Owner", "name": "Here"} | row for row in rows)
    report = Report("list.csv", mapping.title, "utf-8", dry_run=True)
    parties, places = gather(read(path, needs=mapping.columns), mapping, report, own={"customer": [], "site": []})
    return parties, list(places.values()), report


@given(st.text(max_size=30))
def test_a_customers_key_is_its_own_key(name: str) -> None:
    assert customer_key(customer_key(name)) == customer_key(name)


def test_a_customers_key_joins_case_blanks_and_last_dots_only() -> None:
    assert customer_key(" Oak\tLTD. ") == customer_key("oak ltd") == "oak ltd"
    assert len({customer_key(name) for name in ("Oak Ltd", "Oak", "Oak Limited", "O.a.k Ltd", "Oak-Ltd")}) == 5


def test_it_joins_charge_points_at_one_address_under_the_name_they_share(tmp_path: Path) -> None:
    rows = [
        {"name": f"Canary Wharf {number}", "street": "Canada Square", "postcode": postcode}
        for number, postcode in enumerate(["E14 5EW", "E145EW", "e14 5ew "], start=1)
    ]
    _, (place,), _ = found(tmp_path, *rows)
    assert (place.name, place.postcode, place.further_lines) == ("Canary Wharf", "E14 5EW", [3, 4])


def test_it_keeps_the_number_of_a_single_charge_point(tmp_path: Path) -> None:
    _, (place,), _ = found(tmp_path, {"name": "Heathrow Terminal 1", "postcode": "TW6 1RU"})
    assert place.name == "Heathrow Terminal 1"


def test_it_takes_the_first_name_where_they_differ_by_more(tmp_path: Path) -> None:
    _, (place,), _ = found(
        tmp_path,
        {"name": "Car Park B 1", "street": "Hitchcock Lane", "postcode": "E20 1EJ"},
        {"name": "Car Park A 3", "street": "Hitchcock Lane", "postcode": "E20 1EJ"},
    )
    assert place.name == "Car Park B 1"


def test_it_keeps_places_without_an_address_apart_by_name(tmp_path: Path) -> None:
    _, places, _ = found(tmp_path, {"name": "NCP Epsom"}, {"name": "NCP Allders"}, {"name": "NCP Epsom"})
    assert [place.name for place in places] == ["NCP Epsom", "NCP Allders"]


def test_it_keeps_one_address_of_two_owners_apart(tmp_path: Path) -> None:
    here = {"street": "High Street", "postcode": "E5 9AG"}
    parties, places, _ = found(tmp_path, here, here | {"deviceOwnerName": "Other"})
    assert (len(parties), len(places)) == (2, 2)


def test_it_heeds_the_town_only_without_a_postcode(tmp_path: Path) -> None:
    street = {"street": "High Street"}
    _, apart, _ = found(tmp_path, street | {"town": "Leeds"}, street | {"town": "York"})
    _, one, _ = found(tmp_path, *({**street, "postcode": "E5 9AG", "town": town} for town in ("Hackney", "London")))
    assert (len(apart), len(one)) == (2, 1)


def test_it_writes_an_address_without_repetitions_in_two_lines(tmp_path: Path) -> None:
    _, (place,), _ = found(
        tmp_path,
        {
            "buildingName": "Town Hall",
            "buildingNumber": "5",
            "thoroughfare": "Broadway",
            "street": "BROADWAY ",
            "dependantLocality": "Accrington",
            "doubleDependantLocality": "Centre",
            "town": "Accrington",
        },
    )
    assert place.lines == ["Town Hall", "5 Broadway, BROADWAY, Centre"]


def test_it_reads_null_and_not_available_as_nothing(tmp_path: Path) -> None:
    _, places, report = found(tmp_path, {"name": "NULL", "town": "NULL"}, {"town": "n/a"})
    assert [place.town for place in places] == [""]
    assert [(row.line, row.column, row.reason) for row in report.refused_rows] == [
        (2, "name", "The row names no place.")
    ]


def test_it_leaves_out_a_point_in_another_country(tmp_path: Path) -> None:
    _, (place,), report = found(tmp_path, {"latitude": "40.416288", "longitude": "-3.703373"})
    assert (place.latitude, place.longitude) == (None, None)
    assert [(remark.column, remark.value) for remark in report.remarks] == [("latitude", "40.416288, -3.703373")]


def test_it_keeps_half_a_postcode_with_a_remark(tmp_path: Path) -> None:
    _, (place,), report = found(tmp_path, {"postcode": "SE8"})
    assert place.postcode == "SE8"
    assert [remark.value for remark in report.remarks] == ["SE8"]


few = st.sampled_from(["", "32", "Oak", "OAK.", "Elm ", "n/a"])


@settings(deadline=None)
@given(st.lists(st.tuples(few, few, few, st.sampled_from(["", "E5", "e5 9ag", "E59AG"])), max_size=12))
def test_every_row_is_in_one_place_or_refused(rows: list[tuple[str, str, str, str]]) -> None:
    names = ("deviceOwnerName", "name", "street", "postcode")
    given_rows = [dict(zip(names, row, strict=True)) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        parties, places, report = found(Path(folder), *given_rows)
    lines = [row.line for row in report.refused_rows]
    lines += [line for place in places for line in (place.line, *place.further_lines)]
    told = [line for line, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)]
    assert sorted(lines) == told
    assert {place.party for place in places} == parties.keys()
    assert {customer_key(name) for name in ("32", "n/a", "")}.isdisjoint(parties)
