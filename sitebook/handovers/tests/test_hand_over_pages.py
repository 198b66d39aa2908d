"""Hand a site over on the screen: what it touches is shown first; then it is done, corrected, taken back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.files.models import Document
from sitebook.sites.models import Area, Handover, Position, Site, Tenure
from tests.cast import Cast, make_site, see_all

MARCH = date(2024, 3, 1)


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def given(to: str = "", day: date = MARCH, **more: Any) -> dict[str, Any]:
    return {"to": to, "to_text": "", "day": day.isoformat(), "name": "", "reason": "sold"} | more


def seen(customer: Any, day: date = MARCH) -> str:
    return f"{customer.pk if customer else 'vacant'} {day.isoformat()}"


def handed_over(cast: Cast, client: Any, **more: Any) -> Handover:
    answer = client.post(f"/sites/{cast.depot.pk}/hand-over/", given(str(cast.birch.pk), seen=seen(cast.birch), **more))
    assert answer.status_code == 303
    with see_all():
        return Handover.objects.get(site=cast.depot)


def had_by(site: Site, day: date) -> str:
    with see_all():
        return str(Tenure.objects.select_related("customer").get(site=site, during__contains=day).customer or "vacant")


@pytest.mark.django_db
def test_it_shows_everything_it_touches_before_it_saves(cast: Cast, client_of: Any) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(
            notes="Ask for Jane.", hazards="Asbestos", access_instructions="Gate 3"
        )
        ann = Contact.add(name="Ann Acme", customer=cast.acme)
        always = DateRange(None, None)
        ContactRole.objects.create(contact=ann, customer=cast.acme, site=cast.depot, role="main", during=always)
        SiteParty.objects.create(site=cast.depot, customer=cast.acme, role="owner", party=cast.cedar, during=always)
        SiteParty.objects.create(site=cast.depot, customer=cast.acme, role="payer", person=ann, during=always)
        Area.objects.create(site=cast.depot, name="Roof")
        Position.objects.create(site=cast.depot, name="Boiler 1")
    shown = body(client_of(cast.bob).post(f"/sites/{cast.depot.pk}/hand-over/", given(str(cast.birch.pk))))
    assert "Look through what this touches" in shown
    for words in (
        "Acme Supermarkets has it until then", "Ann Acme", "Pays instead", "another customer", "D-1", "Ask for Jane.",
        "Asbestos", "Gate 3", "1 user will see the site only as it was until then", "1 user will see it from then on",
    ):  # fmt: skip
        assert words in shown, words
    assert f'name="seen" value="{seen(cast.birch)}"' in shown
    assert had_by(cast.depot, MARCH) == "Acme Supermarkets"


@pytest.mark.django_db
def test_the_part_that_tells_it_comes_alone_while_one_chooses(cast: Cast, client_of: Any) -> None:
    address = f"/sites/{cast.depot.pk}/hand-over/"
    hx = {"HX-Request": "true", "HX-Target": "touches"}
    part = body(client_of(cast.bob).get(address, given(str(cast.birch.pk)), headers=hx))
    assert part.strip().startswith('<section class="section stack" id="touches"')
    assert "Acme Supermarkets has it until then" in part
    early = body(client_of(cast.bob).get(address, given(), headers=hx))
    assert "Choose the next customer and the day" in early


@pytest.mark.django_db
def test_it_gives_the_site_over_and_offers_to_take_it_back(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    change = handed_over(cast, client, name="Birch yard", carry=["owner"])
    page = body(client.get(f"/sites/{cast.depot.pk}/"))
    assert "Birch Housing has the site from 1 Mar 2024." in page
    assert f'action="/sites/turns/{change.pk}/take-back/"' in page
    assert "Birch yard" in page
    assert (had_by(cast.depot, MARCH), had_by(cast.depot, MARCH - timedelta(1))) == (
        "Birch Housing", "Acme Supermarkets",
    )  # fmt: skip
    client.post(f"/sites/turns/{change.pk}/take-back/")
    assert had_by(cast.depot, MARCH) == "Acme Supermarkets"
    again = client.post(f"/sites/turns/{change.pk}/take-back/")
    assert again.status_code == 409
    assert "does not stand any more" in body(again)


@pytest.mark.django_db
def test_it_saves_only_what_was_shown(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    data = given(str(cast.birch.pk), seen=seen(cast.birch, MARCH - timedelta(3)))
    answer = client.post(f"/sites/{cast.depot.pk}/hand-over/", data)
    assert answer.status_code == 200
    assert had_by(cast.depot, MARCH) == "Acme Supermarkets"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"to_text": ""}, "Choose the next customer, or say that nobody has the site for now."),
        ({"to_text": "Birch Housing", "vacant": "on"}, "Not both."),
        ({"to_text": "Cedar Hospital"}, "Nothing you can choose here is called “Cedar Hospital”."),
        ({"to_text": "Birch Housing", "day": "soon"}, "Enter a valid date."),
        ({"to": "x", "to_text": "Bosch\0"}, "Nothing you can choose here is called “Bosch”."),
    ],
)
def test_what_is_missing_is_said_at_its_field(typed: dict[str, str], said: str, cast: Cast, client_of: Any) -> None:
    answer = client_of(cast.bob).post(f"/sites/{cast.depot.pk}/hand-over/", given() | typed)
    assert answer.status_code == 422
    assert said in body(answer)


@pytest.mark.django_db
def test_what_cannot_be_is_refused_on_the_form(cast: Cast, client_of: Any) -> None:
    later = timezone.localdate() + timedelta(7)
    data = given(str(cast.birch.pk), later, seen=seen(cast.birch, later))
    answer = client_of(cast.bob).post(f"/sites/{cast.depot.pk}/hand-over/", data)
    assert answer.status_code == 409
    assert "still to come" in body(answer)
    assert 'value="sold"' in body(answer)


@pytest.mark.django_db
def test_a_site_left_to_nobody_is_found_under_vacant_and_let_again_in_one_step(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.alice)
    client.post(f"/sites/{cast.depot.pk}/hand-over/", given(vacant="on", seen=seen(None)))
    assert had_by(cast.depot, MARCH) == "vacant"
    assert "Depot" in body(client.get("/sites/?customer=none"))
    assert "Mill" not in body(client.get("/sites/?customer=none"))
    page = body(client.get(f"/sites/{cast.depot.pk}/"))
    assert "Vacant" in page
    assert f'href="/sites/{cast.depot.pk}/hand-over/"' in page
    april = MARCH + timedelta(40)
    client.post(f"/sites/{cast.depot.pk}/hand-over/", given(str(cast.birch.pk), april, seen=seen(cast.birch, april)))
    assert had_by(cast.depot, april) == "Birch Housing"
    assert "Depot" not in body(client.get("/sites/?customer=none"))


@pytest.mark.django_db
def test_who_leaves_a_site_to_nobody_without_seeing_vacant_ones_reads_it_as_it_was(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    client.post(f"/sites/{cast.depot.pk}/hand-over/", given(vacant="on", seen=seen(None)))
    page = body(client.get(f"/sites/{cast.depot.pk}/"))
    assert "Acme Supermarkets had this site until 1 Mar 2024." in page
    assert "hand-over/" not in page


@pytest.mark.django_db
def test_it_was_sold_a_month_ago(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    change = handed_over(cast, client)
    before = MARCH - timedelta(30)
    assert 'value="2024-03-01"' in body(client.get(f"/sites/turns/{change.pk}/correct/"))
    answer = client.post(f"/sites/turns/{change.pk}/correct/", given(str(cast.birch.pk), before))
    assert answer.status_code == 303
    assert (had_by(cast.depot, before), had_by(cast.depot, before - timedelta(1))) == (
        "Birch Housing", "Acme Supermarkets",
    )  # fmt: skip
    refused = client.post(f"/sites/turns/{change.pk}/correct/", given(str(cast.acme.pk), before))
    assert refused.status_code == 409
    assert "had Depot" in body(refused)


@pytest.mark.django_db
def test_it_splits_a_part_off_with_its_areas_and_takes_that_back(cast: Cast, client_of: Any) -> None:
    with see_all():
        roof = Area.objects.create(site=cast.depot, name="Roof")
        other = Area.objects.create(site=cast.mill, name="Cellar")
    client = client_of(cast.bob)
    form = body(client.get(f"/sites/{cast.depot.pk}/split/"))
    assert f'name="areas" value="{roof.pk}"' in form
    assert "Cellar" not in form
    wrong = client.post(f"/sites/{cast.depot.pk}/split/", {"name": "Annex", "day": "2024-03-01", "areas": [other.pk]})
    assert wrong.status_code == 422
    client.post(f"/sites/{cast.depot.pk}/split/", {"name": "Annex", "day": "2024-03-01", "areas": [roof.pk]})
    with see_all():
        annex = Site.objects.get(name="Annex")
        change = Handover.objects.get(other_site=annex)
        assert Area.objects.get(pk=roof.pk).site_id == annex.pk
    assert "Split off from" in body(client.get(f"/sites/{annex.pk}/"))
    answer = client.post(f"/sites/turns/{change.pk}/take-back/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/sites/{cast.depot.pk}/"
    with see_all():
        assert Area.objects.get(pk=roof.pk).site_id == cast.depot.pk


@pytest.mark.django_db
def test_it_joins_two_sites_of_one_customer(cast: Cast, client_of: Any) -> None:
    shop = make_site(cast.acme, "Shop")
    client = client_of(cast.bob)
    address = f"/sites/{cast.depot.pk}/join/"
    assert client.post(address, {"into_text": "Mill", "day": "2024-03-01"}).status_code == 422
    answer = client.post(address, {"into": str(shop.pk), "into_text": "Shop", "day": "2024-03-01"})
    assert answer["Location"] == f"/sites/{shop.pk}/"
    with see_all():
        assert Site.objects.get(pk=cast.depot.pk).joined_into_id == shop.pk
    assert "Became a part of" in body(client.get(f"/sites/{cast.depot.pk}/"))
    assert "Took in" in body(client.get(f"/sites/{shop.pk}/"))
    gone = client.post(f"/sites/{cast.depot.pk}/hand-over/", given(str(cast.birch.pk), seen=seen(cast.birch)))
    assert gone.status_code == 409


@pytest.mark.django_db
def test_only_sites_it_can_be_joined_into_are_offered(cast: Cast, client_of: Any) -> None:
    """Sites of all customers were, and the one chosen was said not to be there."""
    make_site(cast.acme, "Shop")
    make_site(cast.birch, "Shop of Birch")
    client = client_of(cast.alice)
    asked = re.search(r'data-source="([^"]+beside=[^"]+)"', body(client.get(f"/sites/{cast.depot.pk}/join/")))
    assert asked
    for typed in ("", "&q=shop"):
        offered = body(client.get(unescape(asked[1]) + typed))
        assert "Shop" in offered
        assert "Birch" not in offered
        assert "Depot" not in offered
        assert "Recently used" not in offered
    assert "Birch" in body(client.get("/sites/pick/?q=shop"))
    chosen = {"into": str(cast.mill.pk), "into_text": "Mill", "day": "2024-03-01"}
    answer = client.post(f"/sites/{cast.depot.pk}/join/", chosen)
    assert "Nothing you can choose here is called “Mill”." in unescape(body(answer))


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["hand-over", "split", "join"])
def test_others_may_not(act: str, cast: Cast, client_of: Any) -> None:
    assert client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/{act}/").status_code == 403
    assert client_of(cast.bob).get(f"/sites/{cast.vault.pk}/{act}/").status_code == 404
    assert f"/{act}/" not in body(client_of(cast.charlie).get(f"/sites/{cast.depot.pk}/"))


@pytest.mark.django_db
def test_a_turn_of_a_hidden_customer_is_not_there(cast: Cast, client_of: Any) -> None:
    with see_all():
        change = Handover.objects.create(
            site=cast.vault, kind="handed over", day=MARCH, customer=cast.cedar, reason="x"
        )
    for act in ("correct", "take-back"):
        assert client_of(cast.bob).get(f"/sites/turns/{change.pk}/{act}/").status_code == 404
        assert client_of(cast.bob).post(f"/sites/turns/{change.pk}/{act}/").status_code == 404


@pytest.mark.django_db
def test_documents_that_stay_and_pass_on_are_counted(cast: Cast, client_of: Any) -> None:
    with see_all():
        for name, of_place in (("plan.pdf", True), ("offer.pdf", False), ("order.pdf", False)):
            Document.objects.create(
                about_kind="sites_site", about_id=cast.depot.pk, customer_id=cast.acme.pk, of_place=of_place,
                name=name, media_type="application/pdf", size=9, sha256="a" * 64, uploaded_at=timezone.now(),
            )  # fmt: skip
    shown = body(client_of(cast.bob).post(f"/sites/{cast.depot.pk}/hand-over/", given(str(cast.birch.pk))))
    assert "<dt>Documents</dt><dd>2</dd>" in shown
    assert "<dt>Documents of the place</dt><dd>1</dd>" in shown
