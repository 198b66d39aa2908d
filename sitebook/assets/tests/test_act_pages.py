"""What is done to assets, through pages and for programs: shown first, done, taken back."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from sitebook.assets.models import Asset
from sitebook.assets.periods import AssetAct, OwnPlace
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def add(**values):
    with see_all():
        return Asset.add(**values)


def call(user, method, path, body=None):
    with see_all():
        _token, secret = make(user, name="Test", scopes=[Scope.READ, Scope.WRITE], days=30, now=timezone.now())
    text = "" if body is None else json.dumps(body)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return client.generic(method, f"/api/v1/{path}", text, content_type="application/json")


def test_a_move_is_shown_then_done_then_taken_back(cast, client_of):
    boiler = add(owner=cast.acme, site=cast.depot, description="Boiler")
    add(owner=cast.acme, parent=boiler, description="Burner")
    client = client_of(cast.bob)
    assert "Send to the workshop" in client.get(f"/assets/{boiler.pk}/").content.decode()
    typed = {"site": cast.mill.pk, "day": "2026-04-01", "reason": "sold the hall"}
    shown = client.get(f"/assets/{boiler.pk}/place/", typed).content.decode()
    assert "Place: Depot → Mill" in shown
    assert "Burner" in shown
    first = client.post(f"/assets/{boiler.pk}/place/", typed)
    assert first.status_code == 200
    with see_all():
        assert not AssetAct.objects.exists()
    seen = re.search(r'name="seen" value="(\w+)"', first.content.decode())[1]
    assert client.post(f"/assets/{boiler.pk}/place/", typed | {"seen": seen}).status_code == 303
    with see_all():
        act = AssetAct.objects.get()
    timeline = client.get(f"/assets/{boiler.pk}/life/").content.decode()
    assert "sold the hall" in timeline
    assert timeline.index("Mill") < timeline.index("Depot")
    assert client.post(f"/assets/acts/{act.pk}/correct/", {"day": "2026-03-01"}).status_code == 303
    assert client.post(f"/assets/acts/{act.pk}/take-back/").status_code == 303
    assert client.post(f"/assets/acts/{act.pk}/take-back/").status_code == 409
    with see_all():
        assert Asset.objects.get(pk=boiler.pk).site_id == cast.depot.pk


def test_what_cannot_be_done_says_why_before_anything_is_saved(cast, client_of):
    boiler = add(owner=cast.acme, site=cast.depot)
    client = client_of(cast.bob)
    shown = client.get(f"/assets/{boiler.pk}/mount/", {"parent": boiler.pk, "day": "2026-04-01"}).content.decode()
    assert "mounted on itself" in shown
    assert 'name="seen"' not in shown
    assert client_of(cast.charlie).get(f"/assets/{boiler.pk}/place/").status_code == 403
    assert client_of(cast.vera).get(f"/assets/{boiler.pk}/life/").status_code == 404


def test_programs_do_the_same_and_take_it_back(cast):
    with see_all():
        workshop = OwnPlace.add(name="Hall", kind="workshop")
    old, new = add(owner=cast.acme, site=cast.depot), add(owner=cast.acme, lifecycle="in stock")
    burner = add(owner=cast.acme, site=cast.depot)
    day = {"day": "2026-04-01"}
    for path, body in (
        (f"{burner.pk}/mount", {"parent": old.pk, "mount_point": "left"}),
        (f"{burner.pk}/workshop", {"own_place": workshop.pk, "day": "2026-04-10"}),
        (f"{burner.pk}/back", {"day": "2026-04-20"}),
        (f"{old.pk}/replace", {"by": new.pk, "mounted_go": True, "day": "2026-05-01"}),
        (f"{old.pk}/sell", {"owner": cast.birch.pk, "day": "2026-05-02"}),
        (f"{old.pk}/status", {"status": "retired", "day": "2026-05-03"}),
        (f"{burner.pk}/take-off", {"day": "2026-05-04"}),
        (f"{burner.pk}/place", {"site": cast.mill.pk, "day": "2026-05-05"}),
    ):
        answer = call(cast.bob, "POST", f"assets/{path}", day | body)
        assert answer.status_code == 201, (path, answer.content)
    told = call(cast.bob, "GET", f"assets/{burner.pk}/acts").json()["items"]
    assert [each["kind"] for each in told] == ["placed", "taken off", "back", "to workshop", "mounted"]
    refused = call(cast.bob, "POST", f"assets/acts/{told[1]['id']}/take-back")
    assert (refused.status_code, refused.json()["code"]) == (409, "built_upon")
    assert call(cast.bob, "POST", f"assets/acts/{told[0]['id']}/take-back").json()["taken_back"] is True
    assert call(cast.bob, "POST", f"assets/{burner.pk}/place", {"site": cast.vault.pk, **day}).status_code == 422
    assert call(cast.charlie, "POST", f"assets/{burner.pk}/back", day).status_code == 403


def test_a_form_that_is_not_filled_in_says_what_is_missing(cast, client_of):
    boiler = add(owner=cast.acme, site=cast.depot)
    client = client_of(cast.bob)
    for verb in ("place", "workshop", "back", "sell", "mount", "take-off", "replace", "status"):
        assert client.get(f"/assets/{boiler.pk}/{verb}/").status_code == 200, verb
        assert client.post(f"/assets/{boiler.pk}/{verb}/", {}).status_code == 422, verb
        assert client.get(f"/assets/{boiler.pk}/{verb}/", {"day": "x"}).status_code == 200, verb
