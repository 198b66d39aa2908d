"""Signing in at the firm's provider: who comes in by it, and who does not."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from sitebook.config.environment import SingleSignOn, read
from sitebook.firm.models import Firm
from sitebook.history.models import Change
from sitebook.users import identity_provider
from sitebook.users.models import User
from sitebook.users.tests.provider import CLIENT_ID, CLIENT_SECRET, StandIn
from sitebook.users.tests.test_email_addresses import ALIKE
from tests.cast import Cast, make_user, see_all
from tests.refusals import refused

BEGIN, PAGE = "/account/login/single/", "/account/security/"
FAILED = "Signing in with Northwind ID did not work. Try again, or sign in with your password."


@pytest.fixture
def provider(settings: Any, cast: Cast) -> Iterator[StandIn]:
    """Whose word is enough: the firm does not ask for the password besides."""
    with see_all():
        Firm.objects.update(confirm_first_link=False)
    cache.clear()
    identity_provider.forget()
    made = StandIn()
    settings.SINGLE_SIGN_ON = SingleSignOn(made.issuer, CLIENT_ID, CLIENT_SECRET, "Northwind ID")
    made.claims = {"email": cast.bob.email.upper(), "email_verified": True}
    yield made
    made.close()


def come_back(provider: StandIn, client: Client, *, then: str = "") -> Any:
    """To the provider and back."""
    away = client.get(BEGIN + (f"?next={then}" if then else ""))
    assert away.status_code == 302
    return client.get(provider.agree(away.headers["Location"]))


def told(client: Client, answer: Any) -> str:
    """What the sign-in page says after a failure."""
    assert answer.headers["Location"] == "/account/login/"
    page = client.get("/account/login/").content.decode()
    assert client.get("/account/profile/").status_code == 302
    return page


def links() -> list[tuple[int, str, str]]:
    with see_all():
        return list(SocialAccount.objects.order_by("pk").values_list("user_id", "provider", "uid"))


def test_the_sign_in_page_has_its_button(provider: StandIn) -> None:
    page = Client().get("/account/login/?next=/sites/").content.decode()
    assert "Sign in with Northwind ID" in page
    assert f'href="{BEGIN}?next=/sites/"' in page


def test_without_settings_there_is_none(cast: Cast) -> None:
    assert BEGIN not in Client().get("/account/login/").content.decode()
    assert Client().get(BEGIN).status_code == 404
    assert Client().get(f"{BEGIN}back/?code=x&state=y").status_code == 404


def test_it_finds_the_user_by_the_address_and_later_by_the_subject(provider: StandIn, cast: Cast) -> None:
    client = Client()
    assert come_back(provider, client).headers["Location"] == "/"
    assert "Bob Baker" in client.get("/account/profile/").content.decode()
    assert links() == [(cast.bob.pk, provider.issuer, "b-1")]
    provider.claims = {"email": "new.name@northwind.example", "email_verified": False}
    again = Client()
    assert come_back(provider, again, then="/account/profile/").headers["Location"] == "/account/profile/"
    assert "Bob Baker" in again.get("/account/profile/").content.decode()
    assert len(links()) == 1


def test_the_password_stays_as_it_is_and_nothing_told_is_kept(provider: StandIn, cast: Cast) -> None:
    provider.claims |= {"name": "Robert the Builder", "picture": "https://x.example/p.png"}
    come_back(provider, Client())
    with see_all():
        assert User.objects.get(pk=cast.bob.pk).check_password("correct horse battery")
        assert User.objects.get(pk=cast.bob.pk).name == "Bob Baker"
        assert [each.extra_data for each in SocialAccount.objects.all()] == [{}]
        made = Change.objects.get(kind="socialaccount_socialaccount")
        assert (made.subject_id, made.changes["uid"]) == (cast.bob.pk, [None, "secret"])


def test_an_address_only_the_user_information_tells_counts_too(provider: StandIn, cast: Cast) -> None:
    provider.userinfo = {"sub": "b-1", **provider.claims}
    provider.claims = {}
    client = Client()
    assert come_back(provider, client).headers["Location"] == "/"
    assert client.get("/account/profile/").status_code == 200


def test_user_information_about_somebody_else_is_refused(provider: StandIn) -> None:
    provider.userinfo = {"sub": "b-2", **provider.claims}
    provider.claims = {}
    client = Client()
    assert FAILED in told(client, come_back(provider, client))


@pytest.mark.parametrize("verified", [False, None, "true", "false", 1, "yes", []])
def test_an_address_the_provider_does_not_vouch_for_finds_nobody(provider: StandIn, verified: object) -> None:
    provider.claims["email_verified"] = verified
    client = Client()
    assert "Northwind ID does not vouch for your email address" in told(client, come_back(provider, client))
    assert links() == []


def test_an_unknown_address_makes_no_user(provider: StandIn) -> None:
    provider.claims["email"] = "stranger@elsewhere.example"
    with see_all():
        before = User.objects.count()
    client = Client()
    page = told(client, come_back(provider, client))
    assert "Nobody may sign in here as stranger@elsewhere.example. Ask the administrator of your firm." in page
    with see_all():
        assert User.objects.count() == before


@pytest.mark.parametrize("address", ALIKE)
def test_an_address_that_only_folds_alike_is_somebody_elses(provider: StandIn, address: str) -> None:
    provider.claims["email"] = address
    client = Client()
    told(client, come_back(provider, client))
    assert links() == []


def test_who_is_switched_off_does_not_come_in(provider: StandIn, cast: Cast) -> None:
    come_back(provider, Client())
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    client = Client()
    assert come_back(provider, client).headers["Location"] == "/account/inactive/"
    assert client.get("/account/profile/").status_code == 302
    provider.claims |= {"sub": "b-9"}
    assert "Nobody may sign in here as" in told(client, come_back(provider, client))


def test_a_second_subject_with_the_same_address_is_refused(provider: StandIn, cast: Cast) -> None:
    come_back(provider, Client())
    provider.claims["sub"] = "somebody-new"
    client = Client()
    assert "is linked with another account at Northwind ID" in told(client, come_back(provider, client))
    assert links() == [(cast.bob.pk, provider.issuer, "b-1")]


def test_the_same_subject_of_another_issuer_is_somebody_else(provider: StandIn, cast: Cast) -> None:
    SocialAccount.objects.create(user=cast.alice, provider="https://former.example", uid="b-1")
    client = Client()
    come_back(provider, client)
    assert "Bob Baker" in client.get("/account/profile/").content.decode()


def _wrong(provider: StandIn, what: str) -> None:
    now = int(time.time())
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "https://elsewhere.example"},
        "audience": {"aud": "another program"},
        "party": {"aud": [CLIENT_ID, "another"], "azp": "another"},
        "party of one": {"azp": "another"},
        "several and no party": {"aud": [CLIENT_ID, "another"]},
        "party of no name": {"aud": [CLIENT_ID, "another"], "azp": [CLIENT_ID]},
        "NUL in the subject": {"sub": "b\0-1"},
        "list as subject": {"sub": ["b-1"]},
        "list as nonce": {"nonce": ["x"]},
        "odd times": {"exp": "soon"},
        "expired": {"iat": now - 900, "exp": now - 300},
        "from the future": {"iat": now + 900, "exp": now + 1800},
        "nonce": {"nonce": "of another sign-in"},
        "no nonce": {"nonce": None},
        "no subject": {"sub": None},
        "empty subject": {"sub": ""},
        "long subject": {"sub": "b" * 300},
        "number as subject": {"sub": 7},
        "no expiry": {"exp": None},
    }
    provider.claims |= claims.get(what, {})
    if what == "another key":
        provider.key = other
    if what == "unknown key":
        provider.key, provider.key_id = other, "two"
    if what == "shared secret":
        provider.algorithm = "HS256"
    if what == "unsigned":
        provider.algorithm = "none"
    if what == "names itself otherwise":
        provider.config["issuer"] = "https://elsewhere.example"


WRONG = ["issuer", "audience", "party", "party of one", "several and no party", "party of no name",
         "NUL in the subject", "list as subject", "list as nonce", "odd times",
         "expired", "from the future", "nonce", "no nonce", "no subject",
         "empty subject", "long subject", "number as subject", "no expiry", "another key", "unknown key",
         "shared secret", "unsigned"]  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_token_that_is_not_right_signs_nobody_in(
    provider: StandIn, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    _wrong(provider, what)
    client = Client()
    with caplog.at_level(logging.WARNING, "sitebook.users"):
        assert FAILED in told(client, come_back(provider, client))
    assert "Signing in by Northwind ID failed: the token" in caplog.text
    assert links() == []


@pytest.mark.parametrize("aud", [[CLIENT_ID], [CLIENT_ID, "another"]])
def test_a_token_for_several_programs_says_that_it_is_ours(provider: StandIn, aud: list[str]) -> None:
    provider.claims |= {"aud": aud} | ({"azp": CLIENT_ID} if len(aud) > 1 else {})
    assert come_back(provider, Client()).headers["Location"] == "/"


def test_the_description_is_asked_for_once_and_the_keys_again_when_one_is_new(provider: StandIn) -> None:
    come_back(provider, Client())
    come_back(provider, Client())
    assert provider.asked.count("/.well-known/openid-configuration") == provider.asked.count("/keys") == 1
    provider.key = provider.shown = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    provider.key_id = "two"
    assert come_back(provider, Client()).headers["Location"] == "/"
    assert provider.asked.count("/keys") == 2


def test_where_domains_are_set_no_other_is_accepted(provider: StandIn, settings: Any, cast: Cast) -> None:
    settings.SINGLE_SIGN_ON = replace(settings.SINGLE_SIGN_ON, domains=("elsewhere.example",))
    client = Client()
    page = told(client, come_back(provider, client))
    assert "Northwind ID may not sign in addresses at northwind.example here." in page
    settings.SINGLE_SIGN_ON = replace(settings.SINGLE_SIGN_ON, domains=("elsewhere.example", "northwind.example"))
    assert come_back(provider, client).headers["Location"] == "/"
    provider.claims["email"] = "bob@third.example"
    again = Client()
    assert "may not sign in addresses at third.example here" in told(again, come_back(provider, again))


def test_a_provider_that_names_itself_otherwise_is_not_asked(provider: StandIn) -> None:
    _wrong(provider, "names itself otherwise")
    client = Client()
    assert FAILED in told(client, client.get(BEGIN))


def test_a_provider_that_is_away_leaves_the_password(provider: StandIn, cast: Cast) -> None:
    client = Client()
    back = provider.agree(client.get(BEGIN).headers["Location"])
    provider.close()
    assert FAILED in told(client, client.get(back))
    identity_provider.forget()
    assert FAILED in told(client, client.get(BEGIN))


def test_an_answer_counts_once_and_only_where_it_was_asked_for(provider: StandIn) -> None:
    mine, other = Client(), Client()
    back = provider.agree(mine.get(BEGIN).headers["Location"])
    assert FAILED in told(other, other.get(back))
    assert mine.get(back).headers["Location"] == "/"
    mine.post("/account/logout/")
    assert FAILED in told(mine, mine.get(back))


def test_an_answer_with_a_foreign_code_is_refused(provider: StandIn) -> None:
    """Somebody slips their own code into another's sign-in: the verifier does not fit it."""
    mine, theirs = Client(), Client()
    state = parse_qs(urlsplit(mine.get(BEGIN).headers["Location"]).query)["state"][0]
    code = parse_qs(urlsplit(provider.agree(theirs.get(BEGIN).headers["Location"])).query)["code"][0]
    assert FAILED in told(mine, mine.get(f"{BEGIN}back/?code={code}&state={state}"))


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied", "?code=x", "?state=x", "?code=x&state=x", "?error=x&state=%00"]
)
def test_an_odd_answer_is_told_in_words(provider: StandIn, query: str) -> None:
    client = Client()
    client.get(BEGIN)
    assert FAILED in told(client, client.get(f"{BEGIN}back/{query}"))


def test_it_never_leads_to_a_foreign_address(provider: StandIn) -> None:
    assert come_back(provider, Client(), then="https://evil.example/").headers["Location"] == "/"


def test_a_second_factor_of_ours_is_not_asked_for(provider: StandIn, cast: Cast) -> None:
    Authenticator.objects.create(user=cast.bob, type="totp", data={"secret": "x"})
    client = Client()
    assert come_back(provider, client).headers["Location"] == "/"
    assert client.get("/account/profile/").status_code == 200


def test_behind_a_proxy_it_comes_back_by_https(provider: StandIn, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["sitebook.example"]
    away = Client().get(BEGIN, headers={"X-Forwarded-Proto": "https", "Host": "sitebook.example"})
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    assert asked["redirect_uri"] == ["https://sitebook.example/account/login/single/back/"]


def test_one_removes_ones_own_link_only(provider: StandIn, cast: Cast) -> None:
    client = Client()
    come_back(provider, client)
    theirs = SocialAccount.objects.create(user=cast.alice, provider=provider.issuer, uid="a-1").pk
    mine = next(pk for pk in range(theirs) if client.post(f"{PAGE}single-sign-on/{pk}/remove/").status_code == 303)
    assert mine
    assert client.post(f"{PAGE}single-sign-on/{theirs}/remove/").status_code == 404
    assert Client().post(f"{PAGE}single-sign-on/{theirs}/remove/").status_code == 302
    assert [user for user, *_rest in links()] == [cast.alice.pk]


def test_who_has_no_password_uses_the_page_too(provider: StandIn, cast: Cast) -> None:
    someone = make_user(name="Sue", password=None)
    provider.claims["email"] = someone.email
    client = Client()
    come_back(provider, client)
    assert "none set" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}app/").status_code == 200


FULL = {
    "SITEBOOK_OIDC_ISSUER": "https://id.example",
    "SITEBOOK_OIDC_CLIENT_ID": "s",
    "SITEBOOK_OIDC_CLIENT_SECRET": "hidden",
}


def test_it_reads_its_settings(tmp_path: Any) -> None:
    given = {"SITEBOOK_DATA_DIR": str(tmp_path)}
    assert read(given).single_sign_on is None
    found = read(given | FULL)
    assert found.single_sign_on == SingleSignOn("https://id.example", "s", "hidden", "id.example")
    assert "hidden" not in repr(found)
    set_ones = read(given | FULL | {"SITEBOOK_OIDC_DOMAINS": "Firm.example, @BÜCHER.example"}).single_sign_on
    assert set_ones is not None
    assert set_ones.domains == ("firm.example", "xn--bcher-kva.example")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SITEBOOK_OIDC_CLIENT_SECRET", "", "SITEBOOK_OIDC_CLIENT_SECRET is missing"),
        ("SITEBOOK_OIDC_ISSUER", "http://id.example", "beginning with https://"),
        ("SITEBOOK_OIDC_ISSUER", "id.example", "SITEBOOK_OIDC_ISSUER is 'id.example'"),
        ("SITEBOOK_OIDC_DOMAINS", "firm.example, a b", "names 'a b'"),
    ],
)
def test_settings_that_do_not_fit_are_told(tmp_path: Any, name: str, value: str, said: str) -> None:
    with refused("bad_setting", match=said):
        read({"SITEBOOK_DATA_DIR": str(tmp_path), **FULL, name: value})
