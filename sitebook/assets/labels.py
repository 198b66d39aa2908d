"""Labels of assets: a QR code that opens the asset's page, drawn alone or on sheets of labels as they are sold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SHEET = Path(__file__).with_name("labels.typ")
QUIET = 4
"""Light modules around a code, as ISO/IEC 18004 asks."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """A sheet of labels; all lengths in millimetres. ``step_x`` and ``step_y``: from one label to the next."""

    name: str | Promise
    page: tuple[float, float]
    label: tuple[float, float]
    columns: int
    rows: int
    left: float
    top: float
    step_x: float
    step_y: float

    @property
    def on_a_sheet(self) -> int:
        return self.columns * self.rows


_A4 = (210.0, 297.0)
FORMATS: dict[str, Format] = {
    "a4-21": Format(
        name=_("A4, 21 labels of 63.5 × 38.1 mm"), page=_A4, label=(63.5, 38.1), columns=3, rows=7,
        left=7.2, top=15.1, step_x=66.0, step_y=38.1,
    ),
    "a4-8": Format(
        name=_("A4, 8 labels of 99.1 × 67.7 mm"), page=_A4, label=(99.1, 67.7), columns=2, rows=4,
        left=4.7, top=13.1, step_x=101.6, step_y=67.7,
    ),
    "a4-65": Format(
        name=_("A4, 65 labels of 38.1 × 21.2 mm"), page=_A4, label=(38.1, 21.2), columns=5, rows=13,
        left=4.7, top=10.7, step_x=40.6, step_y=21.2,
    ),
    "letter-30": Format(
        name=_("US Letter, 30 labels of 2⅝ × 1 inches"), page=(215.9, 279.4), label=(66.7, 25.4), columns=3, rows=10,
        left=4.8, top=12.7, step_x=69.8, step_y=25.4,
    ),
    "roll-62": Format(
        name=_("Label printer, 62 × 29 mm"), page=(62.0, 29.0), label=(62.0, 29.0), columns=1, rows=1,
        left=0.0, top=0.0, step_x=62.0, step_y=29.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Label:
    """``address``: where the code leads. ``lines``: what stands beside it, the reference first."""

    address: str
    lines: Sequence[str]


def qr_svg(address: str) -> str:
    """The QR code of an address as an SVG image, with the light edge that scanners need."""
    return _drawn(address, border=QUIET)


def sheet(labels: Sequence[Label], form: Format, *, title: str, language: str, start: int = 1) -> bytes:
    """The labels as a tagged PDF (PDF/UA-1). ``start``: the first free label of a sheet that is used in part."""
    data = asdict(form) | {
        "name": str(form.name),
        "title": title,
        "language": language.partition("-")[0],
        "skip": start - 1,
        "labels": [
            {"qr": _drawn(each.address, border=0), "address": each.address, "lines": [*each.lines]} for each in labels
        ],
    }
    made: Any = typst.compile(
        _SHEET.read_bytes(),
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )
    return bytes(made)


def _drawn(address: str, *, border: int) -> str:
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=border, light="#fff", omitsize=True)
    return drawn.getvalue().decode()
