"""Readings from a file: each row finds its place, the same file twice changes nothing, bad rows say why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitebook.assets.import_readings import take_readings
from sitebook.assets.meters import meters_of, told_of
from sitebook.assets.models import Asset
from sitebook.config.registers import importer
from sitebook.products.meter_types import MeterType
from tests.cast import see_all

pytestmark = pytest.mark.django_db
MAPPING = """
register = "readings"
title = "Counters of the town"

[reading]
asset = "Serial"
meter_type = "What"
at = "When"
value = "Count"
rolled = "Passed"
"""
ROWS = """Serial,What,When,Count,Passed
L-1,Starts,2026-01-01,900,
L-1,Starts,2026-02-01 08:30,20,yes
L-1,starts,2026-01-15T08:00:00+00:00,950,
L-1,Starts,2026-03-01,10,
L-1,Starts,soon,30,
L-9,Starts,2026-01-01,1,
L-1,Hours,2026-01-01,1,
V-1,Starts,2026-01-01,5,
"""


@pytest.fixture
def files(cast, tmp_path):
    with see_all():
        Asset.add(owner=cast.acme, site=cast.depot, serial="L-1")
        Asset.add(owner=cast.cedar, site=cast.vault, serial="V-1")
        MeterType.add(name="Starts", rollover_limit=Decimal(1_000))
    rows, mapping = tmp_path / "readings.csv", tmp_path / "town.toml"
    rows.write_text(ROWS)
    mapping.write_text(MAPPING)
    return rows, str(mapping)


def test_each_row_finds_its_place_and_bad_ones_say_why(cast, files):
    rows, mapping = files
    report = take_readings(rows, mapping=mapping, user=cast.bob)
    assert (report.created, report.unchanged, [each.line for each in report.refused_rows]) == (3, 0, [5, 6, 7, 8, 9])
    with see_all():
        (told,) = told_of(meters_of(Asset.objects.get(serial="L-1").pk))
    assert told.lifetime == 120
    again = take_readings(rows, mapping=mapping, user=cast.bob)
    assert (again.created, again.unchanged, len(again.refused_rows)) == (0, 3, 5)


def test_a_trial_run_leaves_nothing_and_the_command_knows_the_register(cast, files):
    rows, mapping = files
    assert importer("readings")(rows, mapping=mapping, user=cast.bob, dry_run=True).created == 3
    with see_all():
        assert not meters_of(Asset.objects.get(serial="L-1").pk).exists()
