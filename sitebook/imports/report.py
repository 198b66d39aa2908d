"""What became of every row of a file.

Each row that is not blank is counted once, so `read == created + updated + unchanged + refused`.
A place described by several rows is counted by its first row (created, updated or unchanged); its
further rows say nothing new, count as unchanged, and are told apart as `merged`.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from sitebook.imports.csv_reader import Refusal

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record that the file says differently from what was stored."""

    line: int
    record: str
    field: str
    old: str
    new: str


@dataclass(slots=True)
class Report:
    """The result of one run; `made` counts new records by register."""

    file: str
    mapping: str
    encoding: str
    dry_run: bool
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    blank: int = 0
    made: dict[str, int] = field(default_factory=dict)
    refused_rows: list[Refusal] = field(default_factory=list)
    remarks: list[Refusal] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return len(self.refused_rows)

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused

    def refuse(self, *, line: int, column: str, value: str, reason: str) -> None:
        """Note a row that is not taken."""
        self.refused_rows.append(Refusal(line, column, value, reason))

    def remark(self, *, line: int, column: str, value: str, reason: str) -> None:
        """Note a cell of a row that is taken all the same."""
        self.remarks.append(Refusal(line, column, value, reason))

    def as_dict(self) -> dict[str, Any]:
        """Everything, for machines: no list is cut short."""
        return {
            "file": self.file,
            "mapping": self.mapping,
            "encoding": self.encoding,
            "dry_run": self.dry_run,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": self.refused,
            "merged": self.merged,
            "blank": self.blank,
            "made": self.made,
            "notes": self.notes,
            "refused_rows": [asdict(row) for row in sorted(self.refused_rows, key=_by_line)],
            "remarks": [asdict(row) for row in sorted(self.remarks, key=_by_line)],
            "changes": [asdict(change) for change in self.changes],
        }

    def as_text(self, *, everything: bool = False) -> str:
        """The summary in lines for people; long lists are cut, and say so."""
        limit = len(self.refused_rows) + len(self.remarks) + len(self.changes) if everything else SHOWN
        lines = [f"{self.file}, read by '{self.mapping}' as {self.encoding}"]
        lines += [f"  {note}" for note in self.notes]
        lines.append(
            f"  read {self.read} = created {self.created} + updated {self.updated}"
            f" + unchanged {self.unchanged} + refused {self.refused}"
        )
        if self.merged:
            lines.append(f"  of the unchanged, {self.merged} describe a place of an earlier row")
        if self.blank:
            lines.append(f"  {self.blank} blank rows passed over")
        made = ", ".join(f"{count} {name}" for name, count in self.made.items())
        lines.append(f"  {'would make' if self.dry_run else 'made'}: {made or 'nothing'}")
        lines += _listed("refused", [_told(row) for row in sorted(self.refused_rows, key=_by_line)], limit)
        lines += _listed("taken, with a remark", [_told(row) for row in sorted(self.remarks, key=_by_line)], limit)
        changes = [
            f"line {change.line}: {change.record}, {change.field}: {change.old!r} → {change.new!r}"
            for change in self.changes
        ]
        lines += _listed("changed", changes, limit)
        return "\n".join(lines)


def _by_line(row: Refusal) -> tuple[int, str]:
    return row.line, row.column


def _told(row: Refusal) -> str:
    column = f", {row.column}" if row.column else ""
    return f"line {row.line}{column}: {row.value!r}: {row.reason}"


def _listed(title: str, items: list[str], limit: int) -> list[str]:
    if not items:
        return []
    more = [f"    … and {len(items) - limit} more (--json lists all)"] if len(items) > limit else []
    return [f"  {title}:", *(f"    {item}" for item in items[:limit]), *more]
