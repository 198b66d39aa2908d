"""A workbook (Office Open XML) of one sheet, written row by row into a zip that is sent meanwhile.

A library would write the same only once it has seen the last row (docs/decisions/lists-as-files.md).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# What one sheet holds, its heading among them, and one of its cells.
SHEET_ROWS, CELL_LENGTH = 1_048_576, 32_767
_DAY_NOUGHT = date(1899, 12, 30).toordinal()
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_SHEET = f"{_OFFICE}/spreadsheetml/2006/main"
_PARTS = f"{_OFFICE}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# Every part but the sheet. Styles: 0 plain, 1 bold, 2 a day as 2026-03-01.
_AROUND = {
    "[Content_Types].xml": f'<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_PARTS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_PARTS}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_PARTS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_PARTS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
# Letters XML does not hold, and text that a reader would take for one of them, are written as their number.
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")


def workbook(headings: Sequence[str], lines: Iterable[Sequence[Sequence[Any]]]) -> Iterator[bytes]:
    """The parts of the file as they come. ``lines``: rows of cells, a batch at a time. Text stays text, whatever it
    begins with; numbers and days are numbers and days."""
    out = _Out()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=3) as book:
        for name, content in _AROUND.items():
            book.writestr(name, _XML + content)
        sheet = ZipInfo("xl/worksheets/sheet1.xml")
        sheet.compress_type = ZIP_DEFLATED
        letters = [_letters(place) for place in range(len(headings))]
        with book.open(sheet, "w") as file:
            heads = "".join(_text(f"{letter}1", said, ' s="1"') for letter, said in zip(letters, headings, strict=True))
            file.write(f'{_XML}{_start(len(headings))}<row r="1">{heads}</row>'.encode())
            yield out.taken()
            number = 1
            for batch in lines:
                file.write(_rows(batch, letters, number + 1).encode())
                number += len(batch)
                yield out.taken()
            file.write(b"</sheetData></worksheet>")
    yield out.taken()


class _Out(io.RawIOBase):
    """What the zip writes into: it cannot go back, so that all before can be sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self.parts.append(bytes(part))
        return len(part)

    def taken(self) -> bytes:
        whole = b"".join(self.parts)
        self.parts.clear()
        return whole


def _start(columns: int) -> str:
    return (
        f'<worksheet xmlns="{_SHEET}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/>'
        f'</sheetView></sheetViews><cols><col min="1" max="{columns}" width="18" customWidth="1"/></cols><sheetData>'
    )


def _rows(batch: Sequence[Sequence[Any]], letters: Sequence[str], first: int) -> str:
    parts: list[str] = []
    for number, line in enumerate(batch, first):
        parts.append(f'<row r="{number}">')
        parts += [
            _WRITTEN[type(cell)](f"{letter}{number}", cell)
            for letter, cell in zip(letters, line, strict=True)
            if cell is not None and cell != ""
        ]
        parts.append("</row>")
    return "".join(parts)


def _text(place: str, said: str, style: str = "") -> str:
    """Text longer than a cell holds ends in an ellipsis."""
    if len(said) > CELL_LENGTH:
        said = said[: CELL_LENGTH - 1] + "…"
    if _SPECIAL.search(said):
        said = _ODD.sub(lambda odd: f"_x{ord(odd[0]):04X}_", said)
        said = said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{said}</t></is></c>'


def _number(place: str, number: float | Decimal) -> str:
    return f'<c r="{place}"><v>{number}</v></c>'


def _day(place: str, day: date) -> str:
    return f'<c r="{place}" s="2"><v>{day.toordinal() - _DAY_NOUGHT}</v></c>'


_WRITTEN: dict[type, Callable[[str, Any], str]] = {
    str: _text,
    date: _day,
    **dict.fromkeys((int, float, Decimal), _number),
}


def _letters(place: int) -> str:
    """``A`` … ``Z``, ``AA`` …"""
    first, last = divmod(place, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)
