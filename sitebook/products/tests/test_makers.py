"""One maker, written in many ways: joined on a page, shown, filtered and found by its name, and taken apart again."""

from __future__ import annotations

import pytest

from sitebook.basics.refused import Refused
from sitebook.products.makers import Maker, MakerSpelling, written_brands
from sitebook.products.models import Product
from sitebook.products.tests.test_product_pages import rows_of
from sitebook.products.tests.test_products_for_programs import call
from tests.cast import see_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def lifts(cast):
    with see_all():
        for code, brand in (
            ("1", "OTIS"),
            ("2", "OTIS ELEV CO"),
            ("3", "Otis Elev. Co."),
            ("4", "OITS"),
            ("5", "Kone"),
        ):
            Product.add(code=code, brand=brand, model=f"Gen{code}")


def joined(*written, name="Otis"):
    with see_all():
        maker = Maker.called_or_new(name)
        maker.join(written)
    return maker


def test_ticked_spellings_become_one_makers_and_every_list_goes_by_it(cast, client_of, lifts):
    client = client_of(cast.bob)
    page = client.get("/maker-spellings/").content.decode()
    assert page.index("Kone") < page.index("OITS")
    answer = client.post("/maker-spellings/", {"written": ["OTIS ELEV CO", "OITS"], "maker_text": "Otis"})
    assert answer.status_code == 303
    with see_all():
        assert set(Product.objects.values_list("brand", flat=True)) == {
            "OTIS", "OTIS ELEV CO", "Otis Elev. Co.", "OITS", "Kone"
        }  # fmt: skip
    assert len(rows_of(client, "/products/?brand=Otis")) == 4
    assert len(rows_of(client, "/products/?brand=oits")) == 4
    assert rows_of(client, "/products/?brand=KONE") == ["Kone Gen5"]
    assert len(rows_of(client, "/products/?q=otis")) == 4
    assert client.get("/products/").content.decode().count(">Otis</td>") == 4
    sheet = b"".join(client.get("/products/export.csv").streaming_content).decode()
    assert "OITS" in sheet
    assert sheet.count(",Otis,") == 4


def test_taking_apart_undoes_it(cast, client_of, lifts):
    joined("OITS", "Kone")
    client = client_of(cast.bob)
    with see_all():
        wrong = MakerSpelling.objects.get(written="Kone")
    assert client.post(f"/maker-spellings/{wrong.pk}/take-apart/").status_code == 303
    assert rows_of(client, "/products/?brand=Kone") == ["Kone Gen5"]
    assert rows_of(client, "/products/?q=otis kone") == []
    with see_all():
        maker = Maker.objects.get()
    history = client.get(f"/makers/{maker.pk}/history/").content.decode()
    assert "Kone" in history


def test_a_spelling_moves_from_one_maker_to_another(cast, lifts):
    joined("OITS", name="Kone")
    joined("OITS", "OTIS ELEV CO")
    with see_all():
        owned = {each.written: each.maker_name for each in MakerSpelling.objects.all()}
    assert owned == {"Kone": "Kone", "OITS": "Otis", "OTIS ELEV CO": "Otis", "Otis": "Otis"}


def test_a_maker_that_is_renamed_is_found_by_its_new_name(cast, client_of, lifts):
    maker = joined("OITS")
    with see_all():
        maker.change(version=maker.version, name="Otis Elevator Company")
    client = client_of(cast.bob)
    assert "Otis Elevator Company" in client.get("/products/").content.decode()
    assert len(rows_of(client, "/products/?q=elevator company")) == 2


def test_what_cannot_be_is_refused_in_words(cast, client_of, lifts):
    joined("OITS")
    client = client_of(cast.bob)
    assert "Choose spellings" in client.post("/maker-spellings/", {"maker_text": "X"}).content.decode()
    assert "Choose spellings" in client.post("/maker-spellings/", {"maker_text": "X", "written": "--"}).content.decode()
    with see_all():
        with pytest.raises(Refused) as refusal:
            Maker.add(name="Oits")
        assert refusal.value.code == "name_taken"
        with pytest.raises(Refused) as refusal:
            MakerSpelling.objects.get(written="Otis").take_apart()
        assert refusal.value.code == "own_name"
    viewer = client_of(cast.vera)
    assert viewer.get("/maker-spellings/").status_code == 403
    with see_all():
        assert Maker.objects.count() == 1


def test_the_written_most_stand_first_and_those_without_a_maker_alone(cast, lifts):
    with see_all():
        Product.add(code="6", brand="Kone")
    joined("OITS")
    with see_all():
        every = written_brands()
        assert (every[0].text, every[0].total) == ("Kone", 2)
        assert {each.text for each in written_brands(without=True)} == {"Kone", "OTIS ELEV CO", "Otis Elev. Co."}
        assert [each.text for each in written_brands(text="oit")] == ["OITS"]


def test_programs_join_and_take_apart(cast, lifts):
    made = call(cast.bob, "POST", "makers", {"name": "Otis"}).json()
    told = call(cast.bob, "POST", f"makers/{made['id']}/spellings", {"written": ["OITS", "OTIS ELEV CO"]})
    assert told.status_code == 200, told.content
    assert [each["written"] for each in told.json()["spellings"]] == ["OITS", "OTIS ELEV CO", "Otis"]
    listed = call(cast.bob, "GET", "products?brand=Otis&sort=code").json()["items"]
    assert [(each["brand"], each["maker"]) for each in listed][3] == ("OITS", "Otis")
    wrong = told.json()["spellings"][0]["id"]
    assert call(cast.vera, "POST", f"maker-spellings/{wrong}/take-apart").status_code == 403
    assert call(cast.bob, "POST", f"maker-spellings/{wrong}/take-apart").status_code == 200
    assert len(call(cast.bob, "GET", f"makers/{made['id']}").json()["spellings"]) == 2
