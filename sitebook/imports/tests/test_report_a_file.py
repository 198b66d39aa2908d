"""Telling what became of every row."""

from sitebook.imports.report import Report


def report() -> Report:
    made = Report("list.csv", "Ours", "utf-8", dry_run=False, created=3, updated=1, unchanged=2, merged=1)
    made.refuse(line=9, column="Owner", value="32", reason="No name.")
    made.refuse(line=4, column="", value="x", reason="Broken.")
    return made


def test_it_adds_up() -> None:
    told = report().as_dict()
    assert told["read"] == told["created"] + told["updated"] + told["unchanged"] + told["refused"] == 8


def test_it_lists_refused_rows_by_line() -> None:
    assert [row["line"] for row in report().as_dict()["refused_rows"]] == [4, 9]
    assert "line 9, Owner: '32': No name." in report().as_text()


def test_it_says_that_a_list_was_cut() -> None:
    made = report()
    for line in range(100, 130):
        made.remark(line=line, column="a", value="", reason="Odd.")
    assert "… and 10 more" in made.as_text()
    assert "more (" not in made.as_text(everything=True)
