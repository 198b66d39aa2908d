"""Administrators say what fields there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import Error, connections, transaction
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.tests.made import KIND, make_all, make_field
from sitebook.customers.tables import CUSTOMER
from sitebook.sites.models import Site
from sitebook.sites.tables import SITE
from tests.cast import Cast, make_cast, see_all
from tests.refusals import refused

LINES = {"choices-TOTAL_FORMS": "3", "choices-INITIAL_FORMS": "0"}
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.django_db
def test_a_field_is_added_renamed_moved_archived_and_restored(cast: Cast, client_of: Any):
    client = client_of(cast.alice)
    typed = {"label": " Fuel  used ", "kind": "choice", "choices-0-label": "Gas", "choices-1-label": "Oil"}
    assert client.post(f"/settings/fields/new/?register={SITE}", LINES | typed).status_code == 303
    with see_all():
        field = CustomField.objects.get()
    assert (field.register, field.key, field.label) == (SITE, "fuel_used", "Fuel used")
    assert field.choices == [{"value": "gas", "label": "Gas"}, {"value": "oil", "label": "Oil"}]
    edit = LINES | {"choices-INITIAL_FORMS": "2", "label": "Fuel", "of_place": "on", "version": str(field.version)}
    edit |= {
        "choices-0-value": "gas",
        "choices-0-label": "Natural gas",
        "choices-1-value": "oil",
        "choices-1-label": "Oil",
    }
    assert client.post(f"/settings/fields/{field.pk}/", edit).status_code == 303
    assert client.post(f"/settings/fields/{field.pk}/", edit | {"label": "Too late"}).status_code == 409
    other = make_field("Roof")
    client.post(f"/settings/fields/{other.pk}/up/")
    with see_all():
        field.refresh_from_db()
        assert [each.label for each in CustomField.objects.of(SITE)] == ["Roof", "Fuel"]
    assert (field.key, field.of_place, field.choices[0]) == (
        "fuel_used",
        True,
        {"value": "gas", "label": "Natural gas"},
    )
    client.post(f"/settings/fields/{field.pk}/archive/")
    assert client.post(f"/settings/fields/{field.pk}/archive/").status_code == 409
    page = client.get("/settings/fields/").content.decode()
    assert "1 archived field" in page
    client.post(f"/settings/fields/{field.pk}/restore/")
    assert "archived field" not in client.get("/settings/fields/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"label": " ", "kind": "text"}, 422, "required"),
        ({"label": "Fuel", "kind": "choice"}, 422, "Write at least one choice."),
        ({"label": "Fuel", "kind": "colour"}, 422, "colour"),
        ({"label": "BOILER", "kind": "text"}, 409, "There is a field “BOILER” already."),
        (
            {"label": "Fuel", "kind": "choice", "choices-0-label": "Gas", "choices-1-label": "gas"},
            422,
            "The choice “gas” is there twice.",
        ),
    ],
)
def test_what_makes_no_field_is_said(cast: Cast, client_of: Any, typed: dict[str, str], status: int, said: str):
    make_field("Boiler")
    answer = client_of(cast.alice).post(f"/settings/fields/new/?register={SITE}", LINES | typed)
    assert answer.status_code == status
    assert said in answer.content.decode()


@pytest.mark.django_db
def test_only_administrators_say_what_fields_there_are(cast: Cast, client_of: Any):
    field = make_field("Boiler")
    client = client_of(cast.bob)
    assert client.get("/settings/fields/").status_code == 403
    assert client.post(f"/settings/fields/{field.pk}/archive/").status_code == 403
    for write in (
        lambda: CustomField.objects.filter(pk=field.pk).update(label="Mine"),
        lambda: CustomField.objects.create(register=SITE, key="mine", label="Mine", kind="text"),
        lambda: CustomField.objects.filter(pk=field.pk).delete(),
    ):
        with acting(user=cast.bob, via="screen"), pytest.raises(Error), transaction.atomic():
            write()


@pytest.mark.django_db
def test_its_key_and_kind_stay_and_a_choice_in_use_too(cast: Cast, client_of: Any):
    fuel = make_all()[KIND.CHOICE]
    with see_all():
        Site.objects.filter(pk=cast.vault.pk).update(custom={"fuel": "gas"})
        for change in ({"kind": "text"}, {"key": "other"}, {"register": CUSTOMER}, {"choices": []}):
            with pytest.raises(Error), transaction.atomic():
                CustomField.objects.filter(pk=fuel.pk).update(**change)
        with refused("choice_in_use", match="“Gas” is chosen in 1 record"):
            fuel.change(version=fuel.version, label="Fuel", choices=[{"value": "oil", "label": "Oil"}])
        fuel.change(version=fuel.version, label="Fuel", choices=[{"value": "gas", "label": "Methane"}])
    page = client_of(cast.alice).get(f"/sites/{cast.vault.pk}/").content.decode()
    assert "Methane" in page


@pytest.mark.django_db
def test_names_and_keys_are_given_once(cast: Cast):
    first = make_field("Größe 2")
    with see_all():
        first.archive(at=timezone.now())
        with refused("already_archived"):
            first.archive(at=timezone.now())
    second = make_field("Größe 2")
    assert (first.key, second.key) == ("groe_2", "groe_2_2")
    assert make_field("水").key == "field"
    assert make_field("2nd key").key == "field_2nd_key"
    with see_all(), refused("name_taken"):
        first.restore()


def test_a_choice_cannot_go_while_somebody_chooses_it(committed: None) -> None:
    cast = make_cast()
    fuel = make_all()[KIND.CHOICE]
    meet = Barrier(2)

    def choose() -> str:
        try:
            with acting(user=cast.bob, via="screen"):
                meet.wait()
                site = Site.objects.get(pk=cast.depot.pk)
                site.change(version=site.version, custom={"fuel": "gas"})
            return "chosen"
        except Exception as fault:
            return getattr(fault, "code", type(fault).__name__)
        finally:
            connections["default"].close()

    def remove() -> str:
        try:
            with acting(user=cast.alice, via="screen"):
                meet.wait()
                field = CustomField.objects.get(pk=fuel.pk)
                field.change(version=field.version, label="Fuel", choices=[{"value": "oil", "label": "Oil"}])
            return "removed"
        except Exception as fault:
            return getattr(fault, "code", type(fault).__name__)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(choose), pool.submit(remove)
        outcome = (one.result(), other.result())
    with see_all():
        chosen = Site.objects.get(pk=cast.depot.pk).custom.get("fuel")
        offered = [each["value"] for each in CustomField.objects.get(pk=fuel.pk).choices]
    assert chosen is None or chosen in offered, outcome
    assert outcome in (("chosen", "choice_in_use"), ("bad_value", "removed"), ("chosen", "IntegrityError"))
