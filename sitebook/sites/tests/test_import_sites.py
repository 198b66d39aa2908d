"""Taking the rows of a file into customers and sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from sitebook.access.models import Grant
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.imports.report import Report
from sitebook.sites.imports import take_sites
from sitebook.sites.models import Site, SiteExternalId, Tenure
from tests.cast import Cast, make_customer, make_firm, make_user, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db

MAPPING = """
title = "Our list"
register = "sites"
[customer]
name = "Owner"
phone = "Phone"
email = "Email"
vat_number = "VAT"
[site]
name = "Place"
code = "Code"
lines = "Street"
town = "Town"
postcode = "Postcode"
country = "Country"
latitude = "Lat"
longitude = "Lon"
tags = "Tag"
external_id = "Id"
[rules]
phone_country = "GB"
postcodes = "GB"
system = "list"
nobody = ["self"]
"""
HEADER = "Id,Owner,Place,Street,Town,Postcode,Country,Lat,Lon,Tag,Code,Phone,Email,VAT"


class Lists:
    """Writes lists and takes them as the operator, or as somebody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mapping = folder / "ours.toml"
        self.mapping.write_text(MAPPING, encoding="utf-8")

    def take(self, *rows: str, user: object = None, dry_run: bool = False) -> Report:
        padded = [row + "," * (HEADER.count(",") - row.count(",")) for row in rows]
        path = self.folder / "list.csv"
        path.write_text("\n".join([HEADER, *padded]) + "\n", encoding="utf-8")
        return take_sites(
            path,
            mapping=str(self.mapping),
            user=user,  # type: ignore[arg-type]
            everything=user is None,
            dry_run=dry_run,
        )


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    make_firm()
    return Lists(tmp_path)


def numbers(report: Report) -> tuple[int, int, int, int, int]:
    return report.read, report.created, report.updated, report.unchanged, report.refused


def test_it_makes_customers_and_sites_with_an_open_tenure(lists: Lists) -> None:
    row = "7,Oak  Ltd, Mill ,1 Lane,Leeds,ls28bt,gb,53.8,-1.5,Mills,,0113 496 0000"
    report = lists.take(row, "8,OAK LTD.,Depot")
    assert numbers(report) == (2, 2, 0, 0, 0)
    assert report.made == {"customers": 1, "sites": 2}
    with see_all():
        site = Site.objects.select_related("customer").get(name="Mill")
        assert site.customer is not None
        assert site.customer.name == "Oak Ltd"
        assert site.customer.phones == [{"kind": "office", "number": "+441134960000", "odd": False}]
        assert (site.address, site.country, site.tags) == ("1 Lane, Leeds LS2 8BT", "GB", ["Mills"])
        assert Tenure.objects.get(site=site).customer_id == site.customer_id
        assert SiteExternalId.objects.get(site=site).value == "7"


def test_it_tells_that_two_spellings_were_taken_as_one_customer(lists: Lists) -> None:
    (remark,) = lists.take("7,Oak Ltd,Mill", "8,OAK LTD.,Depot").remarks
    assert (remark.line, remark.column, remark.value) == (3, "Owner", "OAK LTD.")
    assert remark.reason == "Taken as the customer 'Oak Ltd' of line 2."


def test_it_keeps_different_names_apart(lists: Lists) -> None:
    assert lists.take("1,Greenwin,A", "2,Greenwin Corp,B").made == {"customers": 2, "sites": 2}


def test_it_changes_nothing_when_the_same_file_comes_again(lists: Lists) -> None:
    rows = ["7,Oak,Mill,1 Lane,Leeds,,GB,53.8,-1.5,Mills", "8,Elm,Depot", "8,Elm,Depot"]
    lists.take(*rows)
    with see_all():
        before = list(Change.objects.values_list("id", flat=True))
    assert numbers(lists.take(*rows)) == (3, 0, 0, 3, 0)
    with see_all():
        assert list(Change.objects.values_list("id", flat=True)) == before


def test_it_counts_further_rows_of_a_place_as_merged_and_fills_blanks_from_them(lists: Lists) -> None:
    report = lists.take("7,Oak,Mill,,,,,,,Mills", "7,Oak,Mill two,9 Road,Leeds,,,,,Water")
    assert (numbers(report), report.merged) == ((2, 1, 0, 1, 0), 1)
    with see_all():
        site = Site.objects.get(name="Mill")
    assert (site.town, site.tags) == ("Leeds", ["Mills", "Water"])


def test_it_updates_field_by_field_and_erases_nothing(lists: Lists) -> None:
    lists.take("7,Oak,Mill,1 Lane,Leeds,,,,,Mills")
    with see_all():
        Site.objects.filter(name="Mill").update(notes="Ring twice", tags=["Mills", "Ours"])
    report = lists.take("7,Oak,Mill,2 Lane,,,,53.8,-1.5,Water")
    assert numbers(report) == (1, 0, 1, 0, 0)
    assert {change.field for change in report.changes} == {"line1", "latitude", "longitude", "tags"}
    with see_all():
        site = Site.objects.get(name="Mill")
        assert (site.line1, site.town, site.notes) == ("2 Lane", "Leeds", "Ring twice")
        assert site.tags == ["Mills", "Ours", "Water"]
        (change,) = Change.objects.filter(kind="sites_site", action="changed", via="import")
        assert change.reason == "list.csv"
        assert change.changes["line1"] == ["1 Lane", "2 Lane"]


def test_it_never_hands_a_site_over(lists: Lists) -> None:
    lists.take("7,Oak,Mill")
    report = lists.take("7,Elm,Mill two", "7,Elm,Mill two", "8,Elm,Depot")
    assert numbers(report) == (3, 1, 0, 0, 2)
    refused = report.refused_rows[0]
    assert (refused.line, refused.column, refused.value) == (2, "Owner", "Elm")
    assert "belongs to 'Oak'; an import does not hand over" in refused.reason
    with see_all():
        assert Site.objects.get(name="Mill").tenures.count() == 1


def test_it_makes_no_customer_whose_only_row_is_refused(lists: Lists) -> None:
    lists.take("7,Oak,Mill")
    assert lists.take("7,Elm,Mill").made == {"customers": 0, "sites": 0}


@pytest.mark.parametrize(
    ("row", "column", "value", "reason"),
    [
        ("7,,Mill", "Owner", "", "names no customer"),
        ("7,Self.,Mill", "Owner", "Self.", "is not the name of a customer"),
        ("7,32,Mill", "Owner", "32", "has no two letters"),
        ("7,Oak,", "Place", "", "names no place"),
        (",Oak,Mill", "Id", "", "lacks the number"),
        ("7,Oak,Mill,,,,England", "Country", "England", "two letters"),
        ("7,Oak," + "x" * 201, "Place", "x" * 60 + "…", "201 characters; there is room for 200"),
    ],
)
def test_it_refuses_a_row_by_line_column_value_and_reason(
    lists: Lists, row: str, column: str, value: str, reason: str
) -> None:
    report = lists.take("1,Ash,Barn", row)
    assert numbers(report) == (2, 1, 0, 0, 1)
    (refused,) = report.refused_rows
    assert (refused.line, refused.column, refused.value) == (3, column, value)
    assert reason in refused.reason


def test_it_refuses_one_place_under_two_customers(lists: Lists) -> None:
    report = lists.take("7,Oak,Mill", "7,Elm,Mill")
    assert numbers(report) == (2, 1, 0, 0, 1)
    assert report.refused_rows[0].reason == "Line 2 names another customer for the same place: 'Oak'."


def test_it_takes_odd_cells_with_a_remark(lists: Lists) -> None:
    report = lists.take("7,Oak,Mill,,,SE8,,north,-1.5,,,12,nobody,GB1")
    assert numbers(report) == (1, 1, 0, 0, 0)
    assert [remark.column for remark in report.remarks] == ["Postcode", "Lat", "Phone", "Email", "VAT"]
    with see_all():
        site = Site.objects.select_related("customer").get(name="Mill")
        assert site.customer is not None
        assert (site.postcode, site.latitude) == ("SE8", None)
        assert site.customer.phones == [{"kind": "office", "number": "12", "odd": True}]
        assert (site.customer.emails, site.customer.vat_number) == ([], "GB1")


def test_it_cuts_a_long_tag_with_a_remark_and_splits_at_commas(lists: Lists) -> None:
    long = "West Side Federation for Senior and Supportive Housing"
    report = lists.take(f'7,Oak,Mill,,,,,,,"{long}, Inc.",,,,')
    assert numbers(report) == (1, 1, 0, 0, 0)
    assert [(remark.column, remark.value) for remark in report.remarks] == [("Tag", long)]
    with see_all():
        assert Site.objects.get(name="Mill").tags == [long[:40].strip(), "Inc."]


@pytest.mark.parametrize("country", ["UK", "gb", "United Kingdom"])
def test_it_reads_the_country_of_telephones_as_that_of_a_site(lists: Lists, country: str) -> None:
    lists.mapping.write_text(MAPPING.replace('phone_country = "GB"', f'phone_country = "{country}"'))
    lists.take(f"7,Oak,Mill,,,,{country},,,,,0113 496 0000")
    with see_all():
        site = Site.objects.select_related("customer").get(name="Mill")
        assert site.customer is not None
        assert (site.country, site.customer.phones[0]["number"]) == ("GB", "+441134960000")


def test_it_refuses_a_country_of_telephones_that_nobody_knows(lists: Lists) -> None:
    lists.mapping.write_text(MAPPING.replace('phone_country = "GB"', 'phone_country = "Ruritania"'))
    with refused("bad_mapping", match="phone_country: “Ruritania” is not one of"):
        lists.take("7,Oak,Mill")


def test_it_uses_a_customer_that_is_there(lists: Lists) -> None:
    oak = make_customer("OAK LTD.")
    assert lists.take("7,Oak Ltd,Mill").made == {"customers": 0, "sites": 1}
    with see_all():
        assert Site.objects.get(name="Mill").customer_id == oak.pk
        assert Customer.objects.get(pk=oak.pk).version == 1


def test_it_asks_when_two_customers_have_the_name(lists: Lists) -> None:
    make_customer("Oak")
    make_customer("OAK.")
    (refused,) = lists.take("7,Oak,Mill").refused_rows
    assert refused.reason == "2 customers have this name; it is not clear whose site this is."


def test_it_touches_nothing_that_is_archived(lists: Lists) -> None:
    from django.utils import timezone

    lists.take("7,Oak,Mill")
    with see_all():
        Site.objects.get(name="Mill").archive(by_id=None, at=timezone.now())
        Customer.objects.get(name="Oak").archive(by_id=None, at=timezone.now())
    report = lists.take("7,Oak,Mill two", "8,Oak,Depot")
    assert numbers(report) == (2, 0, 0, 0, 2)
    assert "is archived; restore it" in report.refused_rows[0].reason


def test_it_writes_nothing_on_a_dry_run_and_tells_the_same(lists: Lists) -> None:
    rows = ["7,Oak,Mill,,,SE8", "8,,Depot", "9,Elm,Yard"]
    told = lists.take(*rows, dry_run=True)
    with see_all():
        assert not Change.objects.exclude(kind="firm_firm").exists()
    done = lists.take(*rows)
    assert told.as_dict() | {"dry_run": False} == done.as_dict()


def test_it_shows_the_taker_what_he_made_and_nobody_else(cast: Cast, tmp_path: Path) -> None:
    report = Lists(tmp_path).take("7,Oak,Mill two", "8,Birch Housing,Yard", user=cast.bob)
    assert report.made == {"customers": 1, "sites": 2}
    with see_all():
        oak = Customer.objects.get(name="Oak")
        assert list(Grant.objects.filter(customer_id=oak.pk).values_list("user_id", flat=True)) == [cast.bob.pk]
        assert set(Change.objects.filter(via="import").values_list("actor_id", flat=True)) == {cast.bob.pk}


def test_it_says_no_more_of_what_one_cannot_see_than_already_in_use(cast: Cast, tmp_path: Path) -> None:
    with see_all():
        SiteExternalId.objects.create(site=cast.vault, system="list", value="7")
    rows = [f"{number},Acme Supermarkets,Shop {number}" for number in range(1, 20)]
    report = Lists(tmp_path).take(*rows, user=cast.bob)
    assert numbers(report) == (19, 18, 0, 0, 1)
    (refused,) = report.refused_rows
    assert (refused.line, refused.column, refused.reason) == (8, "Id", "Its id is already in use.")
    with see_all():
        assert SiteExternalId.objects.get(system="list", value="7").site_id == cast.vault.pk


def test_it_refuses_a_code_that_the_customer_has_already(cast: Cast, tmp_path: Path) -> None:
    report = Lists(tmp_path).take("7,Acme Supermarkets,Shop,,,,,,,,d-1", user=cast.charlie)
    assert numbers(report) == (1, 0, 0, 0, 1)
    assert report.refused_rows[0].reason == "Its code is already in use at this customer."


def test_it_makes_nothing_for_somebody_who_may_not_sign_in(tmp_path: Path) -> None:
    make_firm()
    gone = make_user(name="Gone", is_active=False)
    with pytest.raises(Exception, match="may not sign in"):
        Lists(tmp_path).take("7,Oak,Mill", user=gone)


def test_it_names_a_missing_column(lists: Lists, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Name,Town\nOak,Leeds\n")
    with refused("unreadable_file", match="no column 'Owner'"):
        take_sites(path, mapping=str(lists.mapping), everything=True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Owner"', "", "where the name of a customer stands"),
        ('name = "Place"', "", "where the name of a site stands"),
        ('system = "list"', 'same_place = ["colour"]', "'colour' is none of name, code"),
    ],
)
def test_it_refuses_a_mapping_that_cannot_work(lists: Lists, old: str, new: str, said: str) -> None:
    lists.mapping.write_text(MAPPING.replace(old, new))
    with refused("bad_mapping", match=said):
        lists.take("7,Oak,Mill")
