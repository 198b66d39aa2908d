"""Loading the demo, looking at it, taking it away."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from sitebook.access.identity import acting
from sitebook.assets.models import Asset
from sitebook.catalogue.models import Activity
from sitebook.customers.models import Customer
from sitebook.demo import loader, products, work
from sitebook.demo.loader import ENGINEER_SEES, FOLDER, LOGINS
from sitebook.history.models import Change
from sitebook.products.models import Product
from sitebook.server.commands import demo, import_
from sitebook.sites.imports import take_sites
from sitebook.sites.models import Site, Tenure
from sitebook.users.models import User
from tests.cast import make_customer, make_firm, make_user, see_all
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("committed")

CITY_LIST_OF_2022 = Path(__file__).parents[2] / "imports" / "tests" / "data" / "toronto-apartments-2022.csv.gz"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo with its smallest list only, where the others add nothing but time."""
    monkeypatch.setattr(loader, "LISTS", ("nycha-developments",))
    monkeypatch.setattr(loader, "ASSET_LISTS", ())


def command(module: Any, *words: str) -> int:
    parser = ArgumentParser()
    module.arguments(parser)
    result: int = module.run(parser.parse_args(words))
    return result


def test_it_holds_the_files_rows_and_five_log_ins(capsys: pytest.CaptureFixture[str]) -> None:
    """One load for all that is said of it, as it takes seconds."""
    assert command(demo, "--no-serve") == 0
    told = capsys.readouterr().out
    assert "uk-charge-points.csv.gz: 3,968 rows in the file, read 3,968" in told
    assert "nycha-developments.csv.gz: 4,519 rows in the file, read 4,519" in told
    assert "toronto-apartments.csv.gz: 3,611 rows in the file, read 3,611" in told
    assert "nycha-elevators.csv.gz: 475 rows in the file, read 475" in told
    assert "475 assets" in told
    with see_all():
        assert (Customer.objects.count(), Site.objects.count()) == (1_151, 6_222)
        assert Tenure.objects.count() == 6_222
        assert Product.objects.count() == len(products.ROWS)
        assert Customer.objects.get(name="New York City Housing Authority").sites.count() == 276
        assert not Customer.objects.filter(name__in=["32", "Unknown", "N/A", "SELF", ""]).exists()
        paths = Change.objects.exclude(via="command").values_list("via", "reason").order_by().distinct()
        every = [*loader.LISTS, *loader.ASSET_LISTS]
        assert sorted(paths) == [("import", f"{name}.csv.gz") for name in sorted(every)]
        assert Activity.objects.count() == len(work.ACTIVITIES)
        assert Asset.objects.filter(site__name="QUEENSBRIDGE NORTH", product_class__name="Lift").count() == 55
        assert all(User.objects.get(email=login.email).check_password(login.password) for login in LOGINS)
        engineer = User.objects.get(email="engineer@demo.example")
    with acting(user=engineer):
        assert set(Customer.objects.values_list("name", flat=True)) == set(ENGINEER_SEES)


def test_it_changes_nothing_when_it_is_there_already(small: None, capsys: pytest.CaptureFixture[str]) -> None:
    loader.load()
    with see_all():
        before = Change.objects.count()
    assert command(demo, "--no-serve") == 0
    assert "administrator@demo.example" in capsys.readouterr().out
    with see_all():
        assert Change.objects.count() == before


def test_it_refuses_a_database_that_holds_anything_else() -> None:
    make_customer("Ours")
    with refused("database_not_empty", match="customers_customer"):
        loader.load()
    with refused("no_demo"):
        loader.remove()
    make_firm()
    with refused("no_demo"):
        loader.remove()


def test_it_leaves_an_empty_database_behind(small: None) -> None:
    loader.load()
    loader.remove()
    with connections["owner"].cursor() as cursor:
        for table in loader._tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (0,), table
    assert make_customer("First").reference == "C-0001"


def test_it_does_not_throw_away_what_people_entered(small: None) -> None:
    loader.load()
    with see_all():
        office = User.objects.get(email="office@demo.example")
    with acting(user=office, via="screen"):
        Customer.add(name="Ours")
    make_user(name="One More")
    with refused("own_records_in_demo", match="2 users, customers and sites were entered by hand"):
        loader.remove()
    loader.remove(with_own_records=True)
    assert not loader.is_there()


def test_it_stays_empty_when_loading_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "LISTS", ("nycha-developments", "nowhere"))
    monkeypatch.setattr(loader, "ASSET_LISTS", ())
    with pytest.raises(Exception, match="nowhere"):
        loader.load()
    monkeypatch.setattr(loader, "LISTS", ("nycha-developments",))
    assert all(one.agrees for one in loader.load())


@pytest.mark.parametrize("name", loader.LISTS)
def test_a_list_taken_twice_changes_nothing(name: str) -> None:
    path = FOLDER / f"{name}.csv.gz"
    first = take_sites(path, mapping=name, everything=True)
    second = take_sites(path, mapping=name, everything=True)
    assert (second.created, second.updated, second.changes) == (0, 0, [])
    assert second.unchanged == first.created + first.unchanged
    assert second.refused == first.refused


def test_the_citys_list_four_years_later_updates_and_asks_for_hand_overs() -> None:
    before = take_sites(CITY_LIST_OF_2022, mapping="toronto-apartments", everything=True)
    after = take_sites(FOLDER / "toronto-apartments.csv.gz", mapping="toronto-apartments", everything=True)
    assert (before.read, before.created, before.refused) == (3_488, 2_083, 1_405)
    assert (after.read, after.created, after.updated, after.unchanged, after.refused) == (3_611, 1_125, 6, 1_652, 828)
    hand_overs = [row for row in after.refused_rows if "does not hand over" in row.reason]
    assert len(hand_overs) == 334
    with see_all():
        assert Tenure.objects.count() == Site.objects.count() == 2_083 + 1_125


def test_the_command_tells_the_whole_report(capsys: pytest.CaptureFixture[str]) -> None:
    words = (str(FOLDER / "nycha-developments.csv.gz"), "--as", "sites", "--mapping", "nycha-developments")
    assert command(import_, *words, "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["created"], told["merged"]) == (4_519, 276, 4_243)
    assert told["made"] == {"customers": 1, "sites": 276}
    assert command(import_, *words) == 0
    assert "read 4519 = created 276 + updated 0 + unchanged 4243 + refused 0" in capsys.readouterr().out


def test_the_command_says_by_its_exit_code_that_rows_were_refused(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(FOLDER / "uk-charge-points.csv.gz")
    assert command(import_, path, "--as", "sites", "--mapping", "uk-charge-points", "--dry-run") == 1
    told = capsys.readouterr().out
    assert "would make: 248 customers, 2829 sites" in told
    assert "The row has 52 cells where the header has 21." in told
