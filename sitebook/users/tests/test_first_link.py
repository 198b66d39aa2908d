"""The first single sign-on opens an account once its own password or passkey, or an administrator, let it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.test import Client
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.config.environment import SingleSignOn
from sitebook.firm.models import Firm
from sitebook.users import first_link, identity_provider
from sitebook.users.models import User
from sitebook.users.tests.provider import CLIENT_ID, CLIENT_SECRET, StandIn
from sitebook.users.tests.test_single_sign_on import BEGIN, come_back, links, provider  # noqa: F401 - a fixture
from tests.cast import Cast, make_cast, make_user, see_all

PASSWORD = "correct horse battery"


@pytest.fixture
def asking(provider: StandIn) -> StandIn:  # noqa: F811
    """As it is by default: the password is asked for."""
    with see_all():
        Firm.objects.update(confirm_first_link=True)
    return provider


def sign_in(client: Client, who: User, **more: Any) -> Any:
    return client.post("/account/login/", {"login": who.email, "password": PASSWORD} | more)


def test_it_is_on_unless_somebody_switches_it_off(cast: Cast) -> None:
    assert Firm(name="X").confirm_first_link
    client = Client()
    client.force_login(cast.alice)
    assert "Ask for the password at the first single sign-on" in client.get("/settings/").content.decode()


def test_the_first_time_asks_for_the_password_and_links_then(asking: StandIn, cast: Cast) -> None:
    client = Client()
    back = come_back(asking, client, then="/account/profile/")
    assert back.headers["Location"] == "/account/login/?next=%2Faccount%2Fprofile%2F"
    page = client.get(back.headers["Location"]).content.decode()
    assert f"Northwind ID says that you are {cast.bob.email}" in page
    assert links() == []
    assert client.get("/account/profile/").status_code == 302
    assert sign_in(client, cast.bob, next="/account/profile/").headers["Location"] == "/account/profile/"
    assert "Linked: from now on Northwind ID opens this account." in client.get("/account/profile/").content.decode()
    assert links() == [(cast.bob.pk, asking.issuer, "b-1")]
    assert come_back(asking, Client()).headers["Location"] == "/"


def test_a_wrong_password_links_nothing(asking: StandIn, cast: Cast) -> None:
    client = Client()
    come_back(asking, client)
    assert client.post("/account/login/", {"login": cast.bob.email, "password": "wrong"}).status_code == 200
    assert links() == []


def test_who_signs_in_as_somebody_else_links_nothing(asking: StandIn, cast: Cast) -> None:
    client = Client()
    come_back(asking, client)
    sign_in(client, cast.charlie)
    client.post("/account/logout/")
    sign_in(client, cast.bob)
    assert links() == []


@pytest.mark.parametrize("spoilt", ["late", "ahead", "another issuer", "another address", "another subject"])
def test_what_waits_ends(asking: StandIn, cast: Cast, spoilt: str) -> None:
    client = Client()
    come_back(asking, client)
    session = client.session
    kept = session[first_link.KEPT]
    if spoilt == "late":
        kept["until"] -= first_link.KEPT_SECONDS + 1
    if spoilt == "ahead":
        kept["until"] += 3600
    if spoilt == "another issuer":
        kept["issuer"] = "https://former.example"
    session[first_link.KEPT] = kept
    session.save()
    if spoilt == "another address":
        with see_all():
            User.objects.filter(pk=cast.bob.pk).update(email="robert@northwind.example")
        cast.bob.refresh_from_db()
    if spoilt == "another subject":
        SocialAccount.objects.create(user=cast.bob, provider=asking.issuer, uid="b-2")
    sign_in(client, cast.bob)
    assert (asking.issuer, "b-1") not in [(issuer, subject) for _user, issuer, subject in links()]
    assert client.get("/account/profile/").status_code == 200


def test_the_second_step_is_asked_for_before_it_links(asking: StandIn, cast: Cast) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast.bob, generate_totp_secret())
    client = Client()
    come_back(asking, client)
    assert sign_in(client, cast.bob).headers["Location"].startswith("/account/login/code/")
    assert links() == []


def test_an_administrator_lets_it_link_for_a_day(asking: StandIn, cast: Cast) -> None:
    admin = Client()
    admin.force_login(cast.alice)
    page = f"/users/{cast.bob.pk}/second-factor/"
    assert "Let it link for a day" in admin.get(page).content.decode()
    admin.post(f"/users/{cast.bob.pk}/let-link/", {"let": "yes"})
    assert "Ask for the password again" in admin.get(page).content.decode()
    admin.post(f"/users/{cast.bob.pk}/let-link/", {"let": "no"})
    assert come_back(asking, Client()).headers["Location"] == "/account/login/"
    admin.post(f"/users/{cast.bob.pk}/let-link/", {"let": "yes"})
    assert come_back(asking, Client()).headers["Location"] == "/"
    assert links() == [(cast.bob.pk, asking.issuer, "b-1")]
    with see_all():
        assert User.objects.get(pk=cast.bob.pk).may_link_until is None


def test_an_administrator_lets_nobody_link_who_sees_more(asking: StandIn, cast: Cast) -> None:
    few = make_user(name="Fay", role="administrator", sees=(cast.acme,))
    admin = Client()
    admin.force_login(few)
    assert admin.post(f"/users/{cast.bob.pk}/let-link/", {"let": "yes"}).status_code == 403
    assert admin.post(f"/users/{cast.charlie.pk}/let-link/", {"let": "yes"}).status_code in (302, 303)
    soon = timezone.now() + timedelta(hours=1)
    with pytest.raises(ProgrammingError, match="sees customers"), acting(user=few, via="screen"):
        User.objects.filter(pk=cast.bob.pk).update(may_link_until=soon)


def test_nobody_else_lets_it_link(asking: StandIn, cast: Cast) -> None:
    office = Client()
    office.force_login(cast.bob)
    assert office.post(f"/users/{cast.bob.pk}/let-link/", {"let": "yes"}).status_code == 403
    soon, late = timezone.now() + timedelta(hours=1), timezone.now() + timedelta(days=9)
    for who in (cast.bob, cast.charlie):
        with pytest.raises(ProgrammingError, match="needs one of the roles"), acting(user=who, via="screen"):
            User.objects.filter(pk=cast.bob.pk).update(may_link_until=soon)
    with pytest.raises(IntegrityError, match="for a day"), transaction.atomic(), acting(user=cast.alice, via="screen"):
        User.objects.filter(pk=cast.bob.pk).update(may_link_until=late)
    with pytest.raises(ProgrammingError), transaction.atomic():
        User.objects.filter(pk=cast.bob.pk).update(may_link_until=soon)


@pytest.mark.parametrize("subjects", [("b-1", "b-1"), ("b-1", "b-2")])
def test_two_first_sign_ins_in_one_instant(
    settings: Any, committed: None, monkeypatch: pytest.MonkeyPatch, subjects: tuple[str, str]
) -> None:
    """Both look before either links: the one who waits signs in by the link that was made, or hears of the other's."""
    cast = make_cast()
    with see_all():
        Firm.objects.update(confirm_first_link=False)
    cache.clear()
    identity_provider.forget()
    both = threading.Barrier(2)
    seen = first_link.user_of

    def together(told: Any) -> User:
        both.wait(60)
        return seen(told)

    monkeypatch.setattr(first_link, "user_of", together)
    there = StandIn()
    settings.SINGLE_SIGN_ON = SingleSignOn(there.issuer, CLIENT_ID, CLIENT_SECRET, "Northwind ID")
    there.claims = {"email": cast.bob.email, "email_verified": True}

    def come(subject: str) -> str:
        try:
            client = Client()
            back = there.agree(client.get(BEGIN).headers["Location"])
            there.subjects[back.partition("code=")[2].partition("&")[0]] = subject
            answer = client.get(back)
            return str(answer.headers.get("Location", answer.status_code))
        finally:
            connections.close_all()

    try:
        with ThreadPoolExecutor(2) as pool:
            went = sorted(pool.map(come, subjects))
    finally:
        there.close()
    assert went == (["/", "/"] if subjects[0] == subjects[1] else ["/", "/account/login/"])
    assert len(links()) == 1
