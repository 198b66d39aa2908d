"""Custom fields are found, filtered, told by the history, exported, imported, handed over and erased."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from sitebook.contacts.models import Contact
from sitebook.contacts.tables import CONTACT
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.tests.made import KIND, WRITTEN, make_all, make_field
from sitebook.customers.tables import CUSTOMER
from sitebook.erasure import erase
from sitebook.handovers.handover import hand_over, take_back
from sitebook.handovers.split_join import split
from sitebook.history.models import Change
from sitebook.sites.imports import take_sites
from sitebook.sites.models import Site, Tenure
from sitebook.sites.tables import SITE
from tests.cast import Cast, make_site, see_all

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture
def written(cast: Cast) -> dict[str, CustomField]:
    """Depot, which is Acme's, has a value of each kind; Mill, which is Birch's, another."""
    fields = make_all()
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom=WRITTEN)
        other = {"boiler": "Buderus", "power": "100", "serviced": "2025-12-31", "fuel": "oil", "lift": False}
        Site.objects.filter(pk=cast.mill.pk).update(custom=other)
    return fields


@pytest.mark.parametrize(
    ("query", "depot", "mill", "chip"),
    [
        ("custom.boiler=viess", True, False, "contains"),
        ("custom.power.from=13", False, True, "13"),
        ("custom.power.until=12.5", True, False, "up to"),
        ("custom.serviced.from=2026-01-01&custom.serviced.until=2026-03-01", True, False, "1 Mar 2026"),
        ("custom.fuel=gas", True, False, "Gas"),
        ("custom.fuel=gas&custom.fuel=oil", True, True, "is one of"),
        ("custom.fuel=-", False, False, "nothing written"),
        ("custom.lift=no", False, True, "no"),
    ],
)
@pytest.mark.parametrize("day", ["", "&on=2020-01-01"])
def test_each_is_a_filter_with_its_chip(
    cast: Cast, client_of: Any, written: Any, query: str, depot: bool, mill: bool, chip: str, day: str
):
    page = client_of(cast.bob).get(f"/sites/?{query}{day}").content.decode()
    assert (">Depot<" in page, ">Mill<" in page) == (depot, mill)
    assert chip in page[page.index('id="list-chips"') :]


def test_what_a_filter_does_not_know_is_said(cast: Cast, client_of: Any, written: Any):
    page = client_of(cast.bob).get("/sites/?custom.power.from=lots&custom.fuel=coal").content.decode()
    assert page.count("does not know") >= 2
    assert ">Depot<" in page


def test_they_are_columns_of_the_list(cast: Cast, client_of: Any, written: Any):
    page = client_of(cast.bob).get("/sites/?columns=name,custom.fuel,custom.power,custom.lift").content.decode()
    for words in ("Gas", "12.5", "yes", "100"):
        assert words in page


def test_the_history_tells_each_by_its_name_whoever_wrote_it(cast: Cast, client_of: Any, written: Any):
    with see_all(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sites_site SET custom = custom - 'fuel' || %s::jsonb WHERE id = %s",
            ['{"boiler": "Worcester"}', cast.depot.pk],
        )
        change = Change.objects.filter(record_id=cast.depot.pk, kind=SITE).order_by("-id")[0]
    assert change.changes == {"custom.boiler": ["Viessmann 200", "Worcester"], "custom.fuel": ["gas", None]}
    page = client_of(cast.bob).get(f"/sites/{cast.depot.pk}/history/").content.decode()
    assert "Viessmann 200" in page
    assert "Worcester" in page
    assert "Boiler" in page
    assert "Gas" in page
    only = client_of(cast.bob).get(f"/sites/{cast.depot.pk}/history/?field=custom.boiler").content.decode()
    assert "Worcester" in only
    assert client_of(cast.vera).get(f"/sites/{cast.depot.pk}/history/").status_code == 404


def test_texts_are_found_by_who_sees_the_record_as_long_as_the_field_is_in_use(
    cast: Cast, client_of: Any, written: Any
):
    def finds(user: Any) -> bool:
        return "Depot" in client_of(user).get("/search/?q=viessmann").content.decode()

    assert (finds(cast.charlie), finds(cast.vera)) == (True, False)
    with see_all():
        written[KIND.TEXT].archive(at=NOW)
    assert not finds(cast.charlie)
    with see_all():
        written[KIND.TEXT].restore()
    assert finds(cast.charlie)


def exported(client: Any, address: str) -> list[dict[str, str]]:
    content = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


MAPPING = """
title = "Ours"
register = "sites"
[customer]
name = "Customer"
[site]
name = "Site"
external_id = "Reference"
[rules]
system = "ours"
"""


def test_what_is_exported_can_be_imported_and_is_the_same(cast: Cast, client_of: Any, written: Any, tmp_path: Path):
    make_field("Floors", KIND.NUMBER, CUSTOMER)
    rows = exported(client_of(cast.bob), "/sites/export.csv")
    depot = next(row for row in rows if row["Site"] == "Depot")
    names = ("Boiler", "Power", "Serviced", "Fuel", "Lift")
    assert [depot[name] for name in names] == ["Viessmann 200", "12.5", "2026-03-01", "Gas", "yes"]
    (tmp_path / "map.toml").write_text(MAPPING)
    with (tmp_path / "sites.csv").open("w", newline="") as file:
        sheet = csv.DictWriter(file, [*depot, "custom.floors"])
        sheet.writeheader()
        sheet.writerow(depot | {"Customer": "New Owner", "Reference": "n1", "custom.floors": "3"})
        sheet.writerow(depot | {"Customer": "New Owner", "Reference": "n2", "Power": "plenty"})
    report = take_sites(tmp_path / "sites.csv", mapping=str(tmp_path / "map.toml"), everything=True)
    with see_all():
        made = Site.objects.select_related("customer").get(customer__name="New Owner")
    assert made.custom == WRITTEN
    assert made.customer is not None
    assert made.customer.custom == {"floors": "3"}
    (refused,) = report.refused_rows
    assert (refused.line, refused.column, refused.value) == (3, "Power", "plenty")
    assert "is not a number" in refused.reason
    again = take_sites(tmp_path / "sites.csv", mapping=str(tmp_path / "map.toml"), everything=True)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_an_import_changes_them_one_by_one(cast: Cast, written: Any, tmp_path: Path):
    with see_all():
        cast.depot.external_ids.create(system="ours", value="d")
    text = MAPPING.replace("[rules]", 'custom.boiler = "Make"\n[rules]')
    (tmp_path / "map.toml").write_text(text)
    (tmp_path / "sites.csv").write_text("Reference,Customer,Site,Make\nd,Acme Supermarkets,Depot,Worcester\n")
    report = take_sites(tmp_path / "sites.csv", mapping=str(tmp_path / "map.toml"), everything=True)
    assert [(each.field, each.old, each.new) for each in report.changes] == [
        ("custom.boiler", "Viessmann 200", "Worcester")
    ]
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).custom == WRITTEN | {"boiler": "Worcester"}


def test_they_leave_with_the_customer_unless_they_belong_to_the_place(cast: Cast, client_of: Any, written: Any):
    door = make_field("Door width", KIND.NUMBER, of_place=True)
    with see_all():
        site = Site.objects.get(pk=cast.depot.pk)
        site.change(version=site.version, custom=WRITTEN | {door.key: "90"})
        day = {"day": date(2026, 3, 1), "today": date(2026, 11, 1), "by_id": None}
        change = hand_over(site, to=cast.birch, **day)
        assert Site.objects.get(pk=cast.depot.pk).custom == {door.key: "90"}
        then = Tenure.objects.get(site=site, customer=cast.acme).place["custom"]
    assert then == WRITTEN | {door.key: "90"}
    assert "Viessmann" not in client_of(cast.vera).get(f"/sites/{cast.depot.pk}/").content.decode()
    assert "Viessmann" not in client_of(cast.vera).get(f"/sites/{cast.depot.pk}/history/").content.decode()
    assert "Viessmann" in client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/").content.decode()
    assert ">Depot<" not in client_of(cast.vera).get("/search/?q=viessmann").content.decode()
    with see_all():
        take_back(change, at=NOW)
        assert Site.objects.get(pk=cast.depot.pk).custom == WRITTEN | {door.key: "90"}


def test_who_gets_a_site_back_finds_theirs_as_far_as_it_still_suits(cast: Cast, written: Any):
    with see_all():
        day = {"today": date(2026, 11, 1), "by_id": None}
        hand_over(cast.depot, to=cast.birch, day=date(2026, 3, 1), **day)
        fuel = CustomField.objects.get(pk=written[KIND.CHOICE].pk)
        fuel.change(version=fuel.version, label="Fuel", choices=[{"value": "oil", "label": "Heating oil"}])
        hand_over(cast.depot, to=cast.acme, day=date(2026, 5, 1), **day)
        now = Site.objects.get(pk=cast.depot.pk).custom
    assert now == {key: value for key, value in WRITTEN.items() if key != "fuel"}


def test_nothing_of_an_erased_person_is_left_in_them(cast: Cast):
    make_all(CONTACT)
    make_all()
    with see_all():
        person = Contact.add(name="Zelda Quillfeather", customer=cast.acme, custom={"boiler": "Likes tea"})
        person.change(version=person.version, custom={"boiler": "Likes coffee"})
        Site.objects.filter(pk=cast.depot.pk).update(custom=WRITTEN | {"boiler": "Key at Zelda Quillfeather"})
        who = erase.person_of(person)
        ticked = {each.key for each in erase.find(who).mentions}
        erase.erase(who, typed=person.reference, ticked=ticked, by_id=None, at=NOW, today=date(2026, 11, 22))
        assert Contact.objects.get(pk=person.pk).custom == {}
        left = Site.objects.get(pk=cast.depot.pk).custom
        told = " ".join(str(each.changes) for each in Change.objects.all())
    assert left == WRITTEN | {"boiler": left["boiler"]}
    assert "Quillfeather" not in left["boiler"]
    for words in ("tea", "coffee", "Quillfeather"):
        assert words not in told, words


def test_a_site_that_is_split_has_them_on_both_sides(cast: Cast, written: Any):

    with see_all():
        split(cast.depot, name="Depot B", day=date(2026, 3, 1), today=date(2026, 11, 1), areas=[], by_id=None)
        assert Site.objects.get(name="Depot B").custom == WRITTEN
        assert make_site(cast.acme, "Plain").custom == {}
