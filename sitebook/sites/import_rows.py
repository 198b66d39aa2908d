"""From the rows of a file to places and the customers they belong to; the database is not asked.

Two customer names are one customer if they are equal without regard to case, blanks and dots at
their end (`customer_key`), and only then: `GREENWIN` and `GREENWIN CORP.` stay two. Rows of one
customer are one place if they carry the same external id, or else the same address (`_place_key`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import models

from sitebook.custom_fields.models import CustomField
from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.imports.csv_reader import Refusal, Row, Table
from sitebook.imports.mapping import FileMapping
from sitebook.imports.report import Report
from sitebook.registers.field import Field
from sitebook.sites.models import Site, SiteExternalId
from sitebook.sites.register import SITES
from sitebook.ui import current
from sitebook.values.contact_details import Phone
from sitebook.values.contact_lines import Emails, Phones
from sitebook.values.kinds import Words
from sitebook.values.readers import BadValue

CUSTOMER_FIELDS = ("name", "kind", "website", "phone", "email", "vat_number")
# The fields of a site that a row can fill by themselves, as they are declared.
PLAIN = tuple(each for each in SITES.writable(new=True) if each.imported)
SITE_FIELDS = (*(each.name for each in PLAIN), "lines", "phone", "email", "external_id")
REGISTERS = {"customer": CUSTOMER, "site": SITES.table}
FIELDS = {"customer": CUSTOMER_FIELDS, "site": SITE_FIELDS}
RULES = ("phone_country", "postcodes", "system", "nobody", "same_place", "numbered_names", "bounds")
SAME_PLACE = ("name", "code", "lines", "town", "region", "postcode", "country", "latitude", "longitude")
ADDRESS_LINES = 2

_UK_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
# Nine digits without their dash, of which the last four may say nothing.
_US_POSTCODE = re.compile(r"(\d{5})(?:-?0000|-?(\d{4}))?")
_POSTCODES = {"GB": (_UK_POSTCODE, "UK", " "), "US": (_US_POSTCODE, "US", "-")}
_NUMBER_AT_END = re.compile(r"(?P<name>.*[^\W\d].*?)(?:\s+-)?\s+[(#]?\d{1,3}\)?")
_LONGEST_KEY = 200
_SHOWN = 60


@dataclass(slots=True)
class Party:
    """A customer as the file names it; `spellings` are all ways its name was written."""

    key: str
    line: int
    name: str
    kind: str
    website: str
    phone: str
    email: str
    vat_number: str
    spellings: dict[str, int] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """A site as the file describes it, from its first row, gaps filled from its further rows.

    ``values``: of the declared fields of which the file says something, as they are kept.
    """

    key: str
    line: int
    party: str
    lines: list[str]
    values: dict[str, Any]
    names: list[str] = field(default_factory=list)
    further_lines: list[int] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """A declared field, empty where the file says nothing of it."""
        if name not in SITES.by_name:
            raise AttributeError(name)
        return self.values.get(name, SITES.by_name[name].empty)


class _UntakableError(Exception):
    """This row is left out; carries the refusal."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason = column, value, reason


def customer_key(name: str) -> str:
    """What makes two customer names the same: case, blanks and dots at the end do not count.

    >>> customer_key("Greenwin  Corp.") == customer_key("GREENWIN CORP")
    True
    """
    return " ".join(name.split()).casefold().rstrip(". ")


Own = Mapping[str, Sequence[CustomField]]


def custom_fields() -> Own:
    """The firm's custom fields by the sections of a mapping."""
    return {section: list(CustomField.objects.of(register)) for section, register in REGISTERS.items()}


def headings(own: Own) -> dict[str, dict[str, tuple[str, str]]]:
    """The headings by which a file's column fills a custom field without being mapped: its key, or its name."""
    return {section: {each.column: (each.column, each.label) for each in fields} for section, fields in own.items()}


def gather(table: Table, mapping: FileMapping, report: Report, own: Own) -> tuple[dict[str, Party], dict[str, Place]]:
    """Read the whole file: the customers and the places it speaks of, by their keys.

    Rows that cannot be taken go to the report with line, column, value and reason.
    """
    parties: dict[str, Party] = {}
    places: dict[str, Place] = {}
    for record in table:
        if isinstance(record, Refusal):
            report.refused_rows.append(record)
            continue
        try:
            _take(record, mapping, report, parties, places, own)
        except _UntakableError as why:
            report.refuse(line=record.line, column=why.column, value=why.value, reason=why.reason)
    report.blank = table.blank
    if mapping.rules.get("numbered_names"):
        for place in places.values():
            place.values["name"] = _name_of_all(place.names)
    _tell_spellings(parties, mapping, report)
    return parties, places


def _take(
    row: Row,
    mapping: FileMapping,
    report: Report,
    parties: dict[str, Party],
    places: dict[str, Place],
    own: Own,
) -> None:
    cells = mapping.cleaned(row.values)
    party = _party(row.line, cells, mapping)
    place = _place(row.line, cells, mapping, party, report)
    party.custom, place.custom = (_custom(section, own[section], cells, mapping) for section in ("customer", "site"))
    known = places.get(place.key)
    if known is None:
        places[place.key] = place
    elif known.party != party.key:
        raise _UntakableError(
            mapping.column_of("customer", "name"),
            party.name,
            f"Line {known.line} names another customer for the same place: '{parties[known.party].name}'.",
        )
    else:
        _add_row(known, place)
    kept = parties.setdefault(party.key, party)
    kept.spellings.setdefault(party.name, row.line)
    for name in ("website", "phone", "email", "vat_number"):
        if not getattr(kept, name):
            setattr(kept, name, getattr(party, name))
    kept.custom = party.custom | kept.custom


def _custom(
    section: str, fields: Sequence[CustomField], cells: Mapping[str, str], mapping: FileMapping
) -> dict[str, Any]:
    """What the row says of the firm's custom fields; a blank says nothing."""
    found: dict[str, Any] = {}
    for each in fields:
        text = mapping.text(section, each.column, cells)
        try:
            value = each.read(text)
        except BadValue as fault:
            raise _UntakableError(mapping.column_of(section, each.column), text, str(fault)) from fault
        if value is not None:
            found[each.key] = value
    return found


def _party(line: int, cells: Mapping[str, str], mapping: FileMapping) -> Party:
    texts = {name: mapping.text("customer", name, cells) for name in CUSTOMER_FIELDS}
    name = texts.pop("name")
    column = mapping.column_of("customer", "name")
    key = customer_key(name)
    if not name:
        raise _UntakableError(column, name, "The row names no customer.")
    if key in map(customer_key, mapping.rules.get("nobody", ())):
        raise _UntakableError(column, name, f"'{name}' is not the name of a customer.")
    if sum(character.isalpha() for character in name) < 2:
        raise _UntakableError(column, name, f"'{name}' cannot be a customer's name: it has no two letters.")
    kind = texts.pop("kind") or Customer.Kind.COMPANY
    if kind not in Customer.Kind.values:
        known = ", ".join(Customer.Kind.values)
        raise _UntakableError(mapping.column_of("customer", "kind"), kind, f"The kind must be one of {known}.")
    for field_name in ("name", "website", "vat_number"):
        _fits(Customer, field_name, name if field_name == "name" else texts[field_name], "customer", mapping)
    website, phone, email, vat_number = (texts[part] for part in ("website", "phone", "email", "vat_number"))
    return Party(
        key=key, line=line, name=name, kind=kind, website=website, phone=phone, email=email, vat_number=vat_number
    )


def _place(line: int, cells: Mapping[str, str], mapping: FileMapping, party: Party, report: Report) -> Place:
    values, key = _values(line, cells, mapping, report), mapping.text("site", "external_id", cells)
    if "name" not in values:
        raise _UntakableError(mapping.column_of("site", "name"), "", "The row names no place.")
    if "external_id" in mapping.fields["site"] and not key:
        reason = "The row lacks the number that identifies the place."
        raise _UntakableError(mapping.column_of("site", "external_id"), "", reason)
    _fits(SiteExternalId, "value", key, "site", mapping, called="external_id")
    lines = _address_lines(mapping.texts("site", "lines", cells), values.get("town", ""))
    for text in lines:
        _fits(Site, "line1", text, "site", mapping, called="lines")
    place = Place(key=key, line=line, party=party.key, lines=lines, values=values, names=[values["name"]])
    place.key = key or _place_key(place, mapping)
    return place


def _values(line: int, cells: Mapping[str, str], mapping: FileMapping, report: Report) -> dict[str, Any]:
    """What the row says of the site's declared fields, read as forms and programs are."""
    found: dict[str, Any] = {}
    for each in PLAIN:
        texts = mapping.texts("site", each.name, cells)
        if texts and each.name not in ("latitude", "longitude"):
            found[each.name] = _read(each, line, texts, mapping, report)
    if "postcode" in found:
        found["postcode"] = _postcode(line, found["postcode"], mapping, report)
    found |= _point(line, cells, mapping, report)
    found |= _contact_details(line, cells, found.get("country", ""), mapping, report)
    return found


def _read(each: Field, line: int, texts: list[str], mapping: FileMapping, report: Report) -> Any:
    kind, text, column = each.reads, texts[0], mapping.column_of("site", each.name)
    if isinstance(kind, Words):
        tags = [part.strip() for each in texts for part in each.split(",")]
        for tag in tags:
            if len(tag) > kind.length:
                reason = f"A tag has room for {kind.length} letters; the rest is left out."
                report.remark(line=line, column=column, value=_short(tag), reason=reason)
        text = ", ".join(tag[: kind.length] for tag in tags)
    try:
        return kind.read(text)
    except BadValue as fault:
        raise _UntakableError(column, _short(text), str(fault)) from fault


def _contact_details(
    line: int, cells: Mapping[str, str], country: str, mapping: FileMapping, report: Report
) -> dict[str, Any]:
    """Telephone and address of a site; what cannot be understood is told."""
    found: dict[str, Any] = {}
    if text := mapping.text("site", "phone", cells):
        found["phones"] = phones_of(text, mapping, country=country)
        if found["phones"][0]["odd"]:
            reason = "This is not a valid telephone number; it is kept and marked."
            report.remark(line=line, column=mapping.column_of("site", "phone"), value=text, reason=reason)
    if text := mapping.text("site", "email", cells):
        try:
            found["emails"] = Emails().read([{"address": text}])
        except BadValue as fault:
            reason = f"{fault} It is left out."
            report.remark(line=line, column=mapping.column_of("site", "email"), value=text, reason=reason)
    return found


def phones_of(text: str, mapping: FileMapping, *, country: str = "") -> list[Phone]:
    """A telephone number as it is kept, read in the mapping's country, else the record's, else the firm's."""
    where = str(mapping.rules.get("phone_country") or country or current.country())
    found: list[Phone] = Phones(country=where).read([{"number": text}])
    return found


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


@cache
def _longest(model: type[models.Model], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", None) or 0)


def _fits(
    model: type[models.Model],
    name: str,
    text: str,
    section: str,
    mapping: FileMapping,
    called: str = "",
) -> None:
    if len(text) > (limit := _longest(model, name)):
        reason = f"The text has {len(text)} characters; there is room for {limit}."
        raise _UntakableError(mapping.column_of(section, called or name), _short(text), reason)


def _place_key(place: Place, mapping: FileMapping) -> str:
    """The customer and the columns of `same_place`, in lower case; the name where no street is given.

    The town counts only where there is no postcode, as its spelling varies from row to row.
    """
    parts = [place.party]
    for name in mapping.rules.get("same_place", ("name", "postcode", "lines", "town")):
        if name == "lines":
            parts += place.lines or [place.name]
        elif name != "town" or not place.postcode:
            parts.append(str("" if (value := getattr(place, name)) is None else value))
    key = " | ".join(part for part in parts if part).casefold()
    return key if len(key) <= _LONGEST_KEY else f"{key[:160]} {sha256(key.encode()).hexdigest()[:32]}"


def _add_row(place: Place, further: Place) -> None:
    """A further row of a place fills what the earlier ones left blank; tags are collected."""
    place.further_lines.append(further.line)
    place.names.append(further.name)
    place.custom = further.custom | place.custom
    tags = place.values.get("tags", [])
    tags += [tag for tag in further.values.get("tags", []) if tag not in tags]
    place.values = further.values | place.values | ({"tags": tags} if tags else {})


def _name_of_all(names: list[str]) -> str:
    """One name for a place whose rows are numbered: `Canary Wharf 1`, `… 2` are `Canary Wharf`."""
    if len({name.casefold() for name in names}) == 1:
        return names[0]
    plain = [found["name"] if (found := _NUMBER_AT_END.fullmatch(name)) else name for name in names]
    return plain[0] if len({name.casefold() for name in plain}) == 1 else names[0]


def _address_lines(lines: list[str], town: str) -> list[str]:
    """Lines told twice and lines that only repeat the town are left out; what is left over shares the last line."""
    kept: list[str] = []
    for line in lines:
        if line.casefold() not in {town.casefold(), *(other.casefold() for other in kept)}:
            kept.append(line)
    head, tail = kept[: ADDRESS_LINES - 1], kept[ADDRESS_LINES - 1 :]
    return [*head, ", ".join(tail)] if tail else head


def _postcode(line: int, typed: str, mapping: FileMapping, report: Report) -> str:
    """A full UK postcode is written with its blank, a US one of nine digits with its dash or without its noughts;
    anything else stays as typed, with a remark."""
    if mapping.rules.get("postcodes") not in _POSTCODES or not typed:
        return typed
    shape, called, sign = _POSTCODES[mapping.rules["postcodes"]]
    if found := shape.fullmatch(typed.upper().replace(" ", "")):
        return sign.join(part for part in found.groups() if part)
    report.remark(
        line=line,
        column=mapping.column_of("site", "postcode"),
        value=typed,
        reason=f"This is not a full {called} postcode; it is kept as it stands.",
    )
    return typed


def _point(line: int, cells: Mapping[str, str], mapping: FileMapping, report: Report) -> dict[str, Any]:
    """Both coordinates or none; outside the mapping's bounds none, with a remark."""
    texts = [mapping.text("site", name, cells) for name in ("latitude", "longitude")]
    if not any(texts):
        return {}
    reason = "These are no coordinates; left out."
    try:
        latitude, longitude = (SITES.by_name["latitude"].reads.read(texts[0]),
                               SITES.by_name["longitude"].reads.read(texts[1]))  # fmt: skip
    except BadValue:
        latitude = longitude = None
    if latitude is not None and longitude is not None:
        edge = {"south": -90, "north": 90, "west": -180, "east": 180} | mapping.rules.get("bounds", {})
        if edge["south"] <= latitude <= edge["north"] and edge["west"] <= longitude <= edge["east"]:
            return {"latitude": latitude, "longitude": longitude}
        reason = "The coordinates lie outside the area of this list; left out."
    column = mapping.column_of("site", "latitude")
    report.remark(line=line, column=column, value=", ".join(texts), reason=reason)
    return {}


def _tell_spellings(parties: Mapping[str, Party], mapping: FileMapping, report: Report) -> None:
    """Names that were taken as one customer are all told: nothing is joined silently."""
    column = mapping.column_of("customer", "name")
    for party in parties.values():
        for name, line in party.spellings.items():
            if name != party.name:
                reason = f"Taken as the customer '{party.name}' of line {party.line}."
                report.remark(line=line, column=column, value=name, reason=reason)
