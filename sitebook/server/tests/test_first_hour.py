"""The commands of the first hour: set up, make users, help them in, ask whether all is well."""

from __future__ import annotations

import pytest

from sitebook.server.tests.conftest import Operator

FIRM = (
    *("--firm", "North Lifts", "--country", "gb", "--time-zone", "Europe/London", "--currency", "gbp"),
    *("--name", "Ada", "--email", "ada@north.example"),
)
PASSWORD = "a long enough pass-phrase"


def test_init_sets_up_once(operator: Operator) -> None:
    assert "North Lifts is set up" in operator.types("init", *FIRM, stdin=PASSWORD)
    assert "already set up" in operator.types("init", *FIRM, stdin=PASSWORD, expect=2)
    with operator.cluster.running():
        rows = operator.asks("SELECT name, country, currency FROM firm_firm")
        users = operator.asks("SELECT email, role, all_customers FROM users_user")
    assert rows == [("North Lifts", "GB", "GBP")]
    assert users == [("ada@north.example", "administrator", True)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--country", "XX"), "country"),
        (("--time-zone", "Moon/Sea"), "time_zone"),
        (("--email", "nobody"), "your_email"),
    ],
)
def test_init_names_what_it_does_not_accept(settled: Operator, words: tuple[str, str], told: str) -> None:
    assert f"sitebook: {told}: " in settled.types("init", *FIRM, *words, stdin=PASSWORD, expect=2)


def test_a_weak_password_makes_nobody(settled: Operator) -> None:
    who = ("--email", "weak@north.example", "--role", "office", "--all-customers")
    assert "weak@north.example: " in settled.types("createuser", *who, stdin="short", expect=2)
    assert settled.asks("SELECT 1 FROM users_user WHERE email LIKE 'weak%'") == []


def test_a_user_is_made_once_and_gets_a_link(settled: Operator) -> None:
    who = ("--email", "Bob@north.example", "--role", "dispatcher", "--all-customers")
    assert "sees all customers" in settled.types("createuser", *who, stdin=PASSWORD)
    assert "already" in settled.types("createuser", *who, stdin=PASSWORD, expect=2)
    assert "/account/" in settled.types("resetlink", "bob@north.example")
    assert "Nobody who may sign in" in settled.types("resetlink", "eve@north.example", expect=2)
    changed = settled.asks("SELECT via, reason FROM history_change WHERE reason = 'createuser'")
    assert changed == [("command", "createuser")]


def test_an_unknown_customer_leaves_no_user_behind(settled: Operator) -> None:
    who = ("--email", "carl@north.example", "--role", "engineer", "--customer", "C-999999")
    assert "There is no customer C-999999" in settled.types("createuser", *who, stdin=PASSWORD, expect=2)
    assert settled.asks("SELECT 1 FROM users_user WHERE email LIKE 'carl%'") == []


def test_an_old_schema_is_named_before_a_command_works_on_it(operator: Operator) -> None:
    told = operator.types("resetlink", "a@b.example", expect=2)
    assert "Run: sitebook migrate" in told
    assert "migrations applied" in operator.types("migrate")
    assert "0 migrations applied" in operator.types("migrate")
    assert operator.types("migrate", "--dry-run").strip() == ""


def test_a_newer_sitebooks_database_is_refused(settled: Operator) -> None:
    settled.asks(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('customers', '9999_later', now()) RETURNING 1"
    )
    try:
        assert "customers.9999_later is not known here" in settled.types("migrate", expect=2)
    finally:
        settled.asks("DELETE FROM django_migrations WHERE name = '9999_later'")


def test_check_finds_nothing_and_history_verifies(settled: Operator) -> None:
    assert "Everything is in order." in settled.types("check")
    assert "the history is as it was sealed" in settled.types("verify-history")


def test_mail_that_goes_nowhere_is_said(settled: Operator) -> None:
    assert "SITEBOOK_SMTP_URL is not set" in settled.types("testmail", "a@b.example", expect=2)
    settled.env["SITEBOOK_SMTP_URL"] = "smtp://127.0.0.1:1"
    assert "127.0.0.1, port 1, did not take the message" in settled.types("testmail", "a@b.example", expect=2)
    del settled.env["SITEBOOK_SMTP_URL"]


def test_a_bad_setting_is_one_sentence(settled: Operator) -> None:
    settled.env["SITEBOOK_TLS"] = "maybe"
    told = settled.types("check", expect=2)
    del settled.env["SITEBOOK_TLS"]
    assert told == "sitebook: SITEBOOK_TLS is 'maybe': write 1 or 0.\n"
