"""The status of a site changes by commands: Prospective, Active, Dormant and back, Closed for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sitebook.access.identity import acting
from sitebook.history.models import Change
from sitebook.sites.models import Site
from sitebook.sites.status import commands, set_status
from tests.cast import Cast, make_site, see_all
from tests.refusals import refused

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]

LEADS_TO = {
    ("prospective", "activate"): "active",
    ("active", "rest"): "dormant",
    ("dormant", "activate"): "active",
    ("dormant", "close"): "closed",
}


@pytest.mark.parametrize("status", Site.Status.values)
@pytest.mark.parametrize("command", ["activate", "rest", "close"])
def test_each_command_leads_only_from_where_it_may(cast: Cast, status: str, command: str) -> None:
    site = make_site(cast.acme, status=status)
    with see_all():
        if (status, command) in LEADS_TO:
            set_status(site, command=command, reason="sold")
        else:
            with refused("status_not_reachable"):
                set_status(site, command=command, reason="sold")
        site.refresh_from_db()
        assert site.status == LEADS_TO.get((status, command), status)


@pytest.mark.parametrize("status", Site.Status.values)
def test_it_offers_exactly_what_may_be_done_and_says_why_not(cast: Cast, status: str) -> None:
    offered = list(commands(make_site(cast.acme, status=status)))
    assert {each.key for each in offered if not each.why} == {key for now, key in LEADS_TO if now == status}
    assert all(each.why.endswith(".") for each in offered if each.why)


def test_closing_needs_a_reason_and_the_history_keeps_it(cast: Cast) -> None:
    site = make_site(cast.acme, status="dormant")
    with see_all(), refused("reason_missing"):
        set_status(site, command="close", reason="  ")
    with acting(user=cast.bob, via="screen"):
        set_status(site, command="close", reason="The shop is gone")
    with see_all():
        change = Change.objects.filter(kind="sites_site", subject_id=site.pk).latest("pk")
    assert (change.reason, change.changes["status"]) == ("The shop is gone", ["dormant", "closed"])


def test_a_dispatcher_does_it_from_the_menu(cast: Cast, client_of: ClientOf) -> None:
    client, here = client_of(cast.bob), f"/sites/{cast.depot.pk}/"
    assert "Make it dormant first." in client.get(here).text
    assert client.post(f"{here}close/", {"reason": "gone"}).status_code == 409
    assert client.post(f"{here}rest/").status_code == 303
    assert client.get(f"{here}rest/").status_code == 405
    assert client.post(f"{here}rest/").status_code == 409
    assert client.post(f"{here}close/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}close/", {"reason": "gone"}).status_code == 303
    assert "A closed site is not opened again." in client.get(here).text
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).status == "closed"


def test_editing_leaves_the_status_alone(cast: Cast, client_of: ClientOf) -> None:
    client, here = client_of(cast.bob), f"/sites/{cast.depot.pk}/edit/"
    assert 'name="status"' not in client.get(here).text
    assert 'name="status"' in client.get("/sites/new/").text
    typed = {"name": "Depot", "version": cast.depot.version, "status": "closed"}
    formsets = {
        f"{name}-{what}": 0 for name in ("phones", "emails", "ids") for what in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    assert client.post(here, typed | formsets).status_code == 303
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).status == "active"


def test_others_may_not(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.bob).post(f"/sites/{cast.vault.pk}/rest/").status_code == 404
    assert client_of(cast.charlie).post(f"/sites/{cast.depot.pk}/rest/").status_code == 403
    assert "Make dormant" not in client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/").text
