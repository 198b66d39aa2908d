"""Takes the places of a file into the registers: new customers and sites, changed sites.

A site is found again by its external id, so the same file taken twice changes nothing. An import
never gives a site another customer: such rows are refused, for a hand-over is somebody's decision.
Customers that are there already are not changed, blank cells erase nothing, and tags are only added.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer
from sitebook.imports.csv_reader import read
from sitebook.imports.mapping import FileMapping, load
from sitebook.imports.report import Change, Report
from sitebook.sites.import_rows import (
    FIELDS,
    RULES,
    SAME_PLACE,
    Own,
    Party,
    Place,
    custom_fields,
    customer_key,
    gather,
    headings,
    phones_of,
)
from sitebook.sites.models import Site, SiteExternalId, Tenure
from sitebook.values import contact_details

if TYPE_CHECKING:
    from sitebook.users.models import User


REGISTER = "sites"
_BATCH = 1000
_REASONS = {
    "an_outside_id_names_one_site": "Its id is already in use.",
    "a_code_is_unique_within_the_customer": "Its code is already in use at this customer.",
}


@dataclass(slots=True)
class _Plan:
    """What the file means for the registers as they are now."""

    new: list[Place] = field(default_factory=list)
    changed: list[tuple[Place, Site, list[Change]]] = field(default_factory=list)
    unchanged: list[Place] = field(default_factory=list)
    known: dict[str, Customer] = field(default_factory=dict)


def take_sites(
    path: Path,
    *,
    mapping: str,
    user: "User | None" = None,
    everything: bool = False,
    dry_run: bool = False,
) -> Report:
    """Read a file by a mapping (a shipped name or a path) and take its sites, all in one transaction.

    The rows are made by `user`, or with `everything` by the operator at the machine. A dry run tells
    what would happen and writes nothing. Raises Refused (unreadable_file, bad_mapping); refused rows are no error.
    """
    with acting(user=user, via="import", reason=path.name, everything=everything):
        own = custom_fields()
    chosen = _mapping(mapping, own)
    table = read(path, needs=chosen.columns)
    chosen = chosen.with_headings(table.columns)
    report = Report(path.name, chosen.title, table.encoding, dry_run, notes=list(table.notes))
    parties, places = gather(table, chosen, report, own)
    with acting(user=user, via="import", reason=path.name, everything=everything):
        plan = _planned(parties, places, chosen, report, lock=not dry_run)
        made = {place.party for place in plan.new} - plan.known.keys()
        newcomers = [_customer(parties[key], chosen, report) for key in sorted(made, key=lambda k: parties[k].line)]
        if not dry_run:
            _write(plan, newcomers, chosen, report)
    for place in plan.new:
        _count(place, report, "created")
    for place, _, changes in plan.changed:
        _count(place, report, "updated")
        report.changes += changes
    for place in plan.unchanged:
        _count(place, report, "unchanged")
    report.made = {"customers": len(newcomers), "sites": len(plan.new)}
    return report


def _mapping(name: str, own: Own) -> FileMapping:
    mapping = load(name, register=REGISTER, fields=FIELDS, rules=RULES, also=headings(own))
    for section in FIELDS:
        if not mapping.fields[section].get("name"):
            raise Refused(
                f"The mapping {mapping.name} does not say where the name of a {section} stands.", code="bad_mapping"
            )
    for name in mapping.rules.get("same_place", ()):
        if name not in SAME_PLACE:
            raise Refused(
                f"The mapping {mapping.name}, same_place: '{name}' is none of {', '.join(SAME_PLACE)}.",
                code="bad_mapping",
            )
    return mapping.with_country("phone_country")


def _system(mapping: FileMapping) -> str:
    return str(mapping.rules.get("system") or mapping.name)[:40]


def _count(place: Place, report: Report, what: str) -> None:
    setattr(report, what, getattr(report, what) + 1)
    report.unchanged += len(place.further_lines)
    report.merged += len(place.further_lines)


def _planned(
    parties: dict[str, Party],
    places: dict[str, Place],
    mapping: FileMapping,
    report: Report,
    *,
    lock: bool,
) -> _Plan:
    plan = _Plan()
    twice = _known_customers(parties, plan)
    stored = _known_sites(places, mapping, lock=lock)
    for place in places.values():
        customer, site = plan.known.get(place.party), stored.get(place.key)
        party = parties[place.party]
        if reason := _objection(party, customer, site, twice):
            _refuse(place, party, reason, mapping, report)
        elif site is None:
            plan.new.append(place)
        elif not (changes := _changes(place, site)):
            plan.unchanged.append(place)
        elif site.is_archived:
            reason = f"The site {site.reference} is archived; restore it before it can be changed."
            _refuse(place, party, reason, mapping, report)
        else:
            plan.changed.append((place, site, changes))
    return plan


def _known_customers(parties: dict[str, Party], plan: _Plan) -> dict[str, int]:
    """Fill `plan.known`; return the keys that several customers share, with their number."""
    counted: Counter[str] = Counter()
    for customer in Customer.objects.only("id", "name", "reference", "archived_at").iterator():
        key = customer_key(customer.name)
        if key in parties:
            counted[key] += 1
            plan.known[key] = customer
    return {key: number for key, number in counted.items() if number > 1}


def _known_sites(places: dict[str, Place], mapping: FileMapping, *, lock: bool) -> dict[str, Site]:
    named = dict(
        SiteExternalId.objects.filter(system=_system(mapping), value__in=list(places)).values_list("site_id", "value")
    )
    sites = Site.objects.filter(pk__in=list(named)).select_related("customer")
    return {named[site.pk]: site for site in (sites.select_for_update(of=("self",)) if lock else sites)}


def _objection(party: Party, customer: Customer | None, site: Site | None, twice: dict[str, int]) -> str:
    """Why this place cannot be taken, or nothing."""
    if site is not None and site.customer is None:
        return f"The site {site.reference} is vacant; an import does not hand it over to '{party.name}'."
    if site is not None and site.customer is not None and customer_key(site.customer.name) != party.key:
        return (
            f"The site {site.reference} belongs to '{site.customer.name}'; an import does not hand over. "
            "If the customer has changed, hand the site over first."
        )
    if site is None and party.key in twice:
        return f"{twice[party.key]} customers have this name; it is not clear whose site this is."
    if site is None and customer is not None and customer.is_archived:
        return f"The customer {customer.reference} is archived; restore it before it gets a new site."
    return ""


def _refuse(place: Place, party: Party, reason: str, mapping: FileMapping, report: Report) -> None:
    """A place that is not taken refuses all of its rows."""
    column = mapping.column_of("customer", "name")
    for line in (place.line, *place.further_lines):
        report.refuse(line=line, column=column, value=party.name, reason=reason)


def _changes(place: Place, site: Site) -> list[Change]:
    """The fields the file says differently; a blank in the file says nothing."""
    filled = {name for name in ("phones", "emails") if getattr(site, name)}
    new: dict[str, Any] = {name: value for name, value in place.values.items() if name not in filled}
    if place.lines:
        new["line1"], new["line2"] = [*place.lines, ""][:2]
    if "tags" in new:
        new["tags"] = [*site.tags, *(tag for tag in new["tags"] if tag not in site.tags)]
    changes, record = [], f"{site.reference} {site.name}"
    for name, value in new.items():
        old = getattr(site, name)
        if old != value:
            changes.append(Change(place.line, record, name, str(old), str(value)))
            setattr(site, name, value)
    return changes + _own_changes(place, site, record)


def _own_changes(place: Place, site: Site, record: str) -> list[Change]:
    """The same of the firm's custom fields, one by one."""
    was = site.custom
    site.custom = was | place.custom
    return [
        Change(place.line, record, f"custom.{key}", str(was.get(key, "")), str(value))
        for key, value in place.custom.items()
        if was.get(key) != value
    ]


def _write(plan: _Plan, newcomers: list[Customer], mapping: FileMapping, report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_new() FROM generate_series(1, %s)", [len(newcomers)])
        for customer, (fresh,) in zip(newcomers, cursor.fetchall(), strict=True):
            customer.pk = fresh
    Customer.objects.bulk_create(newcomers, batch_size=_BATCH)
    by_key = plan.known | {customer_key(customer.name): customer for customer in newcomers}

    def add(places: list[Place]) -> None:
        _add_sites(places, by_key, mapping)

    def change(items: list[tuple[Place, Site, list[Change]]]) -> None:
        names = sorted({change.field.partition(".")[0] for _, _, changes in items for change in changes})
        Site.objects.bulk_update([site for _, site, _ in items], names, batch_size=_BATCH)

    def refuse(place: Place, reason: str) -> None:
        for line in (place.line, *place.further_lines):
            column = mapping.column_of("site", "external_id") or mapping.column_of("site", "name")
            report.refuse(line=line, column=column, value=place.name, reason=reason)

    plan.new = _in_parts(plan.new, add, lambda place, reason: refuse(place, reason))
    plan.changed = _in_parts(plan.changed, change, lambda item, reason: refuse(item[0], reason))


def _in_parts[T](items: list[T], write: Callable[[list[T]], None], refuse: Callable[[T, str], None]) -> list[T]:
    """Write all at once; where the database objects, halve until the rows at fault stand alone.

    What one may not see can be in the way, so it cannot be looked up before. Returns what was written.
    """
    if not items:
        return []
    try:
        with transaction.atomic():
            write(items)
    except IntegrityError as fault:
        if len(items) == 1:
            told = (reason for name, reason in _REASONS.items() if name in str(fault))
            reason = next(told, "")
            if not reason:
                raise
            refuse(items[0], reason)
            return []
        half = len(items) // 2
        return _in_parts(items[:half], write, refuse) + _in_parts(items[half:], write, refuse)
    return items


def _add_sites(places: list[Place], customers: dict[str, Customer], mapping: FileMapping) -> None:
    sites = Site.objects.bulk_create([_site(place, customers[place.party]) for place in places], batch_size=_BATCH)
    Tenure.objects.bulk_create(
        [Tenure(site=site, customer_id=site.customer_id, during=DateRange(None, None)) for site in sites],
        batch_size=_BATCH,
    )
    system = _system(mapping)
    SiteExternalId.objects.bulk_create(
        [SiteExternalId(site=site, system=system, value=place.key) for site, place in zip(sites, places, strict=True)],
        batch_size=_BATCH,
    )


def _site(place: Place, customer: Customer) -> Site:
    line1, line2 = [*place.lines, "", ""][:2]
    return Site(customer=customer, line1=line1, line2=line2, custom=place.custom, **place.values)


def _customer(party: Party, mapping: FileMapping, report: Report) -> Customer:
    customer = Customer(name=party.name, kind=party.kind, website=party.website, vat_number=party.vat_number)
    customer.custom = party.custom

    def remark(name: str, value: str, reason: str) -> None:
        column = mapping.column_of("customer", name)
        report.remark(line=party.line, column=column, value=value, reason=reason)

    if party.phone:
        customer.phones = phones_of(party.phone, mapping)
        if customer.phones[0]["odd"]:
            remark("phone", party.phone, "This is not a valid telephone number; it is kept and marked.")
    if party.email and (fault := contact_details.email_fault(party.email)):
        remark("email", party.email, f"{fault} It is left out.")
    elif party.email:
        customer.emails = [contact_details.Email(kind="office", address=party.email)]
    country = str(mapping.rules.get("phone_country", ""))
    if doubt := contact_details.vat_doubt(party.vat_number, country=country):
        remark("vat_number", party.vat_number, doubt)
    return customer
