"""More rows never cost more queries: the count of each page against a baseline whose diff is reviewed."""

from __future__ import annotations

import json
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sitebook.bulk.models import Run
from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.jobs.new_job import log
from sitebook.sites.models import Area, Position
from tests.cast import make_cast, make_customer, make_site, see_all
from tests.guards.planted import made_of, plain_registers

BASELINE = Path(__file__).with_name("query_counts.json")


def test_pages_ask_as_many_queries_as_the_baseline_says(db, client_of):
    cast = make_cast()
    for user in (cast.alice, cast.bob):
        for number in range(5):
            Authenticator.objects.create(user=user, type="webauthn", data={"name": f"Key {number}"})
    for number in range(60):
        make_site(make_customer(f"Store keeper {number}"), f"Store {number}")
    with see_all():
        jane = Contact.add(name="Jane Doe", customer=cast.acme)
        for number in range(60):
            person = Contact.add(name=f"Person of Acme {number}", customer=cast.acme)
            role = {"contact": person, "customer": cast.acme, "site": cast.depot, "role": "key holder"}
            ContactRole.objects.create(**role, during=DateRange(None, None))
            area = Area.objects.create(site=cast.depot, name=f"Room {number}")
            Position.objects.create(site=cast.depot, area=area, name="Boiler")
            party = {"site": cast.depot, "customer": cast.acme, "role": "occupier", "person": person}
            SiteParty.objects.create(**party, during=DateRange(None, None))
        for number in range(60):
            job = log(customer=cast.acme, site=cast.depot, draft=True, at=timezone.now(), description=f"Door {number}")
    client = client_of(cast.alice)
    tagged = {"act": "tag", "tag": "x", "all": "1", "address": "/sites/?q=store", "confirmed": "60"}
    assert client.post("/bulk/sites/", tagged).status_code == 303
    with see_all():
        run = Run.objects.get()
        plain = {each.one: made_of(each).pk for each in plain_registers()}
        for each in plain_registers() * 60:
            made_of(each)
    expected = json.loads(BASELINE.read_text())
    found = {}
    for page in expected:
        address = page.format(
            customer=cast.acme.pk,
            site=cast.depot.pk,
            user=cast.bob.pk,
            contact=jane.pk,
            job=job.pk,
            run=run.pk,
            **plain,
        )
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200, address
        found[page] = len(queries)
    print(json.dumps(found, indent=2))  # noqa: T201 - shown when it fails: copy it after review
    assert found == expected
