"""Reads a CSV file as it was sent, however it was made.

Encoding, delimiter and header are found out, every record knows the physical line it begins on,
and a record that cannot be read is handed on as a refusal while the rest of the file is still read.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter, deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from sitebook.basics.refused import Refused

DELIMITERS = ",;\t|"
HEADER_WITHIN = 20
_SAMPLE_LINES = 64
_CHUNK = 1 << 20
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record that was not taken: where it stands, what it said and why it was left out."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record with as many cells as the header; `line` is the physical line it begins on."""

    line: int
    values: dict[str, str]


@dataclass(slots=True)
class Table:
    """A file whose header is read. Iterating reads it once more from the start, record by record.

    `blank` is the number of empty records passed over by the latest reading.
    """

    path: Path
    encoding: str
    delimiter: str
    columns: list[str]
    header_line: int
    notes: list[str] = field(default_factory=list)
    blank: int = 0

    def __iter__(self) -> Iterator[Row | Refusal]:
        self.blank = 0
        with _refusing_damage(self.path), _text(self.path, self.encoding) as text:
            for line, cells, problem in _records(text, self.delimiter):
                if line <= self.header_line:
                    continue
                if problem:
                    yield Refusal(line, "", _shown(cells), problem)
                elif not any(cell.strip() for cell in cells):
                    self.blank += 1
                else:
                    yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row | Refusal:
        if len(cells) != len(self.columns):
            reason = f"The row has {len(cells)} cells where the header has {len(self.columns)}."
            return Refusal(line, "", _shown(cells), reason)
        joined = "".join(cells)
        if "\x00" in joined or (not joined.isascii() and _unreadable(joined)):
            return next(
                Refusal(line, column, _printable(cell), reason)
                for column, cell in zip(self.columns, cells, strict=True)
                if (reason := _unreadable(cell))
            )
        return Row(line, dict(zip(self.columns, cells, strict=True)))


def read(path: Path, *, needs: Collection[str] = ()) -> Table:
    """Find out how the file is written and read its header.

    The header is the first of the first 20 records that holds all columns of `needs` (so titles
    above it are passed over), or without `needs` the first record that is not blank.

    Raises Refused (unreadable_file) if the file is missing, empty, damaged, or lacks a needed column.
    """
    with _refusing_damage(path):
        encoding, notes = _encoding(path)
        delimiter = _delimiter(path, encoding)
        with _text(path, encoding) as text:
            return _with_header(path, encoding, delimiter, text, notes, needs)


def named_apart(header: list[str]) -> list[str]:
    """Column names without line breaks and doubled blanks; equal and empty ones told apart.

    `id, id, ""` becomes `id, id (2), column 3`.
    """
    plain = [" ".join(name.split()) for name in header]
    taken = Counter(plain)
    names: list[str] = []
    for position, name in enumerate(plain, start=1):
        base = name or f"column {position}"
        apart, copy = base, 2
        while apart in names or (apart != name and apart in taken):
            apart, copy = f"{base} ({copy})", copy + 1
        names.append(apart)
    return names


def _with_header(
    path: Path,
    encoding: str,
    delimiter: str,
    text: io.TextIOWrapper,
    notes: list[str],
    needs: Collection[str],
) -> Table:
    first: tuple[int, list[str]] | None = None
    for line, cells, _ in islice(_records(text, delimiter), HEADER_WITHIN):
        if not any(cell.strip() for cell in cells) or _separator_line(line, cells, delimiter):
            continue
        columns = named_apart(cells)
        first = first or (line, columns)
        if set(needs) <= set(columns):
            told = [*notes, *_header_notes(cells, columns, line)]
            return Table(path, encoding, delimiter, columns, line, told)
    if first is None:
        raise Refused(f"{path.name} is empty: it has no header line.", code="unreadable_file")
    missing = ", ".join(f"'{name}'" for name in needs if name not in first[1])
    shown = ", ".join(name[:40] for name in first[1][:12])
    raise Refused(f"{path.name} has no column {missing}. It has: {shown}.", code="unreadable_file")


def _header_notes(cells: list[str], columns: list[str], line: int) -> list[str]:
    notes = []
    if line > 1:
        notes.append(f"The header is on line {line}; the lines above it were passed over.")
    renamed = [
        f"column {position} is called '{new}'"
        for position, (old, new) in enumerate(zip(cells, columns, strict=True), start=1)
        if " ".join(old.split()) != new
    ]
    if renamed:
        notes.append(f"Header names told apart: {'; '.join(renamed)}.")
    return notes


class _Lines:
    """The physical lines, counted; lines of a broken record can be handed back and read again."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        try:
            line = self._back.popleft() if self._back else next(self._source)
        except StopIteration:
            self.ended = True
            raise
        self.taken.append(line)
        self.number += 1
        return line

    def hand_back_all_but_first(self) -> str:
        first, *rest = self.taken
        self._back.extendleft(reversed(rest))
        self.number -= len(rest)
        self.taken.clear()
        self.ended = False
        return first


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line, cells, problem). A quote that is never closed costs its own line, not the rest."""
    lines = _Lines(iter(text))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.taken.clear()
        line, problem, cells = lines.number + 1, "", list[str]()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = f"The row cannot be read ({error}); is a quotation mark not closed?"
        if not problem and lines.ended:
            problem = "A quotation mark is opened and not closed up to the end of the file."
        if problem:
            cells = [lines.hand_back_all_but_first().rstrip("\r\n")]
            reader = csv.reader(lines, delimiter=delimiter)
        yield line, cells, problem


@contextmanager
def _refusing_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Refused(f"{path.name} is a damaged gzip file: {error}.", code="unreadable_file") from error
    except UnicodeError as error:
        raise Refused(f"{path.name} cannot be read as text: {error}.", code="unreadable_file") from error
    except OSError as error:
        raise Refused(f"{path.name} cannot be opened: {error.strerror or error}.", code="unreadable_file") from error


def _encoding(path: Path) -> tuple[str, list[str]]:
    """Judge the whole file, never its beginning only: one accent may stand in the last line."""
    with _bytes(path) as stream:
        start = stream.read(4096)
    for mark, name in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return name, []
    if guessed := _utf16_without_mark(start):
        return guessed, [f"Read as {guessed.upper()}: every other byte is zero."]
    good, bad = _utf8_characters(path)
    if not bad:
        return "utf-8", []
    if good > bad:
        note = "Read as UTF-8, which it mostly is; rows with other bytes are refused."
        return "utf-8", [note]
    return "cp1252", ["Not valid UTF-8: read as Windows-1252 (Western European)."]


def _utf16_without_mark(start: bytes) -> str:
    half = len(start) // 2
    if half < 2:
        return ""
    if start[0::2].count(0) > half * 0.4 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    if start[1::2].count(0) > half * 0.4 and start[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    return ""


def _utf8_characters(path: Path) -> tuple[int, int]:
    """How many characters beyond ASCII are good UTF-8, and how many bytes are not."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = 0
    with _bytes(path) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            text = decoder.decode(chunk, final=not chunk)
            if not text.isascii():
                broken = len(_BAD_BYTE.findall(text))
                bad += broken
                good += len(_NOT_ASCII.findall(text)) - broken
            if not chunk:
                return good, bad


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells."""
    with _text(path, encoding) as text:
        sample = list(islice(text, _SAMPLE_LINES))
    if sample and (said := _SEPARATOR_LINE.fullmatch(sample[0])):
        return said[1]
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells)
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if not wide:
            continue
        count, width = max(wide)
        score = (count / widths.total(), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _separator_line(line: int, cells: list[str], delimiter: str) -> bool:
    """Excel's own first line `sep=;`, which is no record."""
    return line == 1 and _SEPARATOR_LINE.fullmatch(delimiter.join(cells)) is not None


def _bytes(path: Path) -> BinaryIO:
    with path.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path)) if packed else path.open("rb")


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    errors = "surrogateescape" if encoding in ("utf-8", "cp1252") else "strict"
    return io.TextIOWrapper(_bytes(path), encoding=encoding, errors=errors, newline="")


def _unreadable(cell: str) -> str:
    """Why this cell cannot be stored as text, or nothing."""
    if "\x00" in cell:
        return "The cell holds a NUL character, which is no text."
    if broken := _BAD_BYTE.search(cell):
        return f"The cell holds the byte 0x{ord(broken[0]) - 0xDC00:02X}, which is no text in this encoding."
    return ""


def _printable(cell: str) -> str:
    text = _BAD_BYTE.sub("\ufffd", cell).replace("\x00", "\u2400")
    return text if len(text) <= 120 else text[:119] + "…"


def _shown(cells: list[str]) -> str:
    return _printable(", ".join(cell.strip() for cell in cells if cell.strip()))
