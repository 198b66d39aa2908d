"""An administrator sees Sitebook as somebody else: no more than they see, nothing changed, and written down."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import override_settings

from sitebook.access import impersonation
from sitebook.access.identity import acting, only_read, take_role
from sitebook.access.middleware import KEPT
from sitebook.access.models import Seeing
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.users.models import User
from tests.cast import Cast, make_customer, make_document, make_user, see_all

ClientOf = Callable[[Any], Client]
CUSTOMERS = "/customers/"


@pytest.fixture
def alice_as(cast: Cast, client_of: ClientOf) -> Callable[[User], Client]:
    def sees(user: User) -> Client:
        client = client_of(cast.alice)
        assert client.post(f"/users/{user.pk}/see-as/").status_code == 303
        return client

    return sees


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def kept(client: Client) -> dict[str, Any] | None:
    return client.session.get(KEPT)


def last() -> Seeing:
    with see_all():
        return Seeing.objects.order_by("-pk")[0]


def test_it_shows_what_the_user_sees_and_no_more(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    page = text_of(alice, CUSTOMERS)
    assert "Acme Supermarkets" in page
    assert "Cedar Hospital" not in page
    assert alice.get(f"/customers/{cast.cedar.pk}/").status_code == 404
    assert alice.get("/users/").status_code == 403
    assert "Cedar Hospital" not in text_of(alice, "/search/?q=cedar")
    assert "Supermarkets" in text_of(alice, "/search/?q=acme")


def test_it_opens_exports_and_documents_as_they_do(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    theirs = make_document("customers_customer", cast.acme.pk)
    hidden = make_document("customers_customer", cast.cedar.pk)
    alice = alice_as(cast.charlie)
    export = alice.get("/customers/export.csv")
    sheet = export.getvalue().decode() if export.streaming else export.content.decode()
    assert "Acme Supermarkets" in sheet
    assert "Cedar Hospital" not in sheet
    assert alice.get(f"/documents/{theirs.pk}/{theirs.name}").getvalue() == b"ground floor"
    assert alice.get(f"/documents/{hidden.pk}/{hidden.name}").status_code == 404


def test_it_says_so_on_every_page_and_stops_without_scripts(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    stop = f"/users/{cast.bob.pk}/see-as/stop/"
    for address in (CUSTOMERS, f"/customers/{cast.acme.pk}/", "/help/", "/search/", "/users/", "/no-such-page/"):
        page = text_of(alice, address)
        assert "Seeing Sitebook as <b>Bob Baker</b>" in page, address
        assert f'method="post" action="{stop}"' in page, address
    answer = alice.post(stop, follow=True)
    assert answer.request["PATH_INFO"] == f"/users/{cast.bob.pk}/customers/"
    assert "You are yourself again" in answer.content.decode()
    assert "Seeing Sitebook as" not in text_of(alice, CUSTOMERS)
    assert "Cedar Hospital" in text_of(alice, CUSTOMERS)
    assert alice.post(stop).status_code == 303


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_changes_nothing(cast: Cast, alice_as: Callable[[User], Client], method: str) -> None:
    alice = alice_as(cast.bob)
    answer = getattr(alice, method)("/customers/new/", {"name": "Made as Bob"})
    assert answer.status_code == 409
    assert "so nothing can be changed" in answer.content.decode()
    assert "Made as Bob" not in text_of(alice, CUSTOMERS)
    answer = getattr(alice, method)("/customers/new/", {"name": "Made as Bob"}, headers={"HX-Request": "true"})
    assert "toast" in answer.content.decode()


def test_the_database_refuses_whatever_the_code_tries(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    alice.raise_request_exception = False
    with override_settings(ROOT_URLCONF="tests.guards.refusing_urls"):
        assert alice.get("/works/").status_code == 204
        alice.post(f"/users/{cast.bob.pk}/see-as/")
        assert alice.get("/works/").status_code == 500
        alice.raise_request_exception = True
        with pytest.raises(InternalError, match="read-only transaction"):
            alice.get("/works/")
    with see_all():
        assert Customer.objects.filter(name="Done").count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO customers_customer (name) VALUES ('x')",
        "UPDATE users_user SET name = 'x'",
        "DELETE FROM customers_customer",
        "SELECT access_given(1, '{1}')",
        "SELECT customers_new()",
        "SELECT nextval('customers_customer_id_seq')",
        "INSERT INTO django_session VALUES ('k', 'd', now())",
    ],
)
def test_no_statement_writes_in_it(cast: Cast, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        only_read()
        take_role(user=cast.alice, via="screen")
        with pytest.raises((InternalError, ProgrammingError), match="read-only transaction"):
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_nothing_takes_the_lock_off_again(committed: None) -> None:
    someone = make_user(name="Anna", role="administrator", all_customers=True)
    with transaction.atomic():
        only_read()
        take_role(user=someone, via="screen")
        with connection.cursor() as cursor, pytest.raises(InternalError, match="read-write mode"):
            cursor.execute("SET TRANSACTION READ WRITE")
        transaction.set_rollback(True)


def test_what_they_sign_in_with_stays_theirs(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    for address in ("profile/", "password/", "sessions/", "logout/", "login/", "reset/"):
        answer = alice.get(f"/account/{address}")
        assert answer.status_code == 409, address
        assert "is theirs alone" in answer.content.decode()


def test_it_leaves_no_trace_in_either_session(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    alice.get(f"/customers/{cast.cedar.pk}/")
    alice.post(f"/users/{cast.bob.pk}/see-as/")
    alice.get(f"/customers/{cast.acme.pk}/")
    assert alice.cookies["recent"].value.endswith(f"~customer:{cast.cedar.pk}")
    assert "Cedar" not in text_of(alice, "/customers/pick/")


def test_it_takes_their_zone_and_look_and_keeps_them_out_of_the_browser(cast: Cast, client_of: ClientOf) -> None:
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(time_zone="Asia/Tokyo", theme="dark")
    alice = client_of(cast.alice)
    alice.cookies["theme"] = "light"
    alice.post(f"/users/{cast.bob.pk}/see-as/")
    answer = alice.get(f"/customers/{cast.acme.pk}/history/")
    assert 'data-theme="dark"' in answer.content.decode()
    assert "(Tokyo)" in answer.content.decode()
    assert "theme" not in answer.cookies


def test_it_is_recorded_with_who_whom_when_and_from_where(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    record = last()
    assert (record.by_id, record.user_id, record.address) == (cast.alice.pk, cast.bob.pk, "127.0.0.1")
    assert (record.until - record.began_at).total_seconds() == pytest.approx(3600, abs=1)
    alice.post(f"/users/{cast.bob.pk}/see-as/stop/")
    ended = last()
    assert ended.pk == record.pk
    assert (ended.until - ended.began_at).total_seconds() < 60
    said = rf"saw Sitebook as .*Bob Baker.*, {ended}"
    register, history = text_of(alice, "/changes/"), text_of(alice, f"/changes/users_user/{cast.bob.pk}/")
    assert re.search(said, register)
    assert "127.0.0.1" in register
    assert f"saw Sitebook as this user, {ended}" in history
    assert "began to see Sitebook as this user" in history
    with see_all():
        rows = Change.objects.filter(kind="access_seeing").order_by("id")
        assert [(row.action, row.actor_id, row.subject_id) for row in rows] == [
            ("made", cast.alice.pk, cast.bob.pk),
            ("changed", cast.alice.pk, cast.bob.pk),
        ]


def test_nobody_writes_the_record_past_its_functions(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice_as(cast.bob)
    for statement in ("DELETE FROM access_seeing", "UPDATE access_seeing SET address = ''"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting(user=cast.alice, via="screen"),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    before = last().until
    with acting(user=cast.bob, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT access_end_seeing(%s)", [last().pk])
    assert last().until == before


@pytest.mark.parametrize("who", ["bob", "charlie", "vera", "restricted"])
def test_only_an_administrator_who_sees_everything_may(cast: Cast, client_of: ClientOf, who: str) -> None:
    someone = (
        make_user(name="Rita", role="administrator", sees=(cast.acme,)) if who == "restricted" else getattr(cast, who)
    )
    client = client_of(someone)
    assert client.post(f"/users/{cast.vera.pk}/see-as/").status_code == 403
    assert kept(client) is None
    if who == "restricted":
        assert "See as this user" not in text_of(client, f"/users/{cast.bob.pk}/customers/")
    with (
        pytest.raises(ProgrammingError, match="administrator"),
        acting(user=someone, via="screen"),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT access_begin_seeing(%s, '')", [cast.vera.pk])


def test_it_is_refused_as_oneself_as_nobody_and_as_who_may_not_sign_in(cast: Cast, client_of: ClientOf) -> None:
    gone = make_user(name="Gone", is_active=False)
    alice = client_of(cast.alice)
    for user in (cast.alice, gone):
        assert alice.post(f"/users/{user.pk}/see-as/").status_code == 403
        assert "See as this user" not in text_of(alice, f"/users/{user.pk}/customers/")
    assert alice.post("/users/987654/see-as/").status_code == 404
    assert alice.get(f"/users/{cast.bob.pk}/see-as/").status_code == 405
    assert "See as this user" in text_of(alice, f"/users/{cast.bob.pk}/customers/")


def test_it_is_not_nested(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    other = make_user(name="Adam", role="administrator", all_customers=True)
    alice = alice_as(other)
    assert alice.post(f"/users/{cast.bob.pk}/see-as/").status_code == 409
    assert kept(alice)["user"] == other.pk


def _switched_off(cast: Cast, alice: Client) -> None:
    User.objects.filter(pk=cast.bob.pk).update(is_active=False)


def _no_administrator(cast: Cast, alice: Client) -> None:
    User.objects.filter(pk=cast.alice.pk).update(role="office")


def _restricted(cast: Cast, alice: Client) -> None:
    User.objects.filter(pk=cast.alice.pk).update(all_customers=False)


def _the_hour_is_over(cast: Cast, alice: Client) -> None:
    session = alice.session
    session[KEPT] = session[KEPT] | {"latest": 1.0}
    session.save()


@pytest.mark.parametrize("event", [_switched_off, _no_administrator, _restricted, _the_hour_is_over])
def test_it_ends_at_once(cast: Cast, alice_as: Callable[[User], Client], event: Callable[[Cast, Client], None]) -> None:
    make_user(name="Adam", role="administrator", all_customers=True)
    alice = alice_as(cast.bob)
    with see_all():
        event(cast, alice)
    answer = alice.get("/customers/", follow=True)
    assert answer.redirect_chain == [("/customers/", 303)]
    assert "seeing Sitebook as Bob Baker has ended" in answer.content.decode()
    assert "Seeing Sitebook as" not in answer.content.decode()
    assert kept(alice) is None
    assert (last().until - last().began_at).total_seconds() < 60


def test_what_is_pressed_after_the_end_is_not_done_as_oneself(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    _the_hour_is_over(cast, alice)
    answer = alice.post("/customers/new/", {"name": "Meant to be refused"})
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.content.decode()
    assert "Meant to be refused" not in text_of(alice, CUSTOMERS)


def test_a_deactivated_administrator_is_out(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    make_user(name="Adam", role="administrator", all_customers=True)
    alice = alice_as(cast.bob)
    with see_all():
        User.objects.filter(pk=cast.alice.pk).update(is_active=False)
    assert alice.get("/customers/").headers["Location"].startswith("/account/login/")
    assert kept(alice) is None
    assert (last().until - last().began_at).total_seconds() < 60


def test_signing_out_ends_both(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice = alice_as(cast.bob)
    assert alice.post("/account/logout/").status_code == 302
    assert alice.get("/customers/").status_code == 302
    assert (last().until - last().began_at).total_seconds() < 60


def test_the_record_never_outlives_the_hour(cast: Cast, alice_as: Callable[[User], Client]) -> None:
    alice_as(cast.bob)
    with acting(user=cast.alice, via="screen"):
        held = impersonation.Kept(last().pk, cast.alice.pk, cast.bob.pk, 0.0)
    impersonation.end(held)
    ended = last().until
    impersonation.end(held)
    assert last().until == ended


def test_it_sees_what_is_granted_meanwhile(cast: Cast, alice_as: Callable[[User], Client], client_of: ClientOf) -> None:
    alice = alice_as(cast.vera)
    later = make_customer("Made later")
    assert "Made later" not in text_of(alice, CUSTOMERS)
    make = client_of(make_user(name="Adam", role="administrator", all_customers=True))
    picked = {"pick": [later.pk], "of": cast.vera.pk, "user": cast.vera.pk}
    make.post("/bulk/to-grant/", picked | {"act": "give"})
    assert "Made later" in text_of(alice, CUSTOMERS)
