"""The registers of the catalogue on pages and for programs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitebook.access.permissions import ROLES, Permission
from sitebook.catalogue.models import Activity, Resource, Service, Skill, Team, TeamCustomer, WorkLogType, WorkType
from sitebook.catalogue.register import REGISTERS
from tests.cast import see_all

pytestmark = pytest.mark.django_db


def make_service(name="Lift repair"):
    with see_all():
        return Service.add(name=name)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda each: each.path)
def test_every_register_has_a_list_a_form_and_a_first_step(register, cast, client_of):
    client = client_of(cast.bob)
    page = client.get(f"/{register.path}/").content.decode()
    assert str(register.empty[0]) in page
    assert client.get(f"/{register.path}/new/").status_code == 200
    assert client_of(cast.vera).get(f"/{register.path}/new/").status_code == 403


def test_f320_an_activity_without_a_service_is_refused(cast, client_of):
    client = client_of(cast.bob)
    typed = {"code": "L-101", "description": "Out of service, attend", "sale": "285", "cost": "120", "currency": "USD"}
    answer = client.post("/activities/new/", typed)
    assert answer.status_code == 422
    service = make_service()
    answer = client.post("/activities/new/", typed | {"service": service.pk, "minutes": "60"})
    assert answer.status_code == 303
    with see_all():
        made = Activity.objects.get(code="L-101")
    assert (made.service_id, made.sale, made.minutes, str(made)) == (
        service.pk,
        Decimal(285),
        60,
        "Out of service, attend",
    )


def test_a_code_is_one_activitys_however_it_is_written(cast, client_of):
    service = make_service()
    with see_all():
        Activity.add(code="L-101", service=service)
    answer = client_of(cast.bob).post("/activities/new/", {"code": "l-101", "service": service.pk})
    assert answer.status_code == 409
    assert "already in use" in answer.content.decode()


@pytest.mark.parametrize(("typed", "fault"), [({"sale": "-1", "currency": "GBP"}, "-1"), ({"sale": "5"}, "currency")])
def test_an_amount_is_not_negative_and_has_a_currency(typed, fault, cast, client_of):
    service = make_service()
    answer = client_of(cast.bob).post("/activities/new/", {"code": "X", "service": service.pk} | typed)
    assert answer.status_code == 422
    assert fault in answer.content.decode()


def test_f307_a_work_type_hangs_on_a_work_log_type_which_filters_the_list(cast, client_of):
    client = client_of(cast.bob)
    with see_all():
        reactive, planned = WorkLogType.add(name="Reactive"), WorkLogType.add(name="Planned")
    assert client.post("/work-types/new/", {"name": "Breakdown", "priority": "urgent"}).status_code == 422
    for name, kind in (("Breakdown", reactive), ("Monthly service", planned)):
        typed = {"name": name, "work_log_type": kind.pk, "priority": "high", "signature": "asked", "rank": "10"}
        assert client.post("/work-types/new/", typed).status_code == 303
    client.get("/work-types/")  # what was added is said once
    page = client.get(f"/work-types/?work_log_type={planned.pk}").content.decode()
    assert "Monthly service" in page
    assert "Breakdown" not in page
    assert "Planned" in page


def test_roles_of_a_work_log_type_are_ticked_on_its_form(cast, client_of):
    client = client_of(cast.bob)
    typed = {"name": "Warranty", "roles": ["office", "dispatcher"], "coding_roles": ["dispatcher"]}
    assert client.post("/work-log-types/new/", typed).status_code == 303
    with see_all():
        made = WorkLogType.objects.get()
    assert (made.roles, made.coding_roles) == (["office", "dispatcher"], ["dispatcher"])
    page = client.get(f"/work-log-types/{made.pk}/edit/").content.decode()
    assert page.count("checked") >= 3
    again = client.post(f"/work-log-types/{made.pk}/edit/", {"name": "Warranty", "version": made.version})
    assert again.status_code == 303
    with see_all():
        assert WorkLogType.objects.get().roles == []


def test_a_user_is_one_resource(cast, client_of):
    client = client_of(cast.bob)
    typed = {"name": "Charlie Cole", "kind": "employee", "user": cast.charlie.pk}
    assert client.post("/resources/new/", typed).status_code == 303
    with see_all():
        assert Resource.objects.get().user_id == cast.charlie.pk
    answer = client.post("/resources/new/", typed | {"name": "Another"})
    assert answer.status_code == 409
    assert "another resource" in answer.content.decode()


def test_costs_need_a_permission(cast, client_of):
    """On pages, in files and in the history; who may change the catalogue may see them, so no form hides any."""
    service = make_service()
    with see_all():
        activity = Activity.add(code="L-1", service=service, cost=Decimal("98.76"), sale=Decimal(285), currency="GBP")
        person = Resource.add(name="Dana", cost_rate=Decimal("98.76"), currency="GBP")
    for role, may in ROLES.items():
        assert Permission.SEE_COSTS in may or Permission.CHANGE_CATALOGUE not in may, role
    seen = {name: client_of(getattr(cast, name)) for name in ("bob", "vera", "charlie")}
    pages = ["/activities/?columns=code,cost,sale", "/resources/?columns=cost_rate"]
    for address in (f"/activities/{activity.pk}/", f"/resources/{person.pk}/"):
        pages += [address, f"{address}history/"]
    for address in pages:
        assert ("98.76" in seen["bob"].get(address).content.decode()) == ("history" not in address), address
        for name in ("vera", "charlie"):
            assert "98.76" not in seen[name].get(address).content.decode(), (name, address)
    for path in ("activities", "resources"):
        assert b"98.76" in b"".join(seen["bob"].get(f"/{path}/export.csv").streaming_content)
        assert b"98.76" not in b"".join(seen["vera"].get(f"/{path}/export.csv").streaming_content)


def test_f327_a_team_takes_its_customers_from_the_user_who_makes_it(cast, client_of):
    client = client_of(cast.bob)
    assert client.post("/teams/new/", {"name": "Lift team A"}).status_code == 303
    with see_all():
        team = Team.objects.get()
        rows = {(row.customer_id, row.origin, row.maker_id) for row in TeamCustomer.objects.filter(team=team)}
    assert rows == {(cast.acme.pk, "maker", cast.bob.pk), (cast.birch.pk, "maker", cast.bob.pk)}
    page = client.get(f"/teams/{team.pk}/customers/").content.decode()
    assert "Acme Supermarkets" in page
    assert "taken from who made the team" in page


def test_a_team_made_by_who_sees_all_serves_all(cast, client_of):
    assert client_of(cast.alice).post("/teams/new/", {"name": "Lift team A"}).status_code == 303
    with see_all():
        assert Team.objects.get().serves_all
        assert not TeamCustomer.objects.exists()


def test_what_is_assigned_is_added_changed_and_removed_on_a_tab(cast, client_of):
    client, service = client_of(cast.bob), make_service()
    with see_all():
        person = Resource.add(name="Dana Ortiz")
    address = f"/resources/{person.pk}/services/"
    typed = {"other": service.pk, "certificate": "Lift pass", "valid_until": "2026-12-04"}
    assert client.post(address, typed).status_code == 303
    page = client.get(address).content.decode()
    assert "Lift pass, valid until" in page
    assert "Dana Ortiz" in client.get(f"/services/{service.pk}/resources/").content.decode()
    assert client.post(address, typed).status_code == 409
    assert "2026-12-04" in client.get(f"{address}?other={service.pk}").content.decode()
    assert client.post(address, typed | {"valid_until": "2028-12-04"}).status_code == 303
    with see_all():
        assert Skill.objects.get().valid_until.year == 2028
    assert "Lift repair" in client.get(f"/resources/{person.pk}/history/").content.decode()
    assert client_of(cast.vera).post(f"{address}remove/", {"other": service.pk}).status_code == 403
    assert client.post(f"{address}remove/", {"other": service.pk}).status_code == 303
    with see_all():
        assert not Skill.objects.exists()


def test_a_customer_one_does_not_see_is_not_on_the_tab(cast, client_of):
    with see_all():
        kind = WorkType.add(name="Breakdown", work_log_type=WorkLogType.add(name="Reactive"))
    client = client_of(cast.alice)
    for customer in (cast.acme, cast.cedar):
        assert client.post(f"/work-types/{kind.pk}/customers/", {"other": customer.pk}).status_code == 303
    page = client_of(cast.bob).get(f"/work-types/{kind.pk}/customers/").content.decode()
    assert "Acme" in page
    assert "Cedar" not in page
    answer = client_of(cast.bob).post(f"/work-types/{kind.pk}/customers/", {"other": cast.cedar.pk})
    assert answer.status_code == 422
    answer = client_of(cast.bob).post(f"/work-types/{kind.pk}/customers/remove/", {"other": cast.cedar.pk})
    assert answer.status_code == 404
