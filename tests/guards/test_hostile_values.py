"""Whatever stands in a record, a list shows it as text: hostile values in every column of every register."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from django.db import models
from django.test import Client

from sitebook.config.registers import DECLARED
from sitebook.contacts.models import Contact
from sitebook.custom_fields.models import CustomField
from sitebook.customers.models import Customer
from sitebook.customers.pages.lists import rows as customers_listed
from sitebook.jobs.models import Job
from sitebook.lists.columns import fill
from sitebook.registers.register import Register
from sitebook.sites.models import Site
from tests.cast import Cast, see_all
from tests.guards.planted import made_of

HOSTILE = "'\"><x-bad a=&lt;"
KINDS = CustomField.Kind


class Cells(HTMLParser):
    """The text of each cell of each row, and every tag and attribute of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _value in attrs)}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and ("class", "pick") not in attrs:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def hostile(register: Register[Any], cast: Cast) -> Any:
    """A record with it wherever text may stand."""
    given = {Customer: lambda: cast.acme, Site: lambda: cast.depot}
    if register.model is Contact:
        record: Any = Contact.add(name="Jane", customer=cast.acme)
    elif register.model is Job:
        record = Job.objects.create(customer=cast.acme, status="draft")
    else:
        record = given.get(register.model, lambda: made_of(register))()

    def field(kind: str) -> CustomField:
        label = f"{HOSTILE} {kind}"
        return CustomField.add(register=register.table, label=label, kind=kind, choices=_choices(kind))

    own = [field(kind) for kind in KINDS]
    values: dict[str, Any] = {each.name: HOSTILE for each in register.model._meta.concrete_fields if _holds_text(each)}
    values["custom"] = {each.key: _own_value(each) for each in own}
    values |= {"tags": [HOSTILE], "phones": [{"number": HOSTILE}], "emails": [{"address": HOSTILE}]}
    held = {each.name for each in register.model._meta.concrete_fields}
    register.model._default_manager.filter(pk=record.pk).update(**{k: v for k, v in values.items() if k in held})
    return record


def _choices(kind: str) -> Any:
    return [{"label": HOSTILE}] if kind == KINDS.CHOICE else ()


def _own_value(field: CustomField) -> Any:
    by_kind = {KINDS.CHOICE: field.choices and field.choices[0]["value"], KINDS.YES_NO: True, KINDS.NUMBER: "1.5"}
    return by_kind.get(field.kind, "2026-03-01" if field.kind == KINDS.DATE else HOSTILE)


def _holds_text(field: models.Field[Any, Any]) -> bool:
    free = isinstance(field, models.CharField | models.TextField) and not field.choices and not field.generated
    return free and (field.max_length is None or field.max_length >= len(HOSTILE)) and field.name != "reference"


@pytest.mark.parametrize("register", DECLARED, ids=lambda register: register.path)
def test_no_column_of_a_list_lets_markup_through(
    register: Register[Any], cast: Cast, client_of: Callable[[Any], Client]
) -> None:
    with see_all():
        record = hostile(register, cast)
        columns = register.listing.whole().columns
        rows = customers_listed(on=None) if register.model is Customer else register.queryset()
        row = rows.get(pk=record.pk)
        fill(columns, [row])
        said = [column.text(row) for column in columns]
    keys = ",".join(column.key for column in columns)
    page = client_of(cast.alice).get(f"/{register.path}/?sort=-changed&columns={quote(keys, safe=',')}")
    assert page.status_code == 200
    cells = Cells()
    cells.feed(page.content.decode())
    assert not {"x-bad", "a=&lt;", "a=<"} & cells.seen
    shown = next(row for row in cells.rows[1:] if HOSTILE in "".join(row))  # behind the headings
    for column, text, cell in zip(columns, said, shown, strict=True):
        assert (HOSTILE in cell) == (HOSTILE in text), column.key
    assert sum(HOSTILE in text for text in said) > 4
    assert page.content.count(b"x-bad a") == page.content.count(b"&lt;x-bad a")
