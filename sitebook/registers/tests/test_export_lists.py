"""Take a list along as a file: all its rows, as filtered and sorted, only what one may see, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.db import InternalError, connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sitebook.access.identity import acting
from sitebook.access.models import take
from sitebook.basics.refused import NotAllowed
from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer
from sitebook.handovers.handover import hand_over
from sitebook.lists import exports
from sitebook.lists.columns import Column
from sitebook.lists.exports import Sheet, csv_parts
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import Cast, make_customer, make_firm, make_site, make_user, see_all

MARCH = date(2024, 3, 1)


def raw(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


def rows(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw(client, address).decode("utf-8-sig"), newline="")))


@pytest.mark.django_db
def test_it_holds_all_rows_not_just_a_page_in_the_order_of_the_list(cast: Cast, client_of: Any) -> None:
    with see_all():
        for number in range(60):
            Site.add(customer=cast.acme, name=f"Shop {number:02}", town="Leeds" if number % 2 else "York")
    found = [row["Site"] for row in rows(client_of(cast.charlie), "/sites/export.csv?q=Shop&sort=-name")]
    assert found == [f"Shop {number:02}" for number in range(59, -1, -1)]
    assert len(rows(client_of(cast.charlie), "/sites/export.csv?q=York")) == 30


@pytest.mark.django_db
def test_it_holds_only_what_the_reader_sees(cast: Cast, client_of: Any) -> None:
    assert {row["Site"] for row in rows(client_of(cast.alice), "/sites/export.csv")} == {"Depot", "Mill", "Vault"}
    assert {row["Site"] for row in rows(client_of(cast.bob), "/sites/export.csv")} == {"Depot", "Mill"}
    assert {row["Site"] for row in rows(client_of(cast.charlie), "/sites/export.csv")} == {"Depot"}
    assert {row["Customer"] for row in rows(client_of(cast.vera), "/customers/export.csv")} == {"Birch Housing"}
    for address in ("/sites/export.csv", "/customers/export.csv", "/contacts/export.csv"):
        assert Client().get(address).status_code == 302


@pytest.mark.django_db
def test_archived_ones_come_when_asked_for(cast: Cast, client_of: Any) -> None:
    with see_all():
        cast.depot.archive(by_id=None, at="2026-01-01T00:00Z")
    client = client_of(cast.charlie)
    assert rows(client, "/sites/export.csv") == []
    assert [row["Site"] for row in rows(client, "/sites/export.csv?archived=yes")] == ["Depot"]


@pytest.mark.django_db
def test_a_site_comes_with_its_customer_and_the_contact_of_the_day(cast: Cast, client_of: Any) -> None:
    with see_all():
        for customer, name, day in ((cast.acme, "Ann", None), (cast.birch, "Ben", MARCH)):
            if day:
                hand_over(cast.depot, to=customer, day=day, today=MARCH, by_id=None)
            person = Contact.add(name=name, customer=customer)
            during = DateRange(day, None)
            ContactRole.objects.create(contact=person, customer=customer, site=cast.depot, role="main", during=during)
    client = client_of(cast.bob)
    wanted = ("Customer", "Customer reference", "Default contact", "Code")
    asked = {address: rows(client, f"/sites/export.csv{address}") for address in ("", "?on=2024-02-29")}
    (now,) = [row for row in asked[""] if row["Site"] == "Depot"]
    (then,) = [row for row in asked["?on=2024-02-29"] if row["Site"] == "Depot"]
    assert [now[name] for name in wanted] == ["Birch Housing", cast.birch.reference, "Ben", ""]
    assert [then[name] for name in wanted] == ["Acme Supermarkets", cast.acme.reference, "Ann", "D-1"]


@pytest.mark.django_db
def test_customers_come_with_the_sites_and_main_contact_of_the_day(cast: Cast, client_of: Any) -> None:
    with see_all():
        ann = Contact.add(name="Ann", customer=cast.acme)
        ContactRole.objects.create(contact=ann, customer=cast.acme, role="main", during=DateRange(None, MARCH))
        hand_over(cast.depot, to=cast.birch, day=MARCH, today=MARCH, by_id=None)
    client = client_of(cast.bob)
    now = {row["Customer"]: (row["Sites"], row["Main contact"]) for row in rows(client, "/customers/export.csv")}
    then = {row["Customer"]: (row["Sites"], row["Main contact"])
            for row in rows(client, "/customers/export.csv?on=2024-02-01")}  # fmt: skip
    assert now == {"Acme Supermarkets": ("0", ""), "Birch Housing": ("2", "")}
    assert then == {"Acme Supermarkets": ("1", "Ann"), "Birch Housing": ("1", "")}


@pytest.mark.django_db
def test_contacts_come_with_their_roles(cast: Cast, client_of: Any) -> None:
    with see_all():
        ann = Contact.add(name="Ann", customer=cast.acme, emails=[{"kind": "office", "address": "ann@acme.example"}])
        for role in ("main", "Caretaker"):
            ContactRole.objects.create(
                contact=ann, customer=cast.acme, site=cast.depot, role=role, during=DateRange(None, None)
            )
        Contact.add(name="Nobody’s")
    found = {row["Contact"]: row for row in rows(client_of(cast.charlie), "/contacts/export.csv")}
    assert set(found) == {"Ann", "Nobody’s"}
    assert found["Ann"]["Roles"] == "Main contact, Caretaker"
    assert (found["Ann"]["Customer"], found["Nobody’s"]["Customer"]) == ("Acme Supermarkets", "")
    assert found["Ann"]["Emails"] == "ann@acme.example"


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str, cast: Cast, client_of: Any) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(code=f"{start}2+5", latitude="-1.5", longitude="2")
    (row,) = rows(client_of(cast.charlie), "/sites/export.csv")
    assert row["Code"] == f"'{start}2+5"
    assert row["Latitude"] == "-1.500000"


@pytest.mark.django_db
def test_the_file_is_what_spreadsheets_expect(cast: Cast, client_of: Any) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(line1='“Œuvre”, "Gate"', town="two\nlines")
    response = client_of(cast.charlie).get("/sites/export.csv?on=2024-03-01")
    assert response["Content-Disposition"] == 'attachment; filename="sitebook-sites-2024-03-01.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content)
    assert text.startswith(b"\xef\xbb\xbfReference,")
    assert text.endswith(b"\r\n")
    (row,) = csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    assert (row["Address line 1"], row["Town"]) == ('“Œuvre”, "Gate"', "two\nlines")


@pytest.mark.django_db
def test_more_rows_cost_no_more_queries_than_batches(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BATCH", 10)
    client = client_of(cast.charlie)
    counts = []
    for _round in range(2):
        for number in range(20):
            make_site(cast.acme, f"Shop {number} {_round}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(rows(client, "/sites/export.csv")) == 1 + 20 * (_round + 1)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= 2 * 2


@pytest.mark.django_db
def test_a_failure_in_the_middle_ends_in_no_whole_file(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised here cuts the connection: ``server/tests/test_streams.py``."""
    monkeypatch.setattr(exports, "BATCH", 1)
    done: list[int] = []

    def fail(lines: Any) -> str:
        if len(done) > 1:
            raise ValueError("the disk is gone")
        done.append(1)
        return "x\r\n"

    monkeypatch.setattr(exports, "_csv", fail)
    parts = client_of(cast.bob).get("/sites/export.csv").streaming_content
    with pytest.raises(ValueError, match="the disk is gone"):
        list(parts)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_a_grant_taken_away_before_it_begins_is_honoured(ending: str, cast: Cast, client_of: Any) -> None:
    response = client_of(cast.charlie).get(f"/sites/export.{ending}")
    with see_all():
        take(user_id=cast.charlie.pk, customers=[cast.acme.pk])
    content = b"".join(response.streaming_content)
    assert "Depot" not in (str(workbook(content)) if ending == "xlsx" else content.decode())


@pytest.mark.django_db
def test_whoever_may_not_sign_in_any_more_gets_no_file(cast: Cast, client_of: Any) -> None:
    response = client_of(cast.charlie).get("/sites/export.csv")
    with see_all():
        User.objects.filter(pk=cast.charlie.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        list(response.streaming_content)


@pytest.mark.django_db
def test_it_only_reads(cast: Cast) -> None:
    def write(found: Any) -> None:
        Customer.objects.filter(pk=cast.acme.pk).update(notes="written")

    column = Column(key="x", label="X", value=str, fill=write)
    with acting(user=cast.alice, via="screen"), pytest.raises(InternalError, match="read-only transaction"):
        list(csv_parts(Sheet([column], Customer.objects.order_by("pk"))))


def test_the_connection_is_nobodys_again_afterwards(committed: None) -> None:
    acme, birch = make_customer("Acme"), make_customer("Birch")
    make_site(acme, "Depot")
    make_site(birch, "Mill")
    make_firm()
    user = make_user(name="Charlie", role="viewer", sees=(acme,))
    client = Client()
    client.force_login(user)
    assert [row["Site"] for row in rows(client, "/sites/export.csv")] == ["Depot"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('transaction_read_only')")
        role, read_only = cursor.fetchone()
    assert role.endswith("_app")
    assert read_only == "off"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sites/", "/customers/", "/contacts/"])
def test_the_button_takes_the_list_as_it_is_shown(address: str, cast: Cast, client_of: Any) -> None:
    page = client_of(cast.alice).get(f"{address}?q=e&sort=-name").content.decode()
    form = page[page.index('<form class="toolbar"') :]
    form = form[: form.index("</form>")]
    for ending in ("csv", "xlsx", "jsonl"):
        assert f'<button type="submit" formaction="{address}shown.{ending}">' in form
        assert f'<button type="submit" formaction="{address}export.{ending}">' in form
    assert '<input type="hidden" name="sort" value="-name">' in form


@pytest.mark.django_db
def test_the_list_as_shown_has_its_columns_in_its_order(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.charlie)
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(tags=["a", "b"], postcode="LS1 1AA")
    (row,) = rows(client, "/sites/shown.csv?columns=tags,place,customer_reference&q=depot")
    assert list(row.items()) == [
        ("Site", "Depot"), ("Tags", "a, b"), ("Town", ""), ("Customer reference", cast.acme.reference),
    ]  # fmt: skip
    (usual,) = rows(client, "/sites/shown.csv")
    assert list(usual) == ["Site", "Customer", "Code", "Town", "Postcode", "Type", "Status", "Changed"]
    then = rows(client, "/sites/shown.csv?on=2030-01-01&columns=customer,code")
    assert then == [{"Site": "Depot", "Customer": "Acme Supermarkets", "Code": "D-1"}]
    with see_all():
        Contact.add(name="Ann", position="Porter", customer=cast.acme)
    assert rows(client, "/contacts/shown.csv?columns=position") == [{"Contact": "Ann", "Position": "Porter"}]


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["customers", "sites", "contacts"])
def test_every_kind_of_file_says_the_same(what: str, cast: Cast, client_of: Any) -> None:
    with see_all():
        Contact.add(name="Ann", customer=cast.acme, tags=["x"])
    client = client_of(cast.charlie)
    for day in ("", "?on=2030-01-01"):
        table = list(csv.reader(io.StringIO(raw(client, f"/{what}/export.csv{day}").decode("utf-8-sig"))))
        objects = [json.loads(line) for line in raw(client, f"/{what}/export.jsonl{day}").decode().splitlines()]
        book = workbook(raw(client, f"/{what}/export.xlsx{day}"))
        assert len(table) == len(objects) + 1 == len(book) == 2
        assert book[0] == table[0]
        assert [str(value or "") for value in objects[0].values()] == [
            value if value != "0" else "" for value in table[1]
        ]
        named = dict(zip(book[0], book[1], strict=True))
        assert named["Reference"] == table[1][0]


def workbook(content: bytes) -> list[list[str]]:
    """The cells of the one sheet, as they are written."""
    from xml.etree import ElementTree
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - made by us
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert not list(sheet.iter(f"{space}f"))
    lines = [{cell.get("r", ""): "".join(cell.itertext()) for cell in row} for row in sheet.iter(f"{space}row")]
    columns = [key.rstrip("0123456789") for key in lines[0]]
    return [[line.get(f"{column}{number}", "") for column in columns] for number, line in enumerate(lines, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_workbook_holds_text_as_text_and_programs_get_it_untouched(start: str, cast: Cast, client_of: Any) -> None:
    text = f"{start}HYPERLINK(1)"
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(code=text, latitude="-1.5", longitude="2")
    client = client_of(cast.charlie)
    lines = workbook(raw(client, "/sites/export.xlsx"))
    named = dict(zip(lines[0], lines[1], strict=True))
    assert named["Code"].replace("_x000D_", "\r").replace("\n", "\r") == text.replace("\n", "\r")
    assert float(named["Latitude"]) == -1.5
    (found,) = [json.loads(line) for line in raw(client, "/sites/export.jsonl").decode().splitlines()]
    assert (found["code"], found["latitude"]) == (text, -1.5)


@pytest.mark.django_db
def test_a_workbook_that_would_not_hold_all_is_refused(
    cast: Cast, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)
    assert client_of(cast.charlie).get("/sites/export.xlsx").status_code == 200
    refused = client_of(cast.alice).get("/sites/export.xlsx")
    assert refused.status_code == 409
    assert "no more than 1 rows" in refused.content.decode()


@pytest.mark.django_db
def test_other_endings_are_no_page(cast: Cast, client_of: Any) -> None:
    for ending in ("exe", "CSV", "csv%00", "../csv"):
        assert client_of(cast.alice).get(f"/sites/export.{ending}").status_code == 404


@pytest.mark.django_db
def test_a_hidden_customer_is_not_named(cast: Cast, client_of: Any) -> None:
    with see_all():
        for customer, day in ((cast.acme, None), (cast.cedar, MARCH)):
            if day:
                hand_over(cast.depot, to=customer, day=day, today=MARCH, by_id=None)
    for ending in ("csv", "jsonl"):
        for address in (f"/sites/shown.{ending}?on=2024-02-01", f"/sites/shown.{ending}", f"/contacts/shown.{ending}"):
            assert b"Cedar" not in raw(client_of(cast.charlie), address)
