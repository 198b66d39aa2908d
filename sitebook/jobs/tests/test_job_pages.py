"""The pages of jobs as people use them: list, page, verbs, visits, lines, tabs, the quick form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sitebook.access.identity import take_role
from sitebook.assets.models import Asset
from sitebook.catalogue.models import TeamService
from sitebook.contacts.models import Contact, ContactRole
from sitebook.jobs.models import Job, JobLine, Visit
from sitebook.jobs.states import Status
from sitebook.jobs.tests.lifts import Lifts, at, slot
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str, **query: Any) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


class Desk(Client):
    """A browser; after each answer the story goes on as somebody who sees all."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        take_role(user=None, via="screen", everything=True)
        return answer


@pytest.fixture
def client_of() -> Callable[[Any], Desk]:
    def signed_in(user: Any) -> Desk:
        client = Desk()
        client.force_login(user)
        take_role(user=None, via="screen", everything=True)
        return client

    return signed_in


@pytest.fixture
def office(client_of: Any, lifts: Lifts) -> Desk:
    """Somebody in the office who sees Acme."""
    found: Desk = client_of(make_user(name="Olga Office", role="office", sees=(lifts.cast.acme,)))
    return found


def call(lifts: Lifts, **more: Any) -> dict[str, Any]:
    """What the quick form sends once the asset is chosen."""
    about = f"asset-{lifts.car.pk}"
    sent = {
        "about": about,
        "said": about,
        "site": lifts.cast.depot.pk,
        "asset": lifts.car.pk,
        "description": "No service, car stands at 14.",
        "activity": [lifts.attend.pk],
        "work_type": lifts.breakdown.pk,
        "team": lifts.team.pk,
        "category": "breakdown",
        "priority": "high",
    }
    return sent | more


def test_f333_f127_a_call_becomes_a_job(office: Client, lifts: Lifts) -> None:
    page = text_of(office, "/jobs/new/")
    assert 'name="about_text"' in page
    assert "Activity" not in page
    found = text_of(office, "/jobs/about/", q="1P234")
    assert f'data-value="asset-{lifts.car.pk}"' in found
    narrowed = text_of(office, "/jobs/new/", about=f"asset-{lifts.car.pk}")
    assert "Depot" in narrowed
    assert "Breakdown, lifts" in narrowed
    answer = office.post("/jobs/new/", call(lifts, coding=lifts.coding.pk, customer_order="NY-4410"))
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert (job.customer, job.site, job.asset, job.team) == (lifts.cast.acme, lifts.cast.depot, lifts.car, lifts.team)
    assert (job.service, job.coding, job.category, job.priority) == (lifts.repair, lifts.coding, "breakdown", "high")
    assert [line.activity for line in job.lines.all()] == [lifts.attend]
    assert job.status == Status.PLANNED
    shown = text_of(office, f"/jobs/{job.pk}/")
    for said in ("No service, car stands at 14.", "Lift out of service, attend", "£285.00", "NY-4410", "Put on hold"):
        assert said in shown, said


def test_f305_the_chosen_site_narrows_the_rest_and_says_why_not(office: Client, lifts: Lifts) -> None:
    part = office.get("/jobs/new/", {"about": f"site-{lifts.cast.depot.pk}"}, headers={"HX-Request": "true"})
    said = part.content.decode()
    assert 'id="what"' in said
    assert 'hx-swap-oob="true"' in said
    assert "<html" not in said
    TeamService.objects.all().delete()
    query = {"kind": "team", "about": f"customer-{lifts.cast.acme.pk}", "activity": lifts.attend.pk}
    assert "No service is chosen yet" in text_of(office, "/jobs/why-not/", **query)
    assert "No team has the service Lift repair." in text_of(office, "/jobs/why-not/", **query | {"kind": "activity"})


def test_f453_the_contact_is_filled_from_the_sites_default(office: Client, lifts: Lifts) -> None:
    manager = Contact.add(customer=lifts.cast.acme, name="Grant office", phones=[{"kind": "office", "number": "+4420"}])
    ContactRole(contact=manager, customer=lifts.cast.acme, site=lifts.cast.depot, role="main").begin(since=at().date())
    page = text_of(office, "/jobs/new/", about=f"site-{lifts.cast.depot.pk}")
    assert f'<option value="{manager.pk}" selected>Grant office (Default contact)' in page
    office.post("/jobs/new/", call(lifts, contact=manager.pk))
    assert Job.objects.get().contact == manager
    office.post("/jobs/new/", call(lifts, contact=manager.pk, contact_name="Night porter", seen=Job.objects.get().pk))
    second = Job.objects.order_by("-pk")[0]
    assert (second.contact, second.contact_name) == (None, "Night porter")


def test_an_open_job_on_the_same_asset_is_shown_before_saving(office: Client, lifts: Lifts) -> None:
    first = lifts.job(assets=[lifts.car])
    page = text_of(office, "/jobs/new/", about=f"asset-{lifts.car.pk}")
    assert f"/jobs/{first.pk}/" in page
    answer = office.post("/jobs/new/", call(lifts))
    assert answer.status_code == 409
    assert "A job is already open here. Look at it" in answer.content.decode()
    assert office.post("/jobs/new/", call(lifts, seen=first.pk)).status_code == 303


def test_what_is_missing_is_said_at_its_field_and_a_draft_may_lack_it(office: Client, lifts: Lifts) -> None:
    answer = office.post("/jobs/new/", {"about": "", "description": ""})
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "Say whom or what it is about" in said
    assert "Say what is wrong, or what is to be done." in said
    draft = call(lifts, then="draft", description="", activity=[], work_type="", team="")
    assert office.post("/jobs/new/", draft).status_code == 303
    job = Job.objects.get()
    assert job.status == Status.DRAFT
    answer = office.post(f"/jobs/{job.pk}/log/")
    assert answer.status_code == 409
    assert "Say what is wrong before you log" in answer.content.decode()


def test_a_job_is_logged_again_and_as_a_callback(office: Client, lifts: Lifts) -> None:
    first = lifts.job(assets=[lifts.car])
    page = text_of(office, f"/jobs/new/?like={first.pk}&callback=yes")
    assert "Car B stands at 14." in page
    assert f'value="asset-{lifts.car.pk}"' in page
    office.post("/jobs/new/", call(lifts, like=first.pk, callback="yes", seen=first.pk))
    second = Job.objects.get(callback_of=first)
    assert second.origin == "callback"


def test_f422_to_f430_the_jobs_tab_of_a_customer(office: Client, lifts: Lifts) -> None:
    job = lifts.job(assets=[lifts.car], category="breakdown", priority="urgent")
    Visit.propose(job, at=at(), planned=slot(30, 60), resources=[lifts.dana, lifts.sam])
    page = text_of(office, f"/customers/{lifts.cast.acme.pk}/jobs/")
    for said in (f'href="/jobs/{job.pk}/"', job.reference, "Passenger lift, car B", "Depot", "Breakdown", "Urgent",
                 "Planned", "Dana Ortiz, Sam Keller", f"/jobs/new/?about=customer-{lifts.cast.acme.pk}"):  # fmt: skip
        assert said in page, said
    assert "sort=priority" in page
    assert job.reference in text_of(office, f"/customers/{lifts.cast.acme.pk}/jobs/", category="breakdown")
    assert job.reference not in text_of(office, f"/customers/{lifts.cast.acme.pk}/jobs/", category="repair")


def test_f008_an_asset_lists_its_jobs_and_offers_repair_and_service(office: Client, lifts: Lifts) -> None:
    job = lifts.job(assets=[lifts.car])
    assert job.reference in text_of(office, f"/assets/{lifts.car.pk}/jobs/")
    page = text_of(office, f"/assets/{lifts.car.pk}/")
    for category, words in (("repair", "Log a repair"), ("service", "Log a service")):
        address = f"/jobs/new/?about=asset-{lifts.car.pk}&amp;category={category}"
        assert address in page
        assert words in page
    assert '<option value="service" selected>' in text_of(
        office, "/jobs/new/", about=f"asset-{lifts.car.pk}", category="service"
    )
    assert job.reference in text_of(office, f"/sites/{lifts.cast.depot.pk}/jobs/")


def test_f403_the_menu_of_a_customer_offers_a_new_job(office: Client, lifts: Lifts) -> None:
    page = text_of(office, f"/customers/{lifts.cast.acme.pk}/")
    assert f"/jobs/new/?about=customer-{lifts.cast.acme.pk}" in page


def test_a_job_waits_and_goes_on(office: Client, lifts: Lifts) -> None:
    job = lifts.job()
    held = {"reason": "parts", "until": "2026-07-01", "note": "Belt ordered"}
    assert office.post(f"/jobs/{job.pk}/hold/", held).status_code == 303
    page = text_of(office, f"/jobs/{job.pk}/")
    assert "Waiting for parts, 1 Jul 2026" in page
    assert "Belt ordered" in page
    assert job.reference in text_of(office, "/jobs/", which="waiting")
    assert office.post(f"/jobs/{job.pk}/hold/", held).status_code == 409
    assert office.post(f"/jobs/{job.pk}/release/").status_code == 303
    assert office.post(f"/jobs/{job.pk}/cancel/", {"reason": ""}).status_code == 422


def test_a_visit_is_planned_moved_and_carried_out(office: Client, lifts: Lifts) -> None:
    job = lifts.job()
    sent = {"begin": "2026-06-01T10:00", "end": "2026-06-01T11:00", "people": [lifts.dana.pk], "firm": "on"}
    assert office.post(f"/jobs/{job.pk}/visits/new/", sent).status_code == 303
    visit = Visit.objects.get()
    assert (visit.state, visit.resources.get().resource) == ("confirmed", lifts.dana)
    busy = office.post(f"/jobs/{lifts.job().pk}/visits/new/", sent)
    assert busy.status_code == 409
    assert "Dana Ortiz is already booked" in busy.content.decode()
    moved = sent | {"begin": "2026-06-02T10:00", "end": "2026-06-02T11:00", "reason": "Traffic"}
    answer = office.post(f"/visits/{visit.pk}/move/", moved)
    second = Visit.objects.get(moved_from=visit)
    assert answer.headers["Location"] == f"/visits/{second.pk}/"
    for step in ("travel", "arrive"):
        assert office.post(f"/visits/{second.pk}/{step}/").status_code == 303
    assert "On site" in text_of(office, f"/visits/{second.pk}/")
    assert office.post(f"/visits/{second.pk}/more/", {"reason": ""}).status_code == 422
    assert office.post(f"/visits/{second.pk}/more/", {"reason": "Belt missing"}).status_code == 303
    assert "To re-plan" in text_of(office, f"/jobs/{job.pk}/")


def test_f325_who_lacks_the_service_is_not_offered_and_the_form_says_why(office: Client, lifts: Lifts) -> None:
    job = lifts.job(activities=[lifts.attend])
    lifts.sam.service_links.all().delete()
    page = text_of(office, f"/jobs/{job.pk}/visits/new/")
    assert "Dana Ortiz" in page
    assert "Sam Keller does not have the service Lift repair." in page
    sent = {"begin": "2026-06-01T10:00", "end": "2026-06-01T11:00", "people": [lifts.sam.pk]}
    assert office.post(f"/jobs/{job.pk}/visits/new/", sent).status_code == 422


def test_lines_are_added_decided_and_summed(office: Client, lifts: Lifts) -> None:
    job = lifts.job()
    assert office.post(f"/jobs/{job.pk}/lines/new/", {"kind": "activity", "activity": lifts.attend.pk, "quantity": "2",
                                                      "currency": "GBP"}).status_code == 303  # fmt: skip
    line = JobLine.objects.get()
    assert (line.sale, line.quantity) == (285, 2)
    changed = {"name": line.name, "quantity": "1", "sale": "285", "cost": "142", "currency": "GBP", "charge": "free"}
    assert office.post(f"/job-lines/{line.pk}/", changed).status_code == 422
    assert office.post(f"/job-lines/{line.pk}/", changed | {"reason": "Goodwill"}).status_code == 303
    page = text_of(office, f"/jobs/{job.pk}/")
    assert "£143.00, 50 %" in page
    assert "Free of charge" in page
    assert office.post(f"/job-lines/{line.pk}/remove/").status_code == 303
    assert not JobLine.objects.exists()


def test_costs_are_for_those_who_may_see_them(client_of: Any, lifts: Lifts) -> None:
    job = lifts.job(activities=[lifts.attend])
    dispatcher = client_of(make_user(name="Dora Desk", role="dispatcher", sees=(lifts.cast.acme,)))
    page = text_of(dispatcher, f"/jobs/{job.pk}/")
    assert "£285.00" in page
    assert "£142.00" not in page
    assert "margin" not in page


def test_what_became_of_an_asset_is_written_down(office: Client, lifts: Lifts) -> None:
    mine = lifts.job(assets=[lifts.car]).assets.get()
    done = {"outcome": "done", "found": "down", "left": "working", "note": "Belt"}
    assert office.post(f"/job-assets/{mine.pk}/", done).status_code == 303
    other = Asset.add(owner=lifts.cast.acme, site=lifts.cast.depot, serial="1P23401")
    sent = {"asset": other.pk, "asset_text": str(other)}
    assert office.post(f"/jobs/{mine.job_id}/assets/new/", sent).status_code == 303
    assert office.post(f"/job-assets/{mine.pk}/remove/").status_code == 409


def test_f311_a_job_of_a_customer_one_does_not_see_is_not_there(client_of: Any, lifts: Lifts) -> None:
    job = lifts.job(assets=[lifts.car])
    visit = Visit.propose(job, at=at())
    vera = client_of(lifts.cast.vera)
    for address in (f"/jobs/{job.pk}/", f"/visits/{visit.pk}/", f"/assets/{lifts.car.pk}/jobs/"):
        assert vera.get(address).status_code == 404
    assert job.reference not in text_of(vera, "/jobs/")


def test_an_engineer_works_on_visits_and_changes_no_job(client_of: Any, lifts: Lifts) -> None:
    job = lifts.job()
    visit = Visit.propose(job, at=at(), planned=slot(30, 60), resources=[lifts.dana], firm=True)
    charlie = client_of(lifts.cast.charlie)
    assert charlie.post(f"/visits/{visit.pk}/arrive/").status_code == 303
    assert charlie.post(f"/jobs/{job.pk}/hold/", {"reason": "parts"}).status_code == 403
    assert charlie.get("/jobs/new/").status_code == 403
    page = text_of(charlie, f"/visits/{visit.pk}/")
    assert "Finish" in page
    assert "Cancel the visit" not in page


def test_the_list_costs_the_same_however_many_jobs_there_are(office: Client, lifts: Lifts,
                                                             django_assert_max_num_queries: Any) -> None:  # fmt: skip
    for number in range(12):
        job = lifts.job(description=f"Job {number}")
        Visit.propose(job, at=at(), planned=slot(100 * number, 100 * number + 30), resources=[lifts.dana])
    office.get("/jobs/")
    with django_assert_max_num_queries(20):
        page = text_of(office, "/jobs/")
    assert page.count("Dana Ortiz") >= 12


def test_jobs_are_found_by_what_one_knows(office: Client, lifts: Lifts) -> None:
    job = lifts.job(customer_order="NY-4410-26", contact_name="Night porter")
    for words in ("stands at 14", "NY4410", "night por", job.reference):
        assert job.reference in text_of(office, "/jobs/", q=words), words
    assert Job.objects.about(lifts.car).count() == 0
