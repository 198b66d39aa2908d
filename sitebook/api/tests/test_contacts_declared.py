"""What the declaration of contacts says holds for programs and on pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sitebook.contacts.models import Contact
from sitebook.contacts.register import CONTACTS
from sitebook.contacts.tests.persons import LINES, body, person
from tests.cast import Cast, see_all


def test_a_program_changes_one_field_and_no_other(cast: Cast, program_of: Any):
    values = {
        "name": "Pat Moss",
        "customer": cast.acme.pk,
        "position": "Buyer",
        "language": "en-gb",
        "consent": "agreed",
    }
    values |= {"phones": [{"number": "0113 496 0999"}], "emails": [{"address": "pat@acme.example"}], "notes": "Rings"}
    program = program_of(cast.bob)
    before = program.post("contacts", values).json()
    etag = program.get(f"contacts/{before['id']}")["ETag"]
    answer = program.patch(f"contacts/{before['id']}", {"position": "Head buyer"}, If_Match=etag)
    assert answer.status_code == 200, answer.content
    same = before.keys() - {"position", "version", "updated_at"}
    assert {name: answer.json()[name] for name in same} == {name: before[name] for name in same}
    assert answer.json()["position"] == "Head buyer"


def test_consent_of_a_program_has_a_day_as_on_the_page(cast: Cast, program_of: Any):
    program, today = program_of(cast.bob), timezone.localdate().isoformat()
    pat = program.post("contacts", {"name": "Pat Moss", "consent": "agreed"}).json()
    assert pat["consent_on"] == today
    late = program.post("contacts", {"name": "Pat Moss", "consent": "agreed", "consent_on": "2999-01-01"})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/consent_on")
    etag = program.get(f"contacts/{pat['id']}")["ETag"]
    answer = program.patch(f"contacts/{pat['id']}", {"consent": "unknown"}, If_Match=etag)
    assert answer.json()["consent_on"] is None


def test_every_field_is_asked_for_and_told(cast: Cast, client_of: Any):
    ann = person("Ann Lee", cast.acme)
    page = body(client_of(cast.bob).get(f"/contacts/{ann.pk}/edit/"))
    lines = {"phones": "phones-0-number", "emails": "emails-0-address"}
    for each in CONTACTS.writable(new=False):
        assert f'name="{lines.get(each.name, each.name)}"' in page, each.name


def test_the_form_of_a_new_contact_needs_no_more_than_a_name(cast: Cast, client_of: Any):
    client_of(cast.bob).post("/contacts/new/", {"name": "Ann Lee", **LINES})
    with see_all():
        ann = Contact.objects.get()
    assert (ann.consent, ann.consent_on, ann.language, ann.tags) == ("unknown", None, "", [])
