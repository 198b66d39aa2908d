"""Whose address it is: two that look alike or fold alike are two people's."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from sitebook.basics.email_addresses import comparable, normal_form
from sitebook.users.models import User
from tests.cast import Cast, make_user, see_all
from tests.refusals import refused

# Letters that some folding takes for an ASCII one: dotless i, long s, the Kelvin sign, i with a dot, wide letters.
ALIKE = [
    "alıce.archer@northwind.example",
    "alİce.archer@northwind.example",
    "alice.archer@northwınd.example",
    "ａlice.archer@northwind.example",
    "alice.archer@northwind.example\0",
    "alice.archer@northwind.example\u200b",
    "аlice.archer@northwind.example",
]


@pytest.mark.parametrize("typed", ALIKE)
def test_a_letter_that_only_folds_alike_finds_nobody(cast: Cast, typed: str) -> None:
    with see_all():
        assert list(User.objects.of_address(typed)) == []
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(typed)


@pytest.mark.parametrize("typed", ["ALICE.Archer@NorthWind.EXAMPLE", "  alice.archer@northwind.example ",
                                   "alice.archer@northwind。example"])  # fmt: skip
def test_case_and_blanks_around_do_not_matter(cast: Cast, typed: str) -> None:
    with see_all():
        assert list(User.objects.of_address(typed)) == [cast.alice]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Info@Bücher.example", "info@xn--bcher-kva.example"),
        ("info@xn--bcher-kva.example", "info@xn--bcher-kva.example"),
        ("a@NORTHWıND.example", "a@xn--northwnd-ykb.example"),
        ("o'neil+x@firm.example", "o'neil+x@firm.example"),
    ],
)
def test_the_domain_is_kept_as_the_internet_writes_it(typed: str, kept: str) -> None:
    assert normal_form(typed) == kept


NO_ADDRESS: list[object] = [
    *("", "  ", "bob", "bob@", "@firm.example", "bob@firm", "a b@firm.example", "bob@firm.example\n"),
    *("b\0b@firm.example", "\u212aate@firm.example", "ſam@firm.example", "müller@firm.example", "bob@fi..rm.example"),
    *("bob@[127.0.0.1]", "bob@xn--.example", "x" * 65 + "@firm.example", "bob@" + "firm." * 60 + "example"),
    *(7, None, ["bob@firm.example"], {"email": "bob@firm.example"}, "bob@firm.example" * 100_000),
]


@pytest.mark.parametrize("typed", NO_ADDRESS)
def test_what_is_no_address_is_refused_in_words(typed: object) -> None:
    with refused("email_not_accepted"):
        normal_form(typed)


@given(st.text(max_size=40), st.text(max_size=20))
def test_the_normal_form_of_a_normal_form_is_itself(local: str, domain: str) -> None:
    once = comparable(f"{local}@{domain}.example")
    assert comparable(once) == once


def test_the_database_keeps_nothing_else(cast: Cast) -> None:
    for typed in ("Bob.Baker@northwind.example", "alıce.archer@northwind.example", "a@b@northwind.example", "a b@x.y"):
        with see_all(), pytest.raises(IntegrityError, match="an_email_is_in_normal_form"), transaction.atomic():
            User.objects.filter(pk=cast.bob.pk).update(email=typed)
    with see_all(), pytest.raises(IntegrityError, match="an_email_belongs_to_one_user"), transaction.atomic():
        User.objects.filter(pk=cast.bob.pk).update(email=cast.alice.email)


def test_two_addresses_that_differ_are_two_users(cast: Cast) -> None:
    other = make_user(name="Other", email="alice.archer@northwınd.example")
    assert other.email == "alice.archer@xn--northwnd-ykb.example"
    with see_all():
        assert User.objects.get_by_natural_key("alice.archer@NORTHWIND.example") == cast.alice


@pytest.mark.parametrize("typed", ALIKE)
def test_neither_the_password_nor_a_link_is_asked_for_by_it(cast: Cast, typed: str) -> None:
    client = Client()
    answer = client.post("/account/login/", {"login": typed, "password": "correct horse battery"})
    if not typed.endswith(("\0",)):  # a NUL is taken off by no browser and refused by the form
        assert answer.status_code == 200
    assert client.get("/account/profile/").status_code == 302
    client.post("/account/reset/", {"email": typed})
    assert [each.to for each in mail.outbox] == []


def test_a_user_is_changed_to_the_normal_form(client_of: object, cast: Cast) -> None:
    with see_all():
        bob = User.objects.get(pk=cast.bob.pk)
        bob.change(version=bob.version, email=" Bob@BÜCHER.example")
        assert bob.email == "bob@xn--bcher-kva.example"
        with refused("email_not_accepted"):
            bob.change(version=bob.version, email="bıb@firm.example")
        with connection.cursor() as cursor:
            cursor.execute("SELECT email FROM users_user WHERE id = %s", [bob.pk])
            assert cursor.fetchone() == ("bob@xn--bcher-kva.example",)


def test_an_update_brings_what_is_there_into_the_form_and_names_what_is_not(committed: None) -> None:
    bring = import_module("sitebook.users.migrations.0003_email_addresses_in_normal_form").bring_into_normal_form
    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.schema_editor() as editor:
        editor.execute("ALTER TABLE users_user DROP CONSTRAINT an_email_is_in_normal_form")
        users = User._base_manager.using("owner")
        one = users.create(email="Info@BÜCHER.example", name="One")
        bring(apps, editor)
        assert users.get(pk=one.pk).email == "info@xn--bcher-kva.example"
        odd = users.create(email="alıce@firm.example", name="Odd")
        two = users.create(email="INFO@bücher.example", name="Two")
        with refused("email_not_accepted", match=f"'alıce@firm.example' of user {odd.pk}, Odd.*user {two.pk}, Two"):
            bring(apps, editor)
        transaction.set_rollback(True, using="owner")
