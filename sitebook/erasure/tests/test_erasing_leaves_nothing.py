"""After an erasure no page, table, file or backup holds the person, though every text of every table did."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from sitebook.access.identity import acting
from sitebook.access.policies import declared
from sitebook.contacts.models import Contact, ContactRole
from sitebook.contacts.tables import CONTACT
from sitebook.custom_fields.models import CustomField, registers
from sitebook.custom_fields.triggers import keeping_values
from sitebook.customers.models import Customer
from sitebook.erasure.mentions import SPARED
from sitebook.files import uploads
from sitebook.history import tasks
from sitebook.history.verification import faults
from sitebook.server.backup import save
from sitebook.sites.models import Site, Tenure
from sitebook.sites.tables import SITE
from sitebook.users import mail_queue
from tests.cast import Cast, make_cast, make_user, see_all
from tests.guards.crawl import addresses, routes
from tests.guards.planted import (
    MARKER,
    Planted,
    fill_catalogue,
    fill_products,
    fill_records,
    made_of,
    make_run,
    plain_registers,
)

NAME, EMAIL = f"Zelda {MARKER}", f"zelda@{MARKER}.example"
PHONE, TYPED = "+441134960777", "(0113) 496 0777"
HELD = re.compile(rf"{MARKER}|496.?0777", re.IGNORECASE)

# Texts that cannot hold a name, each with the reason. A text column that is not here must be found by the erasure.
CANNOT = {
    "reference": "made by the database",
    "name_key": "made by the database from the name",
    "archived_with": "the name of an act: a letter, a number and sixteen digits",
    "time_zone": "one of the zones that are there, else no page could show a time",
    "digest": "computed from the token",
    "request": "computed from the request",
    "scopes": "read, write and manage alone",
    "list_key": "one of the lists there are",
    "custom_fields_customfield.choices": "pairs of a value and a label, which nothing else may stand beside",
    "outbox_webhook.url": "the address of a machine",
    "events": "out of the events there are",
    "roles": "out of the roles there are",
    "coding_roles": "out of the roles there are",
    "outbox_delivery.event": "one of the events there are",
    "outbox_attempt.fault": "one of our own sentences",
    "about_kind": "the table a document is about",
    "media_type": "found in the file's bytes",
    "sha256": "computed from the file's bytes",
}


def owner(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return list(cursor.fetchall()) if cursor.description else []


def texts() -> list[tuple[str, str, str, int]]:
    """Every column that may hold a text: table, column, type, how long (0: any), as the database has them."""
    # What only the database writes follows from the rest: the search at once, the history with each change.
    tables = [m._meta.db_table for m, by in declared().items() if by.write and m._meta.db_table not in SPARED]
    rows = owner(
        "SELECT table_name, column_name, data_type, coalesce(character_maximum_length, 0)"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY (%s)"
        " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY') AND is_generated = 'NEVER'"
        " AND udt_name <> '_int8'",
        tables,
    )
    # Where there can be no custom fields, nothing can be written in one (test_tables.py).
    # The keys of custom fields and specifications are of small letters and digits, made once and never changed.
    choices = {("custom_fields_customfield", "key"), ("products_specificationfield", "key")} | {
        (model._meta.db_table, str(field.column))
        for model in declared()
        for field in model._meta.concrete_fields
        if field.choices
    }
    choices |= {(table, "custom") for table in keeping_values() if table not in dict(registers())}
    free = [row for row in rows if not {row[1], f"{row[0]}.{row[1]}"} & CANNOT.keys() and row[:2] not in choices]
    return [row for row in free if not 0 < row[3] < len(NAME) + 8]


def plant_everywhere(word: str) -> int:
    """Write the person into each text of each row; returns how many columns hold it afterwards."""
    for register in dict(registers()):
        with see_all():
            if not CustomField.objects.of(register).filter(key="planted").exists():
                CustomField.add(register=register, label="Planted", kind=CustomField.Kind.TEXT)
    with see_all():
        for each in plain_registers():
            made_of(each)
    mail_queue.ask_for_link(EMAIL)
    for table in ("products_product", "assets_asset"):
        owner(f"UPDATE {table} SET product_class_id = (SELECT min(product_class_id) FROM products_specificationfield)")
    planted = 0
    for table, column, kind, longest in texts():
        text = f"'{NAME} {word} ' || id"
        key = "(SELECT min(id)::text FROM products_specificationfield)" if column == "specifications" else "'planted'"
        if kind in ("jsonb", "json"):
            value = (
                f"CASE jsonb_typeof({column}) WHEN 'array' THEN {column} ||"
                " jsonb_build_array(jsonb_build_object("
                f"'kind', 'other', 'odd', true, 'number', {text}, 'address', {text}))"
                f" ELSE {column} || jsonb_build_object({key}, {text}) END"
            )
        elif kind == "ARRAY":
            value = f"{column} || ({text})::varchar"
        else:
            value = f"{text} || ' {TYPED} {EMAIL}'" if not 0 < longest < 100 else text
        where = "WHERE during @> DATE '2015-01-01'" if (table, column) == ("sites_tenure", "place") else ""
        owner(f'UPDATE "{table}" SET {column} = {value} {where}')
        found = owner(f'SELECT count(*) FROM "{table}" WHERE {column}::text ILIKE %s', f"%{MARKER}%")
        assert found[0][0], f"nothing to plant in: {table}.{column}"
        planted += 1
    return planted


def rows_that_hold_it() -> list[tuple[str, str]]:
    """Of every table and partition, whatever it is for."""
    tables = [
        name
        for (name,) in owner(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
    ]
    return [
        (table, row)
        for table in tables
        for (row,) in owner(f'SELECT t::text FROM "{table}" t WHERE t::text ~* %s', HELD.pattern)
    ]


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "data" / "files"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    (tmp_path / "uploads").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def make_zelda(cast: Cast) -> Contact:
    with see_all():
        zelda = Contact.add(
            name=NAME,
            customer=cast.acme,
            phones=[{"kind": "mobile", "number": PHONE, "odd": False}],
            emails=[{"kind": "office", "address": EMAIL}],
        )
        Tenure.objects.filter(site=cast.depot).update(during=DateRange(date(2020, 1, 1), None))
        Tenure.objects.create(
            site=cast.depot, customer=cast.birch, during=DateRange(None, date(2020, 1, 1)), place={"name": "Old depot"}
        )
        ContactRole.objects.create(
            contact=zelda, customer=cast.acme, site=cast.depot, role="keys", during=DateRange(date(2021, 1, 1), None)
        )
        letter = SimpleUploadedFile(f"{NAME}.txt", f"Dear {NAME}".encode(), "text/plain")
        uploads.add(kind=CONTACT, pk=zelda.pk, sent=letter)
        plan = SimpleUploadedFile(f"Key of {NAME}.txt", b"Key 7", "text/plain")
        uploads.add(kind=SITE, pk=cast.depot.pk, sent=plan)
        fill_catalogue()
        fill_products()
        fill_records(cast.acme, cast.depot, text="plain")
        make_run(cast.bob, cast.acme)
        gone = Site.add(customer=cast.acme, name="Gone", notes=f"{NAME}'s garage")
        gone.archive(by_id=None, at=datetime.now(UTC), reason=f"{NAME} said so")
    return zelda


def write_history(cast: Cast, word: str) -> None:
    with acting(user=cast.alice, via="screen", request_id=word, reason=f"{NAME} asked"):
        Customer.objects.filter(pk=cast.acme.pk).update(notes=f"{NAME} {word}")
        Customer.objects.filter(pk=cast.acme.pk).update(notes="")


def test_nothing_holds_the_person_afterwards(committed: None, cluster: Any, data_dir: Path, tmp_path: Path):
    cast = make_cast()
    zelda = make_zelda(cast)
    assert plant_everywhere("once") > 50
    write_history(cast, "before")
    tasks.seal()
    plant_everywhere("twice")
    write_history(cast, "after")
    waiting = SessionStore()
    waiting["_messages"] = f"{NAME} is saved."
    waiting.save()
    assert len(rows_that_hold_it()) > 100

    erase_by_page(cast, zelda)

    assert rows_that_hold_it() == []
    assert "_messages" not in SessionStore(session_key=waiting.session_key).load()
    kept = [path for path in data_dir.rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [b"Key 7"]
    assert faults(connections["owner"]) == []
    tasks.seal()
    assert faults(connections["owner"]) == []
    assert not HELD.search(backup(cluster, tmp_path / "backup.tar", data_dir))
    assert pages_that_show_it(cast) == []


def erase_by_page(cast: Cast, zelda: Contact) -> None:
    """With every mention ticked, as somebody does who knows that the name is rare."""
    client = Client()
    client.force_login(cast.alice)
    shown = client.get(f"/contacts/{zelda.pk}/erase/").content.decode()
    ticks = re.findall(r'name="take" value="([^"]+)"', shown)
    answer = client.post(f"/contacts/{zelda.pk}/erase/", {"take": ticks, "reference": zelda.reference})
    assert answer.status_code == 303, answer.content.decode()


def backup(cluster: Any, target: Path, data_dir: Path) -> str:
    """Everything a backup holds, the database as the script that restores it."""
    save(cluster, target, data_dir=data_dir, now=datetime.now(UTC))
    with tarfile.open(fileobj=io.BytesIO(target.read_bytes())) as tar:
        tar.extractall(target.with_suffix(""), filter="data")
    dump = target.with_suffix("") / "database.dump"
    script = subprocess.run(
        [str(cluster.bin("pg_restore")), "--file=-", str(dump)], capture_output=True, text=True, check=True
    ).stdout
    assert "COPY public.contacts_contact " in script
    files = [path for path in target.with_suffix("").rglob("*") if path.is_file() and path != dump]
    return script + "".join(f"{path.name} {path.read_bytes().decode(errors='replace')}" for path in files)


def pages_that_show_it(cast: Cast) -> list[str]:
    keeper = make_user(name="Keeper", role="office", sees=(cast.acme,))
    with see_all():
        ids: dict[str, Any] = {
            model._meta.db_table: tuple(model._default_manager.order_by("pk").values_list("pk", flat=True)[:20])
            for model in declared()
        }
    everything = Planted(cast, cast.acme, cast.depot, cast.depot, keeper, keeper, ids)
    client = Client(raise_request_exception=False)
    client.force_login(cast.alice)
    shown = []
    for address in (address for route in routes() for address in addresses(route, everything)):
        for query in ("", "?archived=yes"):
            answer = client.get(address + query)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if HELD.search(text.decode(errors="replace")):
                shown.append(f"{answer.status_code} {address}{query}")
    return shown
