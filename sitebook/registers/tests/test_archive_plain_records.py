"""A plain register is archived, undone and restored by page, API and bulk, by its declaration alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from sitebook.bulk.models import Run
from sitebook.products.models import Product
from sitebook.users.models import Scope
from sitebook.users.tokens import make
from tests.cast import Cast, see_all


@pytest.fixture
def product(cast: Cast) -> Product:
    with see_all():
        return Product.add(code="MPC-3002", brand="Ricoh")


def archived(product: Product) -> bool:
    with see_all():
        product.refresh_from_db()
    return product.is_archived


def test_a_page_archives_undoes_and_restores(product: Product, cast: Cast, client_of):
    client = client_of(cast.bob)
    address = f"/products/{product.pk}"
    assert "Archive Ricoh?" in client.get(f"{address}/archive/").content.decode()
    said = client.post(f"{address}/archive/", {"reason": "Sold out"}, follow=True).content.decode()
    assert archived(product)
    assert product.archive_reason == "Sold out"
    undo = re.findall(r'action="(/archived/\w[^"]*/undo/)"', said)
    assert "1 record is back" in client.post(undo[0], follow=True).content.decode()
    assert not archived(product)
    client.post(f"{address}/archive/")
    assert "Also what was archived with it" not in client.get(f"{address}/restore/").content.decode()
    client.post(f"{address}/restore/")
    assert not archived(product)
    assert client_of(cast.vera).post(f"{address}/archive/").status_code == 403


def test_the_question_counts_documents_and_leads_to_them(product: Product, cast: Cast, client_of):
    client = client_of(cast.bob)
    documents = f"/products/{product.pk}/documents/"
    client.post(documents, {"files": SimpleUploadedFile("Manual.txt", b"Press the green button.")})
    page = client.get(f"/products/{product.pk}/archive/").content.decode()
    assert "1 document<" in page
    assert f'href="{documents}"' in page


def test_a_program_archives_and_restores(product: Product, cast: Cast):
    with see_all():
        _token, secret = make(cast.bob, name="Test", scopes=[Scope.READ, Scope.WRITE], days=30, now=timezone.now())
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    address = f"/api/v1/products/{product.pk}"

    def post(verb: str, body: dict[str, Any]) -> Any:
        return client.post(f"{address}/{verb}", json.dumps(body), content_type="application/json")

    assert client.get(f"{address}/consequences").json() == {"items": []}
    assert post("archive", {"reason": "Sold out"}).json() == {"done": 0}
    assert archived(product)
    assert post("archive", {}).status_code == 409
    assert post("restore", {}).json() == {"done": 0}
    assert not archived(product)


def test_many_are_archived_undone_and_restored(product: Product, cast: Cast, client_of):
    client = client_of(cast.bob)

    def order(act: str) -> str:
        return client.post("/bulk/products/", {"act": act, "pick": [product.pk]}, follow=True).content.decode()

    def undo() -> None:
        with see_all():
            run = Run.objects.order_by("-pk")[0]
        client.post(f"/bulk/{run.pk}/undo/")

    assert "1 changed" in order("archive")
    mark = product.archived_with if archived(product) else ""
    assert mark.startswith(f"pr{product.pk}.")
    undo()
    assert not archived(product)
    order("archive")
    archived(product)
    mark = product.archived_with
    assert "1 changed" in order("restore")
    assert not archived(product)
    undo()
    assert archived(product)
    assert product.archived_with == mark
