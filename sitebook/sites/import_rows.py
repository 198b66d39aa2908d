"""From the rows of a file to places and the customers they belong to; the database is not asked.

Two customer names are one customer if they are equal without regard to case, blanks and dots at
their end (`customer_key`), and only then: `GREENWIN` and `GREENWIN CORP.` stay two. Rows of one
customer are one place if they carry the same external id, or else the same address (`_place_key`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from hashlib import sha256
from typing import Any
from zoneinfo import available_timezones

from django.db import models

from sitebook.custom_fields.models import CustomField
from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.imports.csv_reader import Refusal, Row, Table
from sitebook.imports.mapping import FileMapping
from sitebook.imports.report import Report
from sitebook.sites.models import Site, SiteExternalId
from sitebook.sites.tables import SITE
from sitebook.values.readers import BadValue

CUSTOMER_FIELDS = ("name", "kind", "website", "phone", "email", "vat_number")
SITE_FIELDS = (
    *("name", "code", "lines", "town", "region", "postcode", "country"),
    *("latitude", "longitude", "type", "tags", "phone", "email", "time_zone", "external_id"),
)
REGISTERS = {"customer": CUSTOMER, "site": SITE}
FIELDS = {"customer": CUSTOMER_FIELDS, "site": SITE_FIELDS}
RULES = ("phone_country", "postcodes", "system", "nobody", "same_place", "numbered_names", "bounds")
SAME_PLACE = ("name", "code", "lines", "town", "region", "postcode", "country", "latitude", "longitude")
ADDRESS_LINES = 2

_UK_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_TAG_LENGTH = 40
_NUMBER_AT_END = re.compile(r"(?P<name>.*[^\W\d].*?)(?:\s+-)?\s+[(#]?\d{1,3}\)?")
_LONGEST_KEY = 200
_SIX_PLACES = Decimal("0.000001")


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
    """A site as the file describes it, from its first row, gaps filled from its further rows."""

    key: str
    line: int
    party: str
    name: str
    code: str
    lines: list[str]
    town: str
    region: str
    postcode: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    type: str
    tags: list[str]
    phone: str
    email: str
    time_zone: str
    names: list[str] = field(default_factory=list)
    further_lines: list[int] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)


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
            place.name = _name_of_all(place.names)
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
    texts = {name: mapping.text("site", name, cells) for name in SITE_FIELDS}
    lines = _address_lines(mapping.texts("site", "lines", cells), texts["town"])
    _check_site(texts, lines, mapping)
    place = Place(
        key=texts["external_id"],
        line=line,
        party=party.key,
        name=texts["name"],
        code=texts["code"],
        lines=lines,
        town=texts["town"],
        region=texts["region"],
        postcode=_postcode(line, texts["postcode"], mapping, report),
        country=texts["country"].upper(),
        latitude=None,
        longitude=None,
        type=texts["type"],
        tags=[tag[:_TAG_LENGTH] for tag in mapping.texts("site", "tags", cells)],
        phone=texts["phone"],
        email=texts["email"],
        time_zone=texts["time_zone"],
        names=[texts["name"]],
    )
    place.latitude, place.longitude = _point(line, texts, mapping, report)
    if not place.key:
        place.key = _place_key(place, mapping)
    return place


def _check_site(texts: Mapping[str, str], lines: list[str], mapping: FileMapping) -> None:
    if not texts["name"]:
        raise _UntakableError(mapping.column_of("site", "name"), "", "The row names no place.")
    if "external_id" in mapping.fields["site"] and not texts["external_id"]:
        reason = "The row lacks the number that identifies the place."
        raise _UntakableError(mapping.column_of("site", "external_id"), "", reason)
    for name in ("name", "code", "town", "region", "postcode", "type"):
        _fits(Site, name, texts[name], "site", mapping)
    _fits(SiteExternalId, "value", texts["external_id"], "site", mapping, called="external_id")
    for text in lines:
        _fits(Site, "line1", text, "site", mapping, called="lines")
    if texts["country"] and not _COUNTRY.fullmatch(texts["country"]):
        reason = "A country is written with its two letters, as in GB."
        raise _UntakableError(mapping.column_of("site", "country"), texts["country"], reason)
    if texts["time_zone"] and texts["time_zone"] not in _zones():
        reason = "A time zone is written as in Europe/London."
        raise _UntakableError(mapping.column_of("site", "time_zone"), texts["time_zone"], reason)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


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
        raise _UntakableError(mapping.column_of(section, called or name), text[:60] + "…", reason)


def _place_key(place: Place, mapping: FileMapping) -> str:
    """The customer and the columns of `same_place`, in lower case; the name where no street is given.

    The town counts only where there is no postcode, as its spelling varies from row to row.
    """
    parts = [place.party]
    for name in mapping.rules.get("same_place", ("name", "postcode", "lines", "town")):
        if name == "lines":
            parts += place.lines or [place.name]
        elif name != "town" or not place.postcode:
            parts.append(str(getattr(place, name)))
    key = " | ".join(part for part in parts if part).casefold()
    return key if len(key) <= _LONGEST_KEY else f"{key[:160]} {sha256(key.encode()).hexdigest()[:32]}"


def _add_row(place: Place, further: Place) -> None:
    """A further row of a place fills what the earlier ones left blank; tags are collected."""
    place.further_lines.append(further.line)
    place.names.append(further.name)
    place.tags += [tag for tag in further.tags if tag not in place.tags]
    place.custom = further.custom | place.custom
    for name in ("code", "town", "region", "postcode", "type", "phone", "email"):
        if not getattr(place, name):
            setattr(place, name, getattr(further, name))
    if place.latitude is None:
        place.latitude, place.longitude = further.latitude, further.longitude


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
    """A full UK postcode is written with its blank; anything else stays as typed, with a remark."""
    if mapping.rules.get("postcodes") != "GB" or not typed:
        return typed
    if found := _UK_POSTCODE.fullmatch(typed.upper().replace(" ", "")):
        return f"{found[1]} {found[2]}"
    report.remark(
        line=line,
        column=mapping.column_of("site", "postcode"),
        value=typed,
        reason="This is not a full UK postcode; it is kept as it stands.",
    )
    return typed


def _point(
    line: int, texts: Mapping[str, str], mapping: FileMapping, report: Report
) -> tuple[Decimal | None, Decimal | None]:
    """Both coordinates or none; outside the mapping's bounds none, with a remark."""
    if not texts["latitude"] and not texts["longitude"]:
        return None, None
    value = f"{texts['latitude']}, {texts['longitude']}"
    column = mapping.column_of("site", "latitude")
    try:
        latitude = Decimal(texts["latitude"]).quantize(_SIX_PLACES)
        longitude = Decimal(texts["longitude"]).quantize(_SIX_PLACES)
    except InvalidOperation:
        report.remark(line=line, column=column, value=value, reason="These are no coordinates; left out.")
        return None, None
    edge = {"south": -90, "north": 90, "west": -180, "east": 180} | mapping.rules.get("bounds", {})
    if edge["south"] <= latitude <= edge["north"] and edge["west"] <= longitude <= edge["east"]:
        return latitude, longitude
    reason = "The coordinates lie outside the area of this list; left out."
    report.remark(line=line, column=column, value=value, reason=reason)
    return None, None


def _tell_spellings(parties: Mapping[str, Party], mapping: FileMapping, report: Report) -> None:
    """Names that were taken as one customer are all told: nothing is joined silently."""
    column = mapping.column_of("customer", "name")
    for party in parties.values():
        for name, line in party.spellings.items():
            if name != party.name:
                reason = f"Taken as the customer '{party.name}' of line {party.line}."
                report.remark(line=line, column=column, value=name, reason=reason)
