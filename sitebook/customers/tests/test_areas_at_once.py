"""Two people change the inside of one site at the same moment."""

from __future__ import annotations

from threading import Barrier, Thread

from django.db import connections

from sitebook.basics.refused import Refused
from sitebook.customers.inside import add_area, change_area
from sitebook.customers.models import Area
from tests.cast import make_cast, see_all


def test_two_moves_at_once_make_no_loop(committed: None) -> None:
    """Each alone would be right; the second waits for the first and is refused."""
    site = make_cast().depot
    with see_all():
        one, two = add_area(site, name="One"), add_area(site, name="Two")
    barrier, refused = Barrier(2), []

    def move(area: Area, into: Area) -> None:
        try:
            with see_all():
                found = Area.objects.select_related("site").get(pk=area.pk)
                barrier.wait(timeout=10)
                change_area(found, name=found.name, kind="", notes="", parent=into.pk)
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connections["default"].close()

    threads = [Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(refused) == 1
    with see_all():
        assert Area.objects.filter(site=site, parent=None).count() == 1
