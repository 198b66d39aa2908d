"""Jobs and visits for programs, and files of jobs: the same verbs, the same refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sitebook.access.identity import take_role
from sitebook.jobs.models import Job, Visit
from sitebook.jobs.register import JOBS
from sitebook.jobs.tests.lifts import Lifts, at, slot
from sitebook.registers.imports import take
from tests.cast import make_user
from tests.guards.test_api import program

pytestmark = pytest.mark.django_db


class Desk:
    """A program with a token; after each answer the story goes on as somebody who sees all."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        text = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, f"/api/v1/{path}", text, content_type="application/json", headers=headers)
        take_role(user=None, via="screen", everything=True)
        return answer.status_code, json.loads(answer.content or "null")


@pytest.fixture
def desk(lifts: Lifts) -> Desk:
    found = Desk(program(make_user(name="Olga Office", role="office", sees=(lifts.cast.acme,))))
    take_role(user=None, via="screen", everything=True)
    return found


def test_a_program_logs_a_job_and_carries_it_through(desk: Desk, lifts: Lifts) -> None:
    status, job = desk.ask("POST", "jobs", {
        "customer": lifts.cast.acme.pk, "site": lifts.cast.depot.pk, "description": "Car B stands",
        "assets": [lifts.car.pk], "activities": [lifts.attend.pk],
    })  # fmt: skip
    assert status == 201, job
    assert (job["status"], job["asset"]["id"], job["work_type"]["name"]) == ("logged", lifts.car.pk, "Breakdown, lifts")
    path = f"jobs/{job['id']}"
    begin, end = (each.isoformat() for each in slot(30, 90))
    sent = {"planned_from": begin, "planned_to": end, "people": [lifts.dana.pk], "firm": True}
    status, visit = desk.ask("POST", f"{path}/visits", sent)
    assert status == 201, visit
    assert (visit["state"], visit["people"][0]["name"]) == ("confirmed", "Dana Ortiz")
    other = lifts.job()
    status, refused = desk.ask("POST", f"jobs/{other.pk}/visits", sent)
    assert (status, refused["code"]) == (409, "resource_is_busy")
    for step in ("travel", "arrive"):
        status, told = desk.ask("POST", f"jobs/visits/{visit['id']}/{step}", {"at": at(40).isoformat()})
        assert status == 200, told
    status, told = desk.ask("POST", f"jobs/visits/{visit['id']}/finish", {"note": "Belt", "at": at(80).isoformat()})
    assert (status, told["state"]) == (200, "done")
    status, can = desk.ask("GET", f"{path}/verbs")
    review = next(each for each in can["items"] if each["key"] == "review")
    assert (can["status"], review["possible"]) == ("work done", False)
    assert review["why_not"] == "“Lift out of service, attend” has no charge outcome. Decide it first."
    status, lines = desk.ask("GET", f"{path}/lines")
    assert (lines["items"][0]["sale"], lines["items"][0]["cost"]) == (285, 142)
    line = lines["items"][0]["id"]
    assert desk.ask("POST", f"jobs/lines/{line}/decide", {"charge": "covered"})[0] == 200
    assert desk.ask("POST", f"{path}/review", {})[1]["status"] == "reviewed"
    assert desk.ask("POST", f"{path}/close", {})[1]["status"] == "closed"


def test_a_change_by_a_program_keeps_to_the_catalogue(desk: Desk, lifts: Lifts) -> None:
    job = lifts.job()
    lifts.team.service_links.all().delete()
    body = {"service": lifts.repair.pk, "team": lifts.team.pk}
    status, refused = desk.ask("PATCH", f"jobs/{job.pk}", body, **{"If-Match": "*"})
    assert (status, refused["code"]) == (409, "not_offered")
    status, changed = desk.ask("PATCH", f"jobs/{job.pk}", {"customer_order": "NY-1"}, **{"If-Match": "*"})
    assert (status, changed["customer_order"]) == (200, "NY-1")


def test_a_file_of_jobs_is_taken_once(lifts: Lifts, tmp_path: Path) -> None:
    mapping, file = tmp_path / "jobs.toml", tmp_path / "jobs.csv"
    mapping.write_text(
        'title = "Jobs"\nregister = "jobs"\nsource = "ours"\nlicence = "ours"\n\n[job]\nreference = "no"\n'
        'customer = "customer"\nsite = "site"\nasset = "lift"\nwork_type = "type"\ndescription = "what"\n'
        'category = "category"\n'
    )
    file.write_text(
        "no,customer,site,lift,type,what,category\n"
        'NY-1,Acme Supermarkets,Depot,1p23400,"Breakdown, lifts",No service,breakdown\n'
        'NY-2,Acme Supermarkets,Depot,,"Breakdown, lifts",Door noisy,Repair\n'
        "NY-3,Acme Supermarkets,Depot,,Nothing we know,Door noisy,repair\n"
    )
    first = take(JOBS, file, mapping=str(mapping), everything=True)
    again = take(JOBS, file, mapping=str(mapping), everything=True)
    take_role(user=None, via="screen", everything=True)
    assert (first.created, len(first.refused_rows)) == (2, 1)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    job = Job.objects.get(reference="NY-1")
    assert (job.asset, job.category, job.status) == (lifts.car, "breakdown", "logged")
    assert Visit.objects.count() == 0
