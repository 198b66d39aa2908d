"""Made-up records in large numbers, of words and places in the demo's public lists. The same seed, the same rows."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import models
from psycopg.types.json import Json

from sitebook.demo.loader import FOLDER
from sitebook.jobs.states import Category
from sitebook.registers.register import Register
from sitebook.values.codes import Code
from sitebook.values.kinds import Line, Number, OneOf, Whole
from sitebook.values.references import Reference

SEED = 20_261_129
Row = dict[str, Any]
_ENDINGS = ("Ltd", "Housing", "Group", "& Sons", "Stores", "Council")
_TYPES = ("Shop", "Office", "House", "Plant", "Car park")
_FIRST = ("Anna", "Ben", "Carla", "David", "Ewa", "Farid", "Grace", "Hugo", "Ines", "Jakub", "Karin", "Liam")
_FAULTS = ("does not start", "makes a noise", "leaks", "shows a fault", "stands still")
_POSITIONS = ("Facilities manager", "Caretaker", "Accounts", "Director", "")


@dataclass(frozen=True)
class Size:
    """How many of each there are. One customer has many sites, as a chain of shops does."""

    customers: int
    sites: int
    contacts: int
    chain: int
    others: int
    assets: int
    jobs: int

    @classmethod
    def of(cls, scale: float) -> Size:
        """Scale 1: 101,000 customers, 306,000 sites, 150,000 contacts, 1,000,000 assets, 3,000,000 jobs and 100,000 of
        every other register."""

        def about(number: int, least: int) -> int:
            return max(least, round(number * scale))

        return cls(
            customers=about(101_000, 20),
            sites=about(306_000, 60),
            contacts=about(150_000, 30),
            chain=about(3_000, 10),
            others=about(100_000, 20),
            assets=about(1_000_000, 100),
            jobs=about(3_000_000, 200),
        )


def words() -> list[str]:
    """Every word of the names and streets in the demo's lists."""
    return _read()[0]


def towns() -> list[tuple[str, str]]:
    """Towns with the beginning of one of their postcodes."""
    return _read()[1]


@cache
def _read() -> tuple[list[str], list[tuple[str, str]]]:
    found: set[str] = set()
    places: dict[str, str] = {}
    with gzip.open(FOLDER / "uk-charge-points.csv.gz", "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            found |= {word.capitalize() for word in f"{row['name']} {row['street']}".split() if _usable(word)}
            if row["town"].strip() and row["postcode"].strip():
                places.setdefault(row["town"].strip(), row["postcode"].split()[0])
    return sorted(found), sorted(places.items())


def _usable(word: str) -> bool:
    return len(word) > 2 and word.isascii() and word.isalpha()


def usual(model: type[models.Model]) -> Row:
    """What every column of a new row holds, of those the database does not fill itself."""
    filled = {
        str(field.column): _kept(field, field.get_default())
        for field in model._meta.concrete_fields
        if not field.generated and field.db_default is models.NOT_PROVIDED and not field.primary_key
    }
    return {column: value for column, value in filled.items() if value is not None}


def _kept(field: Any, value: Any) -> Any:
    return Json(value) if isinstance(field, models.JSONField) else value


def customers(size: Size) -> Iterator[Row]:
    rng, known, places = random.Random(SEED), words(), towns()
    for number in range(1, size.customers + 1):
        town, outward = rng.choice(places)
        yield {
            "name": f"{rng.choice(known)} {rng.choice(known)} {rng.choice(_ENDINGS)}",
            "head_line1": f"{rng.randrange(1, 200)} {rng.choice(known)} Road",
            "head_town": town,
            "head_postcode": f"{outward} {number % 9}AB",
            "head_country": "GB",
            "account": "stop" if number % 50 == 0 else "ok",
            "phones": Json([{"kind": "office", "number": f"+44113{number:07}", "odd": False}]),
            "tags": ["key account"] if number % 10 == 0 else [],
        }


def sites(size: Size) -> Iterator[Row]:
    """The first customer has the chain."""
    rng, known, places = random.Random(SEED + 1), words(), towns()
    for number in range(1, size.sites + 1):
        town, outward = rng.choice(places)
        yield {
            "customer_id": 1 if number <= size.chain else rng.randrange(2, size.customers + 1),
            "name": f"{rng.choice(known)} {rng.choice(known)} {number % 97}",
            "code": f"X{number}",
            "type": rng.choice(_TYPES),
            "status": "closed" if number % 40 == 0 else "active",
            "line1": f"{rng.randrange(1, 200)} {rng.choice(known)} Road",
            "town": town,
            "postcode": f"{outward} {number % 9}CD",
            "country": "GB",
            "phones": Json(
                [{"kind": "office", "number": f"+44114{number:07}", "odd": False}] if number % 3 == 0 else []
            ),
            "tags": ["out of hours"] if number % 12 == 0 else [],
        }


def assets(size: Size) -> Iterator[Row]:
    """A tenth of all belongs to the first customer; a tenth stands at another customer's than its owner's."""
    rng, known = random.Random(SEED + 3), words()
    holders = [row["customer_id"] for row in sites(size)]
    brands, classes = known[:60], ("Boiler", "Lift", "Copier", "Pump", "Door", "Chiller", "Charger")
    for number in range(1, size.assets + 1):
        site = 1 + rng.randrange(size.chain if number % 10 == 0 else size.sites)
        made = rng.choice(classes)
        yield {
            "reference": f"A-{number:07}",
            "serial": f"{rng.randrange(16**6):06X}-{number}",
            "brand": rng.choice(brands),
            "description": f"{made} {rng.choice(known)}",
            "product_class_id": 1 + classes.index(made),
            "type": rng.choice(_TYPES),
            "lifecycle": "retired" if number % 30 == 0 else "in service",
            "condition": "down" if number % 50 == 0 else "working",
            "installed_on": f"{2000 + number % 26}-{1 + number % 12:02}-01",
            "owner_id": rng.randrange(1, size.customers + 1) if number % 11 == 0 else holders[site - 1],
            "place_kind": "site",
            "site_id": site,
            "place_customer_id": holders[site - 1],
        }


def jobs(size: Size) -> Iterator[Row]:
    """Reported one after the other over ten years, without visits; those of the last weeks are open."""
    rng, known = random.Random(SEED + 4), words()
    holders = [row["customer_id"] for row in sites(size)]
    began, ended = datetime(2016, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(1, size.jobs + 1):
        site = 1 + rng.randrange(size.chain if number % 10 == 0 else size.sites)
        reported = began + (ended - began) * (number / size.jobs)
        work_type = 1 + rng.randrange(size.others)
        yield {
            "reference": f"J-{number:07}",
            "description": f"{rng.choice(known)} {rng.choice(_FAULTS)}",
            "customer_id": holders[site - 1],
            "site_id": site,
            "work_type_id": work_type,
            "work_log_type_id": work_type,
            "category": rng.choice(Category.values),
            "priority": "urgent" if number % 30 == 0 else "normal",
            "customer_order": f"PO-{number}" if number % 4 == 0 else "",
            "reported_at": reported,
            "entered_at": reported,
            "wanted_on": (reported + timedelta(7)).date() if number % 3 == 0 else None,
            "status": "logged" if number > size.jobs * 0.99 else "cancelled" if number % 50 == 0 else "closed",
        }


def contacts(size: Size) -> Iterator[Row]:
    rng, known = random.Random(SEED + 2), words()
    for number in range(1, size.contacts + 1):
        yield {
            "customer_id": rng.randrange(1, size.customers + 1),
            "name": f"{rng.choice(_FIRST)} {rng.choice(known)}",
            "position": rng.choice(_POSITIONS),
            "phones": Json([{"kind": "mobile", "number": f"+447700{number:06}", "odd": False}]),
            "emails": Json([{"kind": "office", "address": f"person{number}@example.com"}]),
        }


def declared(register: Register[Any]) -> Callable[[Size], Iterator[Row]]:
    """Rows of a plain register, of what its declaration says of each field."""

    def made(size: Size) -> Iterator[Row]:
        rng, known = random.Random(SEED + sum(map(ord, register.path))), words()
        makers = {str(each.column_of_model.column): _maker(each, rng, known) for each in register.writable(new=True)}
        makers = {column: maker for column, maker in makers.items() if maker}
        for number in range(1, size.others + 1):
            yield {column: maker(number) for column, maker in makers.items() if maker}

    return made


def _maker(each: Any, rng: random.Random, known: list[str]) -> Callable[[int], Any] | None:
    """What makes a value of a field; None where the usual one has to do."""
    kind = each.reads
    longest = getattr(each.column_of_model, "max_length", None) or 200
    if each.key:
        return lambda number: f"{rng.choice(known)[:4].upper()}-{number}"[:longest]
    if isinstance(kind, Code):
        return lambda _number: kind.codes()[0][0]
    if isinstance(kind, OneOf) and kind.choices:
        values = [value for value, _label in kind.choices if value]
        return lambda _number: rng.choice(values)
    if isinstance(kind, Reference) and not each.column_of_model.null:
        return lambda number: number  # there are as many of every plain register, numbered from 1
    if isinstance(kind, Number) and each.column_of_model.null:
        return None  # rules of its register say when it may be there
    if isinstance(kind, Number | Whole):
        most = 99 if kind.most is None else min(99, int(kind.most))
        return lambda _number: rng.randint(1, most)
    if type(kind) is Line:
        few = each.words
        return lambda number: known[number % 40] if few else f"{rng.choice(known)} {rng.choice(known)}"[:longest]
    return None
