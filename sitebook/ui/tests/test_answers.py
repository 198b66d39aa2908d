"""Pages, parts of pages, errors and the guide, as a browser gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from sitebook.basics.refused import NotAllowed, Refused
from sitebook.ui import errors
from sitebook.ui import help as guides
from sitebook.ui.render import go, show
from tests.cast import Cast

HTMX = {"HX-Request": "true", "HX-Target": "dialog-body"}


def request_with(**headers: str) -> HttpRequest:
    return RequestFactory().get("/x/", headers=headers)


def test_a_page_is_sent_whole_and_a_block_alone_when_htmx_asks() -> None:
    context: dict[str, Any] = {"status": 404, "title": "Gone", "sentence": "It <b>is</b> gone."}
    whole = show(request_with(), "ui/error.html", context, block="toast").content.decode()
    part = show(request_with(**HTMX), "ui/error.html", context, block="toast").content.decode()
    boosted = show(request_with(**HTMX, **{"HX-Boosted": "true"}), "ui/error.html", context, block="toast")
    assert whole.startswith("<!doctype html>")
    assert "It &lt;b&gt;is&lt;/b&gt; gone." in whole
    assert part.strip().startswith("<toast-note")
    assert boosted.content.startswith(b"<!doctype")


def test_it_goes_on_after_a_form() -> None:
    answer = go(request_with(), "/customers/1/")
    assert (answer.status_code, answer["Location"]) == (303, "/customers/1/")
    answer = go(request_with(**HTMX), "/customers/1/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/customers/1/")


@pytest.mark.parametrize(
    ("refusal", "status"), [(Refused("The site is archived.", code="is_archived"), 409), (NotAllowed("Not you."), 403)]
)
def test_a_refusal_is_a_page_with_its_sentence_or_a_toast(refusal: Refused, status: int) -> None:
    page = errors.refused(request_with(), refusal)
    assert page.status_code == status
    assert str(refusal) in page.content.decode()
    toast = errors.refused(request_with(**HTMX), refusal)
    assert (toast.status_code, toast["HX-Retarget"]) == (status, "#toasts")
    assert str(refusal) in toast.content.decode()


@pytest.mark.parametrize(
    ("answer", "status"),
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.csrf_failure, 400)],
)
def test_every_error_says_what_to_do(answer: Any, status: int) -> None:
    page = answer(request_with())
    assert page.status_code == status
    assert f"Error {status}" in page.content.decode()


def test_an_error_stands_in_the_frame_of_who_is_signed_in(cast: Cast, client_of: Callable[[Any], Client]) -> None:
    page = client_of(cast.bob).get("/nothing/").content.decode()
    assert '<span aria-current="page">There is nothing at this address</span>' in page
    assert cast.bob.email in page


def test_a_broken_page_asks_nothing_of_the_database() -> None:
    """No ``db`` fixture: any query would fail here."""
    request = request_with()
    request.user = object()  # type: ignore[assignment]
    page = errors.failed(request)
    assert page.status_code == 500
    assert "Nothing was saved" in page.content.decode()


@pytest.mark.parametrize("slug", [page.slug for page in guides.pages()])
def test_every_page_of_the_guide_opens_with_its_date(client: Client, cast: Cast, slug: str) -> None:
    page = client.get(f"/help/{slug}/")
    assert page.status_code == 200
    assert f'datetime="{guides.guide(slug).updated.isoformat()}"' in page.content.decode()  # type: ignore[union-attr]


def test_links_between_pages_of_the_guide_lead_somewhere() -> None:
    slugs = {page.slug for page in guides.pages()}
    for page in guides.pages():
        for part in page.html.split('href="../')[1:]:
            assert part.split("/")[0] in slugs, page.slug


def test_html_in_the_guide_is_text() -> None:
    assert "&lt;script&gt;" in guides.rendered("<script>x</script>")
    assert "javascript:" not in guides.rendered("[x](javascript:alert(1))").replace("(javascript:alert(1))", "")


@pytest.mark.parametrize("slug", ["nothing", "..", "index.md"])
def test_a_page_the_guide_does_not_have_is_not_there(client: Client, cast: Cast, slug: str) -> None:
    assert client.get(f"/help/{slug}/").status_code == 404
