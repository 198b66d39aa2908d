"""Takes the rows of a file that are no records of a register of their own, such as readings or related products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.functional import Promise

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.imports.csv_reader import Refusal, Row, read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Report
from sitebook.users.models import User


@dataclass(frozen=True, kw_only=True)
class RowKind:
    """What a row says. register, section: as a mapping names them. read: of each field, from its text; raises Refused.
    needed: fields that no row lacks; without: what is said of one that does. write: keeps a row's values and counts it
    in the report."""

    register: str
    section: str
    read: Mapping[str, Callable[[str], Any]]
    needed: tuple[str, ...]
    without: str | Promise
    write: Callable[[Row, Mapping[str, Any], Report], None]


def take_rows(
    kind: RowKind,
    path: Path,
    *,
    mapping: str,
    user: User | None = None,
    everything: bool = False,
    dry_run: bool = False,
) -> Report:
    """Take a file's rows, one after the other, all in one transaction; as for every register
    (``registers.imports.take``)."""
    with acting(user=user, via="import", reason=path.name, everything=everything):
        chosen = load(mapping, register=kind.register, fields={kind.section: tuple(kind.read)}, rules=())
    for name in kind.needed:
        if not chosen.fields[kind.section].get(name):
            raise Refused(f"The mapping {chosen.name} does not say where the {name} stands.", code="bad_mapping")
    table = read(path, needs=chosen.columns)
    report = Report(path.name, chosen.title, table.encoding, dry_run, notes=list(table.notes))
    with acting(user=user, via="import", reason=path.name, everything=everything), transaction.atomic():
        for row in table:
            if isinstance(row, Refusal):
                report.refused_rows.append(row)
            else:
                _take(kind, row, chosen, report)
        if dry_run:
            transaction.set_rollback(True)
    report.blank = table.blank
    report.made = {kind.register: report.created}
    return report


def _take(kind: RowKind, row: Row, chosen: FileMapping, report: Report) -> None:
    cells = chosen.cleaned(row.values)
    name = kind.needed[0]
    try:
        with transaction.atomic():
            values: dict[str, Any] = {}
            for name in kind.read:
                if text := chosen.text(kind.section, name, cells):
                    values[name] = kind.read[name](text)
            for name in kind.needed:
                if values.get(name) in (None, ""):
                    raise Refused(str(kind.without), code="bad_value")
            kind.write(row, values, report)
    except Refused as refusal:
        column = chosen.column_of(kind.section, name) or name
        report.refuse(line=row.line, column=column, value=row.values.get(column, ""), reason=str(refusal))
