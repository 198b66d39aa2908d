"""Two people change the same thing at the same moment: one is done, the other is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

from django.db import connections

from sitebook.basics.refused import Refused
from sitebook.contacts.models import SiteParty
from sitebook.contacts.parties import name_party
from sitebook.customers.groups import put_under
from sitebook.customers.models import Membership
from sitebook.sites.areas import add_area, change_area
from sitebook.sites.models import Area
from tests.cast import make_cast, see_all

JANUARY = date(2026, 1, 1)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do each in a transaction of its own, all begun before any goes on. Returns what was refused."""
    barrier, refused, broken = Barrier(len(acts)), [], []

    def do(act: Callable[[], object]) -> None:
        try:
            with see_all():
                barrier.wait(timeout=10)
                act()
        except Refused as refusal:
            refused.append(str(refusal))
        except Exception as fault:
            broken.append(repr(fault))
        finally:
            connections["default"].close()

    threads = [Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert broken == []
    return refused


def test_two_moves_make_no_loop_of_areas(committed: None) -> None:
    site = make_cast().depot
    with see_all():
        one, two = add_area(site, name="One"), add_area(site, name="Two")
    refused = at_once(
        lambda: change_area(one, name="One", kind="", notes="", parent=two.pk),
        lambda: change_area(two, name="Two", kind="", notes="", parent=one.pk),
    )
    assert len(refused) == 1
    with see_all():
        assert Area.objects.filter(site=site, parent=None).count() == 1


def test_two_moves_make_no_loop_of_customers(committed: None) -> None:
    cast = make_cast()
    refused = at_once(
        lambda: put_under(cast.acme, parent=cast.birch, since=JANUARY),
        lambda: put_under(cast.birch, parent=cast.acme, since=JANUARY),
    )
    assert len(refused) == 1
    with see_all():
        assert Membership.objects.count() == 1


def test_one_pays(committed: None) -> None:
    cast = make_cast()
    refused = at_once(
        lambda: name_party(cast.depot, role="payer", party=cast.birch, since=JANUARY),
        lambda: name_party(cast.depot, role="payer", party=cast.cedar, since=JANUARY),
    )
    assert len(refused) == 1
    with see_all():
        assert SiteParty.objects.filter(role="payer").count() == 1
