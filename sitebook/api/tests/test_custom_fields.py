"""The firm's custom fields for programs: read, written, filtered by; what does not suit is pointed at."""

from __future__ import annotations

from typing import Any

from sitebook.contacts.tables import CONTACT
from sitebook.custom_fields.tests.made import WRITTEN, make_all
from sitebook.customers.tables import CUSTOMER
from sitebook.sites.models import Site
from tests.cast import Cast, see_all


def test_a_program_reads_and_writes_them(cast: Cast, program_of: Any, db: None):
    make_all()
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(custom=WRITTEN)
        Site.objects.filter(pk=cast.mill.pk).update(custom={"fuel": "oil"})
    program, path = program_of(cast.bob), f"sites/{cast.depot.pk}"
    answer = program.get(path)
    assert answer.json()["custom"] == WRITTEN | {"power": 12.5}
    tag = {"If_Match": answer["ETag"]}
    changed = program.patch(path, {"custom": {"power": 7.25, "lift": None}}, **tag)
    assert changed.status_code == 200, changed.content
    assert changed.json()["custom"] == WRITTEN | {"power": 7.25, "lift": None}
    tag = {"If_Match": changed["ETag"]}
    for sent, pointer in (({"power": "lots"}, "/custom/power"), ({"colour": "red"}, "/custom/colour")):
        refused = program.patch(path, {"custom": sent}, **tag)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert [each["name"] for each in program.get("sites?custom.fuel=oil").json()["items"]] == ["Mill"]
    made = program.post("sites", {"name": "Yard", "customer": cast.acme.pk, "custom": {"fuel": "Oil"}})
    assert made.json()["custom"]["fuel"] == "oil"
    then = program.get(f"{path}?as_of=2020-01-01").json()
    assert then["custom"]["power"] == 7.25


def test_customers_and_contacts_have_them_for_programs_too(cast: Cast, program_of: Any, db: None):
    for register in (CUSTOMER, CONTACT):
        make_all(register)
    program = program_of(cast.bob)
    sent = WRITTEN | {"power": 12.5}
    made = program.post("customers", {"name": "Fresh", "custom": sent})
    assert made.json()["custom"] == sent
    person = program.post("contacts", {"name": "Ann Lee", "customer": cast.acme.pk, "custom": sent})
    assert person.json()["custom"] == sent
    kept = program.patch(f"contacts/{person.json()['id']}", {"custom": {"lift": False}}, If_Match=person["ETag"])
    assert kept.json()["custom"] == sent | {"lift": False}
    many = program.post("customers/bulk", {"items": [{"name": "A", "custom": {"fuel": "coal"}}, {"name": "B"}]})
    assert [row["status"] for row in many.json()["results"]] == [422, 201]
    assert many.json()["results"][0]["problem"]["errors"][0]["pointer"] == "/custom/fuel"
