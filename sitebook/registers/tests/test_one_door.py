"""What is typed, sent or found in a file is kept the same, whichever way it comes, and is saved again unchanged."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path
from typing import Any

import pydantic
import pytest

from sitebook.catalogue.models import WorkLogType, WorkType, WorkTypeCustomer
from sitebook.config.registers import DECLARED, importer
from sitebook.customers.models import Customer
from sitebook.jobs.register import JOBS
from sitebook.records.tests.test_edit_leaves_the_rest import filled_in
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.sites.models import Site
from sitebook.values.codes import COUNTRY, CURRENCY, LANGUAGE, TIME_ZONE, Code
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.kinds import LATITUDE, LONGITUDE, Day, Kind, Line, Number, OneOf, Paragraphs, Whole, Words, YesNo
from sitebook.values.references import Reference
from sitebook.values.several import SomeOf
from tests.cast import Cast, see_all
from tests.guards.planted import made_of

pytestmark = pytest.mark.django_db

# What people write, of each kind; the first is what the files of the second test say.
CODES: dict[Code, list[str]] = {
    COUNTRY: ["UK", "gb", "United Kingdom", "EL"],
    CURRENCY: ["eur", "EUR"],
    LANGUAGE: ["en-gb", "EN-GB"],
    TIME_ZONE: ["europe/london", "Europe/London"],
}


def texts_of(kind: Kind) -> list[Any]:
    if isinstance(kind, Code):
        return CODES[kind]
    if isinstance(kind, OneOf):
        return [str(value) for value, _label in kind.choices]
    if isinstance(kind, SomeOf):
        (first, label), *_others, (last, _label) = kind.choices
        return [f"{last}, {label}", str(first), f" {label} ,{first}"]
    if isinstance(kind, Whole | Number) and kind not in (LATITUDE, LONGITUDE):
        return numbers_of(kind)
    for known, texts in _TEXTS.items():
        if isinstance(kind, known):
            return texts
    raise AssertionError(f"say what people write in a {kind}")


def numbers_of(kind: Whole | Number) -> list[Any]:
    """Within its limits, with blanks around, and with all the digits it takes."""
    if isinstance(kind, Whole):
        return [str(kind.most), f" {kind.least} "]
    finest = "0.12345678" if kind.rounds else "0.12345678"[: 2 + kind.places]
    return ["12.5", " 7 ", finest]


_TEXTS: dict[type[Kind], list[Any]] = {
    Line: ["Plain  words", " Zürich & “<b>” ", "0012"],
    Paragraphs: ["One line", "One\r\ntwo  \n\nthree "],
    # Latitude and longitude.
    Number: ["51,5074", " 51.5074 ", "51.50741234", "-1.5"],
    Words: ["Mills, Water ,mills", "one"],
    YesNo: ["yes", "true"],
    Day: ["2026-03-01"],
}


def asked(register: Register[Any]) -> list[Field]:
    other = (Reference, Phones, Emails)
    return [each for each in register.asked(new=True) if not isinstance(each.reads, other)]


def of_model(model: Any) -> Register[Any]:
    (found,) = [each for each in DECLARED if each.model is model]
    return found


# What else is written where a field is empty without it.
BESIDE: dict[str, dict[str, str]] = {"consent_on": {"consent": "agreed"}}
# Customers come with the files of their sites, contacts with none.
TAKING_FILES = [each for each in DECLARED if each.path not in ("customers", "contacts")]
CASES = [
    pytest.param(register, each.name, text, id=f"{register.path}-{each.name}-{text[:12]!r}")
    for register in DECLARED
    for each in asked(register)
    for text in texts_of(each.reads)
]


def test_what_is_left_empty_can_be_kept():
    """Digits after the point of a meter type, sent empty, ended in an error of the database."""
    bound = [(register, each) for register in DECLARED for each in register.bound if not each.reads.required]
    faulty = [
        f"{register.path}: {each.name}"
        for register, each in bound
        if each.reads.empty is None and not each.column_of_model.null and not isinstance(each.reads, Phones | Emails)
    ]
    assert bound
    assert faulty == []


@pytest.mark.parametrize(("register", "name", "text"), CASES)
def test_form_and_api_keep_the_same(register: Register[Any], name: str, text: str):
    each = register.by_name[name]
    kept = each.reads.read(text)
    with see_all():
        form = register.form(new=True)(BESIDE.get(name, {}) | {name: as_typed(each.reads, text)})
        form.is_valid()
    assert name not in form.errors
    typed = form.cleaned_data[name]
    sent = pydantic.TypeAdapter(each.reads.schema).validate_python(as_json(each.reads, text), strict=True)
    assert (typed, each.reads.read(sent)) == (kept, kept)
    shown = form.fields[name].prepare_value(kept)
    assert each.reads.read(shown if isinstance(shown, list | bool) else str(shown)) == kept
    assert each.reads.read(each.reads.told(kept)) == kept


def as_typed(kind: Kind, text: str) -> Any:
    """As a form sends it: of several choices, those that are ticked."""
    return kind.read(text) if isinstance(kind, SomeOf) else text


def as_json(kind: Kind, text: str) -> Any:
    """As a program sends it."""
    if isinstance(kind, Number | Whole):
        number = float(text.replace(",", "."))
        return int(number) if isinstance(kind, Whole) else number
    return {YesNo: True, Words: [text]}.get(type(kind), as_typed(kind, text))


def work_type_of(customer: str) -> str:
    """The name of one that this customer has: a job is logged with one."""
    work_type = WorkType.add(work_log_type=WorkLogType.add(name="Repair"), name="Breakdown")
    WorkTypeCustomer.objects.create(work_type=work_type, customer=Customer.objects.get(name=customer))
    return work_type.name


@pytest.mark.parametrize("register", TAKING_FILES, ids=lambda register: register.path)
def test_a_file_keeps_the_same_and_its_record_is_shown_and_saved_again(
    register: Register[Any], cast: Cast, client_of: Any, tmp_path: Path
):
    fields = [each for each in asked(register) if each.imported]
    said = {each.name: texts_of(each.reads)[0] for each in fields}
    with see_all():
        said |= {each.name: str(made_of(of_model(each.reads.to))) for each in register.writable(new=True)
                 if each.must_be_sent and each.found_by}  # fmt: skip
        if register is JOBS:
            said["work_type"] = work_type_of(said["customer"])
    # What only files give: the number of a job in the system it comes from.
    said = {each.name: "Given 1" for each in register.bound if each.key and each.imported and not each.asked} | said
    mapping = "\n".join(f'{name} = "{name}"' for name in said)
    head = f'register = "{register.path}"\ntitle = "All"\n'
    extra = '[customer]\nname = "owner"\n' if register.model is Site else ""
    (tmp_path / "all.toml").write_text(f"{head}{extra}[{register.one}]\n{mapping}\n")
    with (tmp_path / "all.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[*said, "owner"], [*said.values(), "Oak Ltd"]])
    report = importer(register.path)(tmp_path / "all.csv", mapping=str(tmp_path / "all.toml"), everything=True)
    assert (report.created, report.refused_rows, report.remarks) == (1, [], [])
    with see_all():
        record = register.model._default_manager.latest("pk")
    assert register.plainly(record) | {each.name: each.reads.read(said[each.name]) for each in fields} == (
        register.plainly(record)
    )
    client, address = client_of(cast.alice), register.url("edit", record.pk)
    page = client.get(address).content.decode()
    texts = re.findall(r'<textarea name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL)
    ticked: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="checkbox" name="(\w+)"(?: value="([^"]*)")?[^>]* checked', page):
        ticked.setdefault(name, []).append(unescape(value) or "on")
    typed = filled_in(client, address) | {name: unescape(text) for name, text in texts} | ticked
    assert client.post(address, typed).status_code == 303
    with see_all():
        now = register.model._default_manager.get(pk=record.pk)
    assert (register.plainly(now), now.version) == (register.plainly(record), record.version)


def test_an_old_value_that_is_not_offered_is_shown_and_not_emptied(cast: Cast, client_of: Any):
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(country="UK", time_zone="Moon/Base")
    client, address = client_of(cast.alice), f"/sites/{cast.depot.pk}/edit/"
    typed = filled_in(client, address)
    assert (typed["country"], typed["time_zone"]) == ("UK", "Moon/Base")
    refused = client.post(address, typed)
    assert (refused.status_code, "Moon/Base” is not one of the time zones" in refused.content.decode()) == (422, True)
    assert client.post(address, typed | {"time_zone_text": "Europe/London"}).status_code == 303
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).country == "GB"
