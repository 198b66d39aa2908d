"""Reading and writing by a program: lists, single records, changes, repeats, bulks, faults."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.records.external_ids import ids_of, set_ids
from sitebook.sites.models import Site
from tests.cast import Cast, make_customer, make_site, make_user, see_all
from tests.statements import statements


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["name"] for each in answer.json()["items"]]


def test_lists_take_the_filters_and_sorts_of_the_pages(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    assert names(program.get("customers?q=birch")) == ["Birch Housing"]
    assert names(program.get("customers?sort=-name")) == ["Birch Housing", "Acme Supermarkets"]
    assert names(program.get(f"sites?customer={cast.acme.pk}&status=active")) == ["Depot"]
    assert names(program.get("sites?status=closed")) == []


def test_every_row_comes_once_over_the_pages(cast: Cast, program_of: Any):
    for number in range(7):
        make_site(cast.acme, f"Store {number}")
    program, path, found = program_of(cast.alice), "sites?limit=3&sort=name", []
    while path:
        answer = program.get(path).json()
        found += [each["name"] for each in answer["items"]]
        path = (answer["next"] or "").removeprefix("/api/v1/")
    assert len(found) == len(set(found)) == 10
    assert answer["count"] == {"number": 10, "exact": True}


def test_only_the_wanted_fields_come(cast: Cast, program_of: Any):
    item = program_of(cast.bob).get("customers?fields=name,reference").json()["items"][0]
    assert set(item) == {"id", "name", "reference"}


def test_what_a_record_names_comes_short_or_whole_and_hidden_ones_unnamed(cast: Cast, program_of: Any):
    with see_all():
        Customer.objects.filter(pk=cast.acme.pk).update(bill_to=cast.cedar.pk, bill_outside=True)
        Customer.objects.filter(pk=cast.birch.pk).update(bill_to=cast.acme.pk, bill_outside=True)
    program = program_of(cast.bob)
    short = {each["name"]: each["bill_to"] for each in program.get("customers").json()["items"]}
    assert short["Birch Housing"] == {"id": cast.acme.pk, "reference": cast.acme.reference, "name": "Acme Supermarkets"}
    assert short["Acme Supermarkets"] == {"id": None, "reference": None, "name": "another customer"}
    whole = program.get(f"customers/{cast.birch.pk}?expand=bill_to").json()["bill_to"]
    assert whole["head_town"] == "Leeds"


def test_a_day_tells_who_had_a_site_then(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    handed = program.post(f"sites/{cast.depot.pk}/hand-over", {"to": cast.birch.pk, "day": "2026-03-01"})
    assert handed.status_code == 201, handed.content

    def holder(day: str) -> str:
        items = program.get(f"sites?as_of={day}").json()["items"]
        return next(str(each["customer"]["name"]) for each in items if each["id"] == cast.depot.pk)

    assert (holder("2026-02-28"), holder("2026-03-01")) == ("Acme Supermarkets", "Birch Housing")
    one = program.get(f"sites/{cast.depot.pk}?as_of=2026-02-28").json()
    assert one["customer"]["name"] == "Acme Supermarkets"
    back = program.call("POST", f"sites/hand-overs/{handed.json()['id']}/take-back")
    assert back.status_code == 200, back.content
    assert holder("2026-03-01") == "Acme Supermarkets"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("customers?nonsense=1", "nonsense"),
        ("customers?limit=0", "limit"),
        ("customers?limit=x", "limit"),
        ("customers?fields=secret", "fields"),
        ("customers?expand=secret", "expand"),
        ("sites?as_of=2026-13-01", "as_of"),
        ("sites?as_of=99999-01-01", "as_of"),
    ],
)
def test_what_the_address_gets_wrong_is_named(cast: Cast, program_of: Any, path: str, named: str):
    answer = program_of(cast.bob).get(path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == named


@pytest.mark.parametrize("path", ["customers?sort=nonsense", "customers?kind=nonsense", "customers?after=nonsense"])
def test_what_a_page_would_leave_out_is_refused(cast: Cast, program_of: Any, path: str):
    assert program_of(cast.bob).get(path).status_code == 422


def test_a_customer_is_added_read_and_changed(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    sent = {
        "name": "  Elm   Offices ",
        "phones": [{"number": "0113 496 0000"}],
        "head_country": "GB",
        "tags": ["VIP", "vip", "lift"],
        "external_ids": {"crm": "77"},
    }
    made = program.post("customers", sent)
    assert made.status_code == 201, made.content
    record = made.json()
    assert (record["name"], record["tags"]) == ("Elm Offices", ["VIP", "lift"])
    assert record["phones"] == [{"kind": "office", "number": "+441134960000", "odd": False}]
    assert made["Location"] == f"/api/v1/customers/{record['id']}"
    place = f"customers/{record['id']}"
    assert program.get(place, If_None_Match=made["ETag"]).status_code == 304
    changed = program.patch(place, {"account": "stop"}, If_Match=made["ETag"])
    assert (changed.status_code, changed.json()["account"]) == (200, "stop")
    assert changed.json()["external_ids"] == {"crm": "77"}
    assert program.get(place, If_None_Match=made["ETag"]).status_code == 200


def test_a_change_needs_what_was_read_and_refuses_what_moved_on(cast: Cast, program_of: Any):
    program, place = program_of(cast.bob), f"customers/{cast.acme.pk}"
    etag = program.get(place)["ETag"]
    assert program.patch(place, {"notes": "a"}).status_code == 428
    assert program.patch(place, {"notes": "a"}, If_Match=etag).status_code == 200
    assert program.patch(place, {"notes": "b"}, If_Match=etag).status_code == 412
    assert program.patch(place, {"notes": "b"}, If_Match="nonsense").status_code == 412
    assert program.patch(place, {"notes": "b"}, If_Match="*").status_code == 200


def test_ids_in_other_systems_that_are_not_named_stay(cast: Cast, program_of: Any):
    """Somebody wrote one after the program read the record: the version tells nothing of it."""
    program = program_of(cast.bob)
    for place, record in ((f"customers/{cast.acme.pk}", cast.acme), (f"sites/{cast.depot.pk}", cast.depot)):
        with see_all():
            record.external_ids.create(system="erp", value=f"{place} 1")
        etag = program.get(place)["ETag"]
        with see_all():
            record.external_ids.create(system="crm", value=f"{place} 2")
        sent = {"external_ids": {"erp": None, "shop": f"{place} 3"}}
        changed = program.patch(place, sent, If_Match=etag).json()
        assert changed["external_ids"] == {"crm": f"{place} 2", "shop": f"{place} 3"}


def test_a_page_and_a_program_that_change_a_record_lose_nothing(cast: Cast, program_of: Any, client_of: Any):
    program, place = program_of(cast.bob), f"customers/{cast.acme.pk}"
    etag = program.get(place)["ETag"]
    with see_all():
        Customer.objects.get(pk=cast.acme.pk).change(version=1, notes="by the page")
    assert program.patch(place, {"notes": "by the program"}, If_Match=etag).status_code == 412
    assert program.get(place).json()["notes"] == "by the page"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": 5}, "/name"),
        ({"name": "a\0b"}, "/name"),
        ({"name": "a\ud800b"}, "/name"),
        ({"name": "a", "nonsense": 1}, "/nonsense"),
        ({"name": "a", "account": "gold"}, "/account"),
        ({"name": "a", "payment_days": 10**30}, "/payment_days"),
        ({"name": "a", "head_country": "Atlantis"}, "/head_country"),
        ({"name": "a", "emails": [{"address": "nobody"}]}, "/emails/0/address"),
        ({"name": "a", "bill_to": 10**30}, "/bill_to"),
        ({"name": "a", "bill_to": 987654}, "/bill_to"),
    ],
)
def test_a_wrong_body_is_refused_at_its_place(cast: Cast, program_of: Any, body: Any, pointer: str):
    answer = program_of(cast.bob).post("customers", body)
    assert answer.status_code == 422, answer.content
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]


def test_a_hidden_record_is_as_little_there_as_none(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    told = [
        program.post("customers", {"name": "a", "bill_to": pk}).json()["detail"].replace(str(pk), "N")
        for pk in (cast.cedar.pk, 987654)
    ]
    assert told[0] == told[1]
    assert program.get(f"customers/{cast.cedar.pk}").json() == program.get("customers/987654").json()
    assert program.patch(f"customers/{cast.cedar.pk}", {"notes": "x"}, If_Match="*").status_code == 404


@pytest.mark.parametrize("body", ["{", "[1]", '"x"', b"\xff\xfe", "null", ""])
def test_a_body_that_is_no_object_is_refused(cast: Cast, program_of: Any, body: Any):
    answer = program_of(cast.bob).call("POST", "customers", body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(cast: Cast, program_of: Any):
    answer = program_of(cast.bob).post("customers", {"name": "a", "notes": "x" * 3_000_000})
    assert answer.status_code == 413, answer.content


def test_unknown_places_and_methods_are_problems_too(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    for method, path, status in (("GET", "nowhere", 404), ("DELETE", "customers", 405), ("GET", "customers/x", 404)):
        answer = program.call(method, path)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_what_a_rule_refuses_leaves_nothing(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    with see_all():
        before = Customer.objects.count()
    answer = program.post("customers", {"name": "Elm", "bill_to": cast.acme.pk})
    assert answer.status_code == 409
    assert "not in the group" in answer.json()["detail"]
    with see_all():
        assert Customer.objects.count() == before


def test_a_refusal_has_a_code_and_leaves_nothing_of_its_row(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    with see_all():
        set_ids(cast.mill, {"crm": "taken"})
    half = {"name": "Renamed", "external_ids": {"erp": "1", "crm": "taken"}}
    place = f"sites/{cast.depot.pk}"
    alone = program.patch(place, half, If_Match=program.get(place)["ETag"])
    assert (alone.status_code, alone.json()["code"]) == (409, "external_id_taken")
    rows = [half | {"id": cast.depot.pk, "version": cast.depot.version}, {"name": "Added", "customer": cast.acme.pk}]
    results = program.post("sites/bulk", {"items": rows}).json()["results"]
    assert [row["status"] for row in results] == [409, 201]
    assert results[0]["problem"]["code"] == "external_id_taken"
    late = program.patch(place, {"name": "Late"}, If_Match='"0-0"').json()
    assert (late["status"], late["code"]) == (412, "stale_edit")
    with see_all():
        assert ids_of(cast.depot) == {}
        assert sorted(Site.objects.filter(customer=cast.acme).values_list("name", flat=True)) == ["Added", "Depot"]


def test_the_same_key_acts_once_and_answers_the_same(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    first = program.post("customers", {"name": "Elm"}, Idempotency_Key="k1")
    again = program.post("customers", {"name": "Elm"}, Idempotency_Key="k1")
    assert (first.status_code, first.content, first["ETag"]) == (again.status_code, again.content, again["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert program.post("customers", {"name": "Oak"}, Idempotency_Key="k1").status_code == 422
    assert program_of(cast.alice).post("customers", {"name": "Elm"}, Idempotency_Key="k1").status_code == 201
    with see_all():
        assert Customer.objects.filter(name="Elm").count() == 2


def test_what_failed_is_tried_again_under_the_same_key(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    assert program.post("customers", {"name": ""}, Idempotency_Key="k2").status_code == 422
    assert program.post("customers", {"name": "Elm"}, Idempotency_Key="k2").status_code == 201


def test_many_rows_have_an_outcome_each(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    items = [
        {"name": "Elm"},
        {"name": ""},
        {"id": cast.acme.pk, "version": 1, "notes": "by bulk"},
        {"id": cast.acme.pk, "version": 1, "notes": "late"},
        {"id": cast.cedar.pk, "version": 1, "notes": "hidden"},
        {"id": "x"},
    ]
    answer = program.post("customers/bulk", {"items": items}).json()
    assert [row["status"] for row in answer["results"]] == [201, 422, 200, 412, 404, 422]
    assert (answer["added"], answer["changed"], answer["refused"]) == (1, 1, 4)
    with see_all():
        assert Customer.objects.get(pk=cast.acme.pk).notes == "by bulk"
        assert Customer.objects.get(pk=cast.cedar.pk).notes == ""


def test_all_or_nothing_leaves_nothing(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    answer = program.post("sites/bulk?all_or_nothing=true", {"items": [{"name": "A", "customer": cast.acme.pk}, {}]})
    assert answer.status_code == 409
    assert [row["status"] for row in answer.json()["results"]] == [201, 422]
    with see_all():
        assert not Site.objects.filter(name="A").exists()


def test_a_thousand_rows_are_enough(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    assert program.post("customers/bulk", {"items": [{"name": "x"}] * 1001}).status_code == 422
    spent = {}
    for rows in (10, 1000):
        with statements() as sent:
            answer = program.post("customers/bulk", {"items": [{"name": f"Customer {n}"} for n in range(rows)]})
        assert answer.json()["added"] == rows
        spent[rows] = len(sent)
    assert spent[1000] - spent[10] <= 990 * 6, spent


def test_contacts_have_roles_with_place_and_period(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    pat = program.post("contacts", {"name": "Pat Moss", "customer": cast.acme.pk}).json()
    role = {"role": "main", "customer": cast.acme.pk, "since": "2026-01-05"}
    given = program.post(f"contacts/{pat['id']}/roles", role)
    assert given.status_code == 201, given.content
    assert program.get(f"contacts/{pat['id']}").json()["roles"][0]["since"] == "2026-01-05"
    assert program.get(f"contacts/{pat['id']}?as_of=2026-01-04").json()["roles"] == []
    assert names(program.get("contacts?role=main")) == ["Pat Moss"]
    end = program.post(f"contacts/roles/{given.json()['id']}/end", {"on": "2026-02-01"})
    assert end.status_code == 200, end.content
    assert program.get("contacts?role=main").json()["items"] == []


def test_archiving_takes_along_what_it_names_and_restoring_brings_it_back(cast: Cast, program_of: Any):
    program, place = program_of(cast.bob), f"customers/{cast.acme.pk}"
    keys = [each["key"] for each in program.get(f"{place}/consequences").json()["items"] if each["can_go_along"]]
    assert "sites" in keys
    assert program.post(f"{place}/archive", {"along": ["nonsense"]}).status_code == 422
    assert program.post(f"{place}/archive", {"reason": "closed"}).json()["done"] == 1
    assert names(program.get("sites")) == ["Mill"]
    assert program.post(f"{place}/archive", {}).status_code == 409
    assert program.post(f"{place}/restore", {}).json()["done"] == 1
    assert set(names(program.get("sites"))) == {"Depot", "Mill"}


def test_users_are_invited_changed_and_switched_off_by_administrators(cast: Cast, program_of: Any):
    program = program_of(cast.alice)
    made = program.post("users", {"name": "Dora Dean", "email": "dora@northwind.example", "role": "office"})
    assert made.status_code == 201, made.content
    assert made.json()["all_customers"] is False
    place = f"users/{made.json()['id']}"
    assert program.patch(place, {"is_active": False}, If_Match=made["ETag"]).json()["is_active"] is False
    taken = program.post("users", {"name": "D", "email": "DORA@northwind.example", "role": "office"})
    assert taken.status_code == 409
    alice = program.get(f"users/{cast.alice.pk}")
    assert program.patch(f"users/{cast.alice.pk}", {"role": "viewer"}, If_Match=alice["ETag"]).status_code == 409


def test_customers_are_granted_and_taken(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    place = f"users/{cast.vera.pk}/customers"
    assert program.post(place, {"customers": [cast.acme.pk]}).json() == {"changed": 1}
    assert program.post(place, {"customers": [cast.acme.pk, cast.cedar.pk]}).status_code == 422
    emails = {each["email"] for each in program.get(f"customers/{cast.acme.pk}/users").json()["items"]}
    assert cast.vera.email in emails
    assert names(program_of(cast.alice).get(place)) == ["Acme Supermarkets", "Birch Housing"]
    assert program.post(f"{place}/take", {"customers": [cast.acme.pk]}).json() == {"changed": 1}


def test_the_search_finds_parts_of_names(cast: Cast, program_of: Any):
    program = program_of(cast.bob)
    assert [each["name"] for each in program.get("search?q=birc").json()["items"]] == ["Birch Housing"]
    assert program.get("search?q=cedar").json()["items"] == []
    assert program.get("search?q=x").status_code == 422


@pytest.mark.parametrize(
    "path", ["customers?expand=bill_to,parent", "sites?expand=customer", "contacts?expand=customer"]
)
def test_more_rows_cost_no_more_queries(cast: Cast, program_of: Any, path: str):
    program = program_of(cast.alice)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert program.get(path).status_code == 200
        return len(counted)

    def more(count: int) -> None:
        for _ in range(count):
            customer = make_customer()
            make_site(customer)
            with see_all():
                Contact.add(name="Pat", customer=customer)

    more(1)
    program.get(path)
    few = cost()
    more(8)
    assert cost() <= few


def test_a_former_customers_people_read_a_site_as_it_was(cast: Cast, program_of: Any):
    dora = make_user(name="Dora", role="viewer", sees=(cast.acme,))
    assert (
        program_of(cast.bob)
        .post(f"sites/{cast.depot.pk}/hand-over", {"to": cast.birch.pk, "day": str(date(2026, 3, 1))})
        .status_code
        == 201
    )
    with see_all():
        Site.objects.filter(pk=cast.depot.pk).update(notes="birch’s secret")
    told = program_of(dora, "read").get(f"sites/{cast.depot.pk}")
    assert told.status_code == 200
    assert "secret" not in told.content.decode()
    assert told.json()["customer"]["name"] == "Acme Supermarkets"
