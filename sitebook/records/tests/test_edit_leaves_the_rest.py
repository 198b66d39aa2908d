"""Saving a form changes what somebody changed in it, and nothing else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from sitebook.customers.models import Customer
from sitebook.records.external_ids import ids_of
from tests.cast import Cast, make_site, see_all


def filled_in(client: Client, address: str) -> dict[str, str]:
    """What a browser would send back untouched."""
    page = client.get(address).content.decode()
    page = page[page.index('<form class="fields') :].split("<template>", 1)[0] + "".join(
        part.split("</template>", 1)[1] for part in page.split("<template>")[1:]
    )
    typed: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        there: dict[str, Any] = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in there and there.get("type") not in ("checkbox", "radio", "search"):
            typed[there["name"]] = unescape(there.get("value", ""))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        typed[name] = unescape(chosen.group(1)) if chosen else ""
    return typed


def test_a_number_of_our_country_survives_at_a_customer_abroad(cast: Cast, client_of):
    phones = [{"kind": "office", "number": "+442079460123", "odd": False}]
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(head_country="US", phones=phones)
    client, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/edit/"
    typed = filled_in(client, address)
    assert typed["phones-0-number"] == "020 7946 0123"
    assert client.post(address, typed | {"name": "Acme Ltd"}).status_code == 303
    with see_all():
        now = Customer.objects.get(pk=cast.acme.pk)
    assert (now.name, now.phones) == ("Acme Ltd", phones)


def test_an_id_somebody_adds_meanwhile_stays(cast: Cast, client_of):
    with see_all():
        cast.acme.external_ids.create(system="crm", value="1")
        cast.acme.external_ids.create(system="old", value="2")
    client, address = client_of(cast.bob), f"/customers/{cast.acme.pk}/edit/"
    typed = filled_in(client, address)
    with see_all():
        cast.acme.external_ids.create(system="erp", value="3")
    gone = {f"ids-{place}-value": "" for place in range(3) if typed.get(f"ids-{place}-system") == "old"}
    gone |= {name.replace("value", "system"): "" for name in gone}
    assert client.post(address, typed | gone).status_code == 303
    with see_all():
        assert ids_of(cast.acme) == {"crm": "1", "erp": "3"}


def test_a_type_with_signs_of_an_address_links_to_its_sites(cast: Cast, client_of):
    make_site(cast.acme, name="Ring Road Forecourt", type="Shop & fuel #1")
    client = client_of(cast.bob)
    overview = client.get(f"/customers/{cast.acme.pk}/").content.decode()
    link = next(each for each in re.findall(r'href="([^"]*\?type=[^"]*)"', overview) if "Shop" in each)
    listed = client.get(unescape(link)).content.decode()
    assert "Ring Road Forecourt" in listed
    assert cast.depot.name not in listed
