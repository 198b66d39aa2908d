"""The firm's custom fields, written into many records at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from sitebook.bulk.models import Run
from sitebook.contacts.models import Contact
from sitebook.contacts.tables import CONTACT
from sitebook.custom_fields.tests.made import KIND, make_all, make_field
from sitebook.customers.models import Customer
from sitebook.customers.tables import CUSTOMER
from sitebook.sites.models import Site
from tests.cast import Cast, make_site, see_all

KEPT = {
    "custom_boiler": ("Vitodens", "Vitodens"),
    "custom_power": ("1250.50", "1250.5"),
    "custom_serviced": ("2026-03-01", "2026-03-01"),
    "custom_fuel": ("oil", "oil"),
    "custom_lift": ("no", False),
}


def last() -> Run:
    with see_all():
        return Run.objects.order_by("-pk")[0]


def kept(record: Any) -> dict[str, Any]:
    with see_all():
        record.refresh_from_db()
    return dict(record.custom)


def order(client: Client, act: str, *records: Any, listed: str = "sites", **more: str) -> str:
    picked = {"act": act, "pick": [record.pk for record in records], **more}
    return str(client.post(f"/bulk/{listed}/", picked, follow=True).content.decode())


@pytest.mark.parametrize("name", KEPT)
def test_each_kind_is_written_and_put_back(name: str, cast: Cast, client_of):
    make_all()
    second = make_site(cast.acme, "Second", custom={"boiler": "Old", "fuel": "gas"})
    typed, value = KEPT[name]
    key = name.removeprefix("custom_")
    bob = client_of(cast.bob)
    assert "2 changed" in order(bob, name, cast.depot, second, **{name: typed})
    assert kept(cast.depot) == {key: value}
    assert kept(second) == {"boiler": "Old", "fuel": "gas"} | {key: value}
    assert "2 were so already" in order(bob, name, cast.depot, second, **{name: typed})
    assert bob.post(f"/bulk/{last().pk - 1}/undo/").status_code == 303
    assert kept(cast.depot) == {}
    assert kept(second) == {"boiler": "Old", "fuel": "gas"}


def test_nothing_takes_away_and_what_was_written_since_stays(cast: Cast, client_of):
    make_field("Boiler")
    second = make_site(cast.acme, "Second", custom={"boiler": "Old"})
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom={"boiler": "Older"})
    bob = client_of(cast.bob)
    order(bob, "custom_boiler", cast.depot, second, custom_boiler="")
    assert (kept(cast.depot), kept(second)) == ({}, {})
    with see_all():
        Site.objects.filter(pk=second.pk).update(custom={"boiler": "New"})
    bob.post(f"/bulk/{last().pk}/undo/")
    assert (kept(cast.depot), kept(second)) == ({"boiler": "Older"}, {"boiler": "New"})
    assert (last().changed, last().refused) == (1, 1)


def test_a_wrong_value_is_said_and_nothing_is_written(cast: Cast, client_of):
    make_field("Power", KIND.NUMBER)
    answer = client_of(cast.bob).post(
        "/bulk/sites/", {"act": "custom_power", "pick": [cast.depot.pk], "custom_power": "much"}
    )
    assert answer.status_code == 422
    assert "much" in answer.content.decode()
    assert kept(cast.depot) == {}


def test_a_choice_that_has_gone_since_is_not_put_back(cast: Cast, client_of):
    fuel = make_all()[KIND.CHOICE]
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom={"fuel": "gas"})
    alice = client_of(cast.alice)
    order(alice, "custom_fuel", cast.depot, custom_fuel="oil")
    with see_all():
        fuel.refresh_from_db()
        fuel.change(version=fuel.version, label="Fuel", choices=[{"value": "oil", "label": "Oil"}])
    alice.post(f"/bulk/{last().pk}/undo/")
    assert (last().changed, last().refused) == (0, 1)
    assert kept(cast.depot) == {"fuel": "oil"}


def test_an_archived_field_is_offered_no_more_and_its_runs_say_so(cast: Cast, client_of):
    from django.utils import timezone

    field = make_field("Boiler")
    alice = client_of(cast.alice)
    order(alice, "custom_boiler", cast.depot, custom_boiler="Vitodens")
    assert "Boiler" in order(alice, "", cast.depot)
    with see_all():
        field.archive(at=timezone.now())
    assert "Boiler" not in order(alice, "", cast.depot)
    refused = alice.post(f"/bulk/{last().pk}/undo/")
    assert refused.status_code == 409
    assert "Boiler “Vitodens” on 1 site” any more" in refused.content.decode()
    assert "restore that field first" in refused.content.decode()
    assert "does not know" in order(alice, "custom_boiler", cast.depot, custom_boiler="x")


def test_customers_and_contacts_have_theirs_and_a_viewer_none(cast: Cast, client_of):
    make_field("Framework", register=CUSTOMER)
    make_field("Speaks", register=CONTACT)
    with see_all():
        person = Contact.add(name="Maggie", customer=cast.acme)
    bob = client_of(cast.bob)
    assert "1 changed" in order(bob, "custom_framework", cast.acme, listed="customers", custom_framework="F-12")
    assert "1 changed" in order(bob, "custom_speaks", person, listed="contacts", custom_speaks="Welsh")
    assert (kept(cast.acme), kept(person)) == ({"framework": "F-12"}, {"speaks": "Welsh"})
    history = bob.get(f"/customers/{cast.acme.pk}/history/").content.decode()
    assert re.search(r"Framework.*?F-12", history, re.DOTALL)
    vera = client_of(cast.vera)
    refused = vera.post(
        "/bulk/customers/", {"act": "custom_framework", "pick": [cast.birch.pk], "custom_framework": "F"}
    )
    assert refused.status_code == 403
    assert kept(Customer(pk=cast.birch.pk)) == {}


def test_a_restricted_user_writes_nothing_into_what_is_hidden(cast: Cast, client_of):
    make_field("Boiler")
    order(client_of(cast.bob), "custom_boiler", cast.depot, cast.vault, custom_boiler="Vitodens")
    assert (kept(cast.depot), kept(cast.vault)) == ({"boiler": "Vitodens"}, {})


@pytest.mark.parametrize("narrowed", ["custom.boiler=Old", "custom.fuel=gas", "custom.power.from=10"])
def test_all_that_match_keeps_to_the_filters_of_custom_fields(narrowed: str, cast: Cast, client_of):
    make_all()
    second = make_site(cast.acme, "Second", custom={"boiler": "Old", "fuel": "gas", "power": "12"})
    asked = {"all": "1", "address": f"/sites/?{narrowed}", "act": "tag", "tag": "hit"}
    bob = client_of(cast.bob)
    page = bob.post("/bulk/sites/", asked).content.decode()
    assert "Tag: 1 site" in page
    assert "the whole list" not in page
    bob.post("/bulk/sites/", asked | {"confirmed": "1"})
    with see_all():
        assert list(Site.objects.filter(tags=["hit"])) == [second]


def test_a_filter_that_has_gone_is_said_and_never_left_out_in_silence(cast: Cast, client_of):
    from django.utils import timezone

    field = make_field("Boiler")
    with see_all():
        field.archive(at=timezone.now())
    bob, address = client_of(cast.bob), "/sites/?custom.boiler=Old"
    assert "This list has no filter “custom.boiler”." in bob.get(address).content.decode()
    for kind in ("shown.csv", "export.xlsx", "export.jsonl"):
        file = bob.get(address.replace("?", f"{kind}?"))
        assert file.status_code == 409
        assert "would not hold what the address says" in file.content.decode()
    answer = bob.post("/bulk/sites/", {"all": "1", "address": address, "act": "tag", "tag": "hit", "confirmed": "2"})
    assert answer.status_code == 409
    assert "This list has no filter “custom.boiler”." in answer.content.decode()
    with see_all():
        assert not Site.objects.exclude(tags=[]).exists()
