"""A large register in small: it is made, every page of it is asked, and two results are compared."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from sitebook.access.identity import acting
from sitebook.bench import load, report, run
from sitebook.bench.rows import Size
from sitebook.bench.scenarios import for_user
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.products.models import Product
from sitebook.server import static_files
from sitebook.server.commands import bench
from sitebook.sites.models import Site, Tenure
from tests.cast import make_customer, see_all
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("committed")
SCALE = 0.001


def command(*words: str) -> int:
    parser = ArgumentParser()
    bench.arguments(parser)
    return bench.run(parser.parse_args(words))


def held() -> set[tuple[str, ...]]:
    """The names of indexes, of constraints that hold and of triggers that fire."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT 'constraint', conname FROM pg_constraint WHERE convalidated
            UNION SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'
            """
        )
        return set(cursor.fetchall())


def test_it_is_made_asked_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One load for all that is said of it, as it takes seconds. Tests use the static files as they lie there."""
    monkeypatch.setattr(static_files, "collect", lambda: False)
    default = connections.settings["default"]
    monkeypatch.setitem(default, "OPTIONS", dict(default["OPTIONS"]))
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", settings.ALLOWED_HOSTS)
    before = held()
    assert command("load", "--scale", str(SCALE)) == 0
    size = Size.of(SCALE)
    with see_all():
        counts = [model.objects.count() for model in (Customer, Site, Contact, Product)]
        assert counts == [size.customers, size.sites, size.contacts, size.others]
        assert Tenure.objects.filter(during__contains=date(2026, 11, 29)).count() == size.sites
        assert Customer.objects.get(pk=1).sites.count() == size.chain
    assert held() == before
    users = load.readers()
    with acting(user=users["3"]):
        assert Customer.objects.count() == 3
        assert Customer.objects.filter(pk=1).exists()
    with acting(user=users["all"]):
        assert Customer.objects.count() == size.customers

    results = tmp_path / "results.json"
    assert command("run", "--readers", "all,3", "--rounds", "1", "--only", "Sites", "--json", str(results)) == 0
    assert "| list | 3 |" in capsys.readouterr().out
    costs = run.read(results)
    assert {cost.status for cost in costs} == {200}
    assert all(cost.statements > 2 and cost.rows_read > 0 and cost.bytes > 500 for cost in costs)
    assert command("compare", str(results), str(results)) == 0
    assert "| 1.00 |" in capsys.readouterr().out
    assert report.compared(costs, costs).count("Sites") >= 5

    client = Client()
    client.force_login(users["all"])
    asked = for_user(users["all"], client, "no token")
    assert {"Customers", "Sites", "Contacts", "Products"} <= {scenario.name for scenario in asked}
    assert [scenario for scenario in asked if scenario.name == "Sites, second page" and "after=" in scenario.path]
    with refused("no_bench"):
        command("run", "--readers", "7")


def test_it_takes_no_database_that_holds_something() -> None:
    make_customer("Acme")
    with refused("database_not_empty"):
        load.load(SCALE, told=lambda _line: None)


def test_the_same_rows_come_every_time() -> None:
    from sitebook.bench import rows

    def taken(made: Any) -> list[str]:
        return [repr(row) for row in made]

    size = Size.of(SCALE)
    assert taken(rows.sites(size)) == taken(rows.sites(size))
