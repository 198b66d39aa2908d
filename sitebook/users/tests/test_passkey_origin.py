"""A passkey signs in from Sitebook's own address only, and never again once it was copied."""

from __future__ import annotations

import json

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from sitebook.history.models import Change
from sitebook.users.models import User
from sitebook.users.tests.soft_passkey import SoftPasskey
from tests.cast import Cast, see_all

HERE, PAGE = "https://testserver", "/account/login/passkey/"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


@pytest.fixture
def passkey(cast: Cast) -> SoftPasskey:
    made = SoftPasskey()
    credential = made.made("", counter=5)
    Authenticator.objects.create(user=cast.bob, type="webauthn", data={"name": "Soft", "credential": credential})
    return made


def sign_in(passkey: SoftPasskey, user: User, *, origin: str = HERE, counter: int = 0, **more: object) -> bool:
    client = Client()
    challenge = client.get(PAGE, headers={"X-Requested-With": "XMLHttpRequest"}).json()["request_options"]["publicKey"][
        "challenge"
    ]
    sent = passkey.signed(challenge, user_pk_to_url_str(user), origin=origin, counter=counter, **more)
    client.post(PAGE, {"credential": json.dumps(sent)})
    return client.get("/account/profile/").status_code == 200


def test_it_signs_in_from_our_own_address(passkey: SoftPasskey, cast: Cast) -> None:
    assert sign_in(passkey, cast.bob, counter=6)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.testserver", "https://a.b.testserver", "https://testserver.evil.example", "https://eviltestserver",
     "http://testserver", "https://testserver:0", "null", "", "https://", "file://testserver", "https://testserver@evil.example"],
)  # fmt: skip
def test_it_does_not_from_another_one(passkey: SoftPasskey, cast: Cast, origin: str) -> None:
    assert not sign_in(passkey, cast.bob, origin=origin, counter=6)


def test_it_does_not_from_a_frame_of_somebody_else(passkey: SoftPasskey, cast: Cast) -> None:
    assert not sign_in(passkey, cast.bob, counter=6, crossOrigin=True)


def test_a_counter_that_does_not_rise_is_a_copy(passkey: SoftPasskey, cast: Cast) -> None:
    assert not sign_in(passkey, cast.bob, counter=5)
    assert not sign_in(passkey, cast.bob, counter=0)
    assert sign_in(passkey, cast.bob, counter=9)
    assert not sign_in(passkey, cast.bob, counter=9)
    assert not sign_in(passkey, cast.bob, counter=6)
    assert sign_in(passkey, cast.bob, counter=10)


def test_one_that_does_not_count_goes_on(cast: Cast) -> None:
    made = SoftPasskey()
    data = {"name": "Soft", "credential": made.made("")}
    Authenticator.objects.create(user=cast.bob, type="webauthn", data=data)
    assert sign_in(made, cast.bob)
    assert sign_in(made, cast.bob)


def test_using_it_is_no_change_of_how_somebody_signs_in(passkey: SoftPasskey, cast: Cast) -> None:
    with see_all():
        before = Change.objects.filter(kind="mfa_authenticator").count()
    assert sign_in(passkey, cast.bob, counter=9)
    with see_all():
        assert Change.objects.filter(kind="mfa_authenticator").count() == before
