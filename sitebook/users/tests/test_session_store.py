"""Every request reads its session, its user and the firm in one statement, and what changed counts at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sitebook.firm.models import Firm
from sitebook.users.models import User
from sitebook.users.session_store import SessionStore
from tests.cast import Cast, make_cast, see_all

PAGE = "/search/"


@pytest.fixture
def browser(cast: Cast, client_of) -> Client:
    """Bob's, in use."""
    client: Client = client_of(cast.bob)
    client.get(PAGE)
    return client


def tables_read(client: Client) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(PAGE).status_code == 200
    names = ("django_session", "users_user", "usersessions_usersession", "firm_firm", "access_reach")
    return [",".join(name for name in names if name in query["sql"]) for query in queries.captured_queries]


def activity(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def used_before(client: Client, **before: int) -> None:
    last = timezone.now() - timedelta(**before)
    assert UserSession.objects.filter(session_key=client.session.session_key).update(last_seen_at=last) == 1


def test_one_statement_reads_who_asks_and_the_firm_and_one_takes_the_role(browser: Client):
    read = [each for each in tables_read(browser) if each]
    assert read == ["django_session,users_user,usersessions_usersession,firm_firm", "access_reach"]


def test_the_user_and_the_firm_are_whole(browser: Client, cast: Cast):
    store = SessionStore(browser.session.session_key)
    assert store["_auth_user_id"] == str(cast.bob.pk)
    for read, kind in ((store.user, User), (store.firm, Firm)):
        assert read is not None
        told = kind._default_manager.get(pk=read.pk)
        assert {field.attname: getattr(read, field.attname) for field in kind._meta.concrete_fields} == {
            field.attname: getattr(told, field.attname) for field in kind._meta.concrete_fields
        }


def test_a_session_used_again_within_five_minutes_writes_nothing(browser: Client):
    used_before(browser, minutes=4, seconds=50)
    before = activity(browser).last_seen_at
    with CaptureQueriesContext(connection) as queries:
        browser.get(PAGE)
    assert not [each["sql"] for each in queries.captured_queries if each["sql"].startswith(("UPDATE", "INSERT"))]
    assert activity(browser).last_seen_at == before


@pytest.mark.parametrize("minutes", [5, -5])
def test_after_five_minutes_or_from_a_clock_ahead_it_is_written(minutes: int, browser: Client):
    used_before(browser, minutes=minutes, seconds=minutes)
    browser.get(PAGE)
    assert abs(timezone.now() - activity(browser).last_seen_at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("asked", "field", "written"),
    [
        ({"HTTP_USER_AGENT": "Another browser"}, "user_agent", "Another browser"),
        ({"REMOTE_ADDR": "192.0.2.7"}, "ip", "192.0.2.7"),
        ({"REMOTE_ADDR": "2001:db8:0:0::7"}, "ip", "2001:db8::7"),
    ],
)
def test_another_browser_or_address_is_written_at_once(asked, field: str, written: str, browser: Client):
    browser.get(PAGE, **asked)
    assert getattr(activity(browser), field) == written
    before = activity(browser).last_seen_at
    browser.get(PAGE, **asked)
    assert activity(browser).last_seen_at == before


def test_an_activity_that_is_gone_is_written_anew(browser: Client, cast: Cast):
    activity(browser).delete()
    assert browser.get("/account/profile/").status_code == 200
    assert activity(browser).user_id == cast.bob.pk


def test_an_activity_that_names_somebody_else_gives_nobody_their_sight(cast: Cast, client_of):
    client = client_of(cast.charlie)
    client.get(PAGE)
    assert UserSession.objects.filter(session_key=client.session.session_key).update(user=cast.alice) == 1
    answer = client.get("/customers/")
    assert answer.wsgi_request.user == cast.charlie
    assert cast.cedar.name not in answer.content.decode()
    assert activity(client).user_id == cast.charlie.pk


def test_a_session_ended_elsewhere_counts_at_once(browser: Client):
    assert browser.get("/customers/").status_code == 200
    Session.objects.filter(pk=browser.session.session_key).delete()
    assert browser.get("/customers/").url.startswith("/account/login/")


def test_a_session_past_its_end_counts_at_once(browser: Client):
    Session.objects.filter(pk=browser.session.session_key).update(expire_date=timezone.now())
    assert browser.get("/customers/").url.startswith("/account/login/")


@pytest.mark.parametrize("values", [{"is_active": False}, {"password": "another"}])
def test_who_may_not_sign_in_any_more_or_has_another_password_is_out_at_once(values, browser: Client, cast: Cast):
    assert browser.get("/customers/").status_code == 200
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(**values)
    assert browser.get("/customers/").url.startswith("/account/login/")


def test_another_role_and_another_reach_count_at_once(cast: Cast, client_of):
    client = client_of(cast.vera)
    assert client.get("/users/").status_code == 403
    assert cast.cedar.name not in client.get("/customers/").content.decode()
    with see_all():
        User.objects.filter(pk=cast.vera.pk).update(role="administrator", all_customers=True)
    assert client.get("/users/").status_code == 200
    assert cast.cedar.name in client.get("/customers/").content.decode()


def test_a_firm_changed_by_another_process_is_seen_at_once(committed, client_of):
    client = client_of(make_cast().alice)
    assert client.get("/customers/").headers["Content-Language"] == "en-gb"
    with connections["owner"].cursor() as elsewhere:
        elsewhere.execute("UPDATE firm_firm SET language = 'en-us'")
    assert client.get("/customers/").headers["Content-Language"] == "en-us"


def test_outside_another_transaction_its_end_alone_puts_the_role_back(committed, client_of):
    client = client_of(make_cast().alice)
    client.get("/customers/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/customers/")
    assert len([each for each in queries.captured_queries if "set_config('role'" in each["sql"]]) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('sitebook.user', true)")
        assert cursor.fetchone() in (("none", ""), ("none", None))
