"""Reading a file as it was sent."""

import csv
import gzip
import io
import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitebook.basics.refused import Refused
from sitebook.imports.csv_reader import Refusal, Row, Table, named_apart, read
from tests.refusals import refused

TORTURE = Path(__file__).parent / "data" / "csv-torture"
EXPECTED = json.loads((TORTURE / "expected.json").read_text(encoding="utf-8"))
# PostgreSQL cannot store the character: the row is refused instead.
REFUSED_ON_PURPOSE = {"null_byte.csv": 1}


def written(folder: Path, data: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def rows(table: Table) -> list[Row]:
    return [record for record in table if isinstance(record, Row)]


def refusals(table: Table) -> list[Refusal]:
    return [record for record in table if isinstance(record, Refusal)]


@pytest.mark.parametrize("name", EXPECTED)
def test_it_sees_in_a_nasty_file_what_its_source_expects(name: str) -> None:
    told = EXPECTED[name]
    needs = told["columns"] if told["lines_before_header"] else ()
    table = read(TORTURE / name, needs=needs)
    assert table.delimiter == told["delimiter"]
    assert table.columns == named_apart(told["columns"])
    good = sum(count for width, count in told["cells_per_row"].items() if int(width) == told["header_width"])
    blank_of_full_width = {"FY09_EDU_Recipients_by_State.csv": 1, "test_empty_columns.csv": 1}.get(name, 0)
    assert len(rows(table)) == good - blank_of_full_width - REFUSED_ON_PURPOSE.get(name, 0)
    assert len(rows(table)) + len(refusals(table)) == told["data_rows_not_blank"]
    if "rows_as_json" in told:
        assert [row.values for row in rows(table)] == told["rows_as_json"]


def test_it_tells_line_and_reason_of_rows_with_too_few_or_too_many_cells() -> None:
    first, second = refusals(read(TORTURE / "bad.csv"))
    assert (first.line, first.reason) == (2, "The row has 4 cells where the header has 3.")
    assert (second.line, second.reason) == (3, "The row has 2 cells where the header has 3.")


def test_it_refuses_a_cell_with_a_nul_byte_by_name(tmp_path: Path) -> None:
    (refused,) = refusals(read(written(tmp_path, b"a,b\n1,x\x00y\n2,z\n")))
    assert (refused.line, refused.column, refused.value) == (2, "b", "x\u2400y")


def test_it_counts_physical_lines_through_quoted_breaks_and_mixed_endings(tmp_path: Path) -> None:
    data = b'a,b\r\n1,"two\nlines"\n2,"three\r\nof\r\nthem"\r\n\n3,x\r\n'
    table = read(written(tmp_path, data))
    assert [row.line for row in rows(table)] == [2, 4, 8]
    assert table.blank == 1


def test_it_loses_one_row_to_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    table = read(written(tmp_path, b'a,b\n1,x\n2,"y\n3,z\n4,w\n'))
    assert [row.values["a"] for row in rows(table)] == ["1", "3", "4"]
    (refused,) = refusals(table)
    assert refused.line == 3
    assert "not closed" in refused.reason


def test_it_loses_one_row_to_an_open_quote_in_a_long_file(tmp_path: Path) -> None:
    body = b"".join(b"%d,%s\n" % (number, b"x" * 90) for number in range(5000))
    table = read(written(tmp_path, b'a,b\n0,"y\n' + body))
    assert len(rows(table)) == 5000
    assert [refused.line for refused in refusals(table)] == [2]


def test_it_reads_an_accent_in_the_last_line_of_a_long_western_file(tmp_path: Path) -> None:
    data = b"name\n" + b"plain\n" * 400_000 + "Café\n".encode("cp1252")
    table = read(written(tmp_path, data))
    assert table.encoding == "cp1252"
    assert any("Windows-1252" in note for note in table.notes)
    assert rows(table)[-1].values == {"name": "Café"}


def test_it_keeps_utf8_when_one_byte_is_broken_and_refuses_that_row(tmp_path: Path) -> None:
    data = "name\nCafé\nZürich\n".encode() + b"caf\xe9\n" + "Łódź\n".encode()
    table = read(written(tmp_path, data))
    assert [row.values["name"] for row in rows(table)] == ["Café", "Zürich", "Łódź"]
    (refused,) = refusals(table)
    assert (refused.line, refused.column) == (4, "name")
    assert "0xE9" in refused.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_it_reads_every_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    text = "name,town\r\nMüller,Łódź\r\n" + "plain,text\r\n" * 50
    table = read(written(tmp_path, text.encode(encoding)))
    assert table.columns == ["name", "town"]
    assert rows(table)[0] == Row(2, {"name": "Müller", "town": "Łódź"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_it_finds_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    data = "\n".join(delimiter.join(cells) for cells in [("id", "price"), ("1", "'x'"), ("2", "y")])
    assert rows(read(written(tmp_path, data.encode())))[0].values == {"id": "1", "price": "'x'"}


def test_it_heeds_the_separator_line_of_a_spreadsheet(tmp_path: Path) -> None:
    table = read(written(tmp_path, b"sep=;\nid;note\n1;a, b, c\n"))
    assert rows(table) == [Row(3, {"id": "1", "note": "a, b, c"})]


def test_it_tells_equal_and_empty_column_names_apart() -> None:
    assert named_apart(["id", " id ", "", "id", "id (2)"]) == ["id", "id (3)", "column 3", "id (4)", "id (2)"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" , \n"])
def test_it_says_that_an_empty_file_is_empty(tmp_path: Path, data: bytes) -> None:
    with refused("unreadable_file", match="is empty"):
        read(written(tmp_path, data))


def test_it_names_the_column_that_is_missing(tmp_path: Path) -> None:
    with refused("unreadable_file", match="no column 'owner'"):
        read(written(tmp_path, b"id,name\n1,x\n"), needs=["id", "owner"])


def test_it_says_that_a_gzip_file_is_cut_off(tmp_path: Path) -> None:
    whole = gzip.compress(os.urandom(200_000).hex().encode())
    with refused("unreadable_file", match="damaged gzip"):
        read(written(tmp_path, whole[: len(whole) // 2], "cut.csv.gz"))


def test_it_says_that_half_a_character_is_missing(tmp_path: Path) -> None:
    with refused("unreadable_file", match="cannot be read as text"):
        list(read(written(tmp_path, "name\nx\n".encode("utf-16") + b"\x00")))


def test_it_refuses_a_byte_that_windows_does_not_know(tmp_path: Path) -> None:
    (refused,) = refusals(read(written(tmp_path, b"name\ncaf\xe9\nx\x81y\n")))
    assert (refused.line, refused.column) == (3, "name")


def test_it_says_that_a_file_is_missing(tmp_path: Path) -> None:
    with refused("unreadable_file", match="cannot be opened"):
        read(tmp_path / "nowhere.csv")


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n,;"'), max_size=12)


@given(
    st.lists(st.tuples(cells, cells, cells), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_it_gives_back_every_cell_that_was_written(
    table: list[tuple[str, str, str]], ending: str, encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second", "third"), *table])
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), text.getvalue().encode(encoding))
        found = [tuple(row.values.values()) for row in rows(read(path, needs=["first", "third"]))]
    expected = [row for row in table if any(cell.strip() for cell in row)]
    assert found == expected


@given(st.sampled_from([b"", b"a,b\n", b"\xff\xfe", b"\x1f\x8b"]), st.binary(max_size=400))
def test_it_survives_any_bytes_and_loses_no_record(start: bytes, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), start + data)
        try:
            table = read(path)
            records = list(table)
        except Refused as refusal:
            if refusal.code != "unreadable_file":
                raise
            return
    lines = [record.line for record in records]
    assert lines == sorted(set(lines))
    for record in records:
        text = "".join(record.values.values()) if isinstance(record, Row) else record.value
        assert "\x00" not in text
        text.encode("utf-8")
