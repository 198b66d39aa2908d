"""Countries, currencies and time zones: typed by name or code, fetched when the field is opened, never in the form."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sitebook.records.tests.test_edit_leaves_the_rest import filled_in
from sitebook.sites.models import Site
from tests.cast import Cast, see_all

pytestmark = pytest.mark.django_db


def saved(client: Client, cast: Cast, **typed: str) -> Any:
    """The site's form sent back with these, and what is kept then."""
    address = f"/sites/{cast.depot.pk}/edit/"
    response = client.post(address, filled_in(client, address) | typed)
    with see_all():
        return response, Site.objects.get(pk=cast.depot.pk)


def test_a_form_holds_none_of_them(cast: Cast, client_of: Any) -> None:
    page = client_of(cast.bob).get(f"/sites/{cast.depot.pk}/edit/").content.decode()
    assert 'data-source="/choices/time-zones/"' in page
    assert "Afghanistan" not in page
    assert "Europe, London" not in page


@pytest.mark.parametrize("typed", ["France", "france", "FR", "  France "])
def test_what_is_typed_is_read_without_scripts(typed: str, cast: Cast, client_of: Any) -> None:
    """The code of what was there before comes along then, and does not count."""
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(country="GB")
    response, site = saved(client_of(cast.bob), cast, country_text=typed)
    assert (response.status_code, site.country) == (303, "FR")
    response, site = saved(client_of(cast.bob), cast, country_text="")
    assert (response.status_code, site.country) == (303, "")


def test_what_is_chosen_is_kept_and_what_is_left_alone_stays(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)
    response, site = saved(client, cast, time_zone="Europe/Paris", time_zone_text="Europe, Paris")
    assert (response.status_code, site.time_zone) == (303, "Europe/Paris")
    response, site = saved(client, cast, code="D-9")
    assert (response.status_code, site.time_zone, site.code) == (303, "Europe/Paris", "D-9")


def test_a_name_nobody_knows_is_refused_and_stays_to_be_mended(cast: Cast, client_of: Any) -> None:
    response, site = saved(client_of(cast.bob), cast, country_text="Frnce")
    page = response.content.decode()
    assert response.status_code == 422
    assert "“Frnce” is not one of the codes of countries" in page
    assert 'value="Frnce"' in page
    assert site.country == ""


def test_the_list_is_offered_by_what_is_typed(cast: Cast, client_of: Any) -> None:
    client = client_of(cast.bob)

    def offered(address: str) -> list[str]:
        page = client.get(address).content.decode()
        return [part.split('"')[0] for part in page.split('data-value="')[1:]]

    assert len(offered("/choices/countries/?q=")) > 200
    assert offered("/choices/countries/?q=fr")[0] == "FR"  # the code itself before names that hold it
    assert offered("/choices/countries/?q=united+k") == ["GB"]
    assert offered("/choices/currencies/?q=gbp")[0] == "GBP"
    assert offered("/choices/time-zones/?q=paris") == ["Europe/Paris"]
    assert client.get("/choices/customers/").status_code == 404
    assert Client().get("/choices/countries/").status_code == 302


def test_words_in_use_are_fetched_too_and_only_of_what_one_sees(cast: Cast, client_of: Any) -> None:
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(type="Shop <b>")
        Site.objects.filter(name="Vault").update(type="Bank")
    page = client_of(cast.charlie).get("/sites/words/type/").content.decode()
    assert page.strip() == '<option value="Shop &lt;b&gt;"></option>'
    assert client_of(cast.charlie).get("/sites/words/notes/").status_code == 404
