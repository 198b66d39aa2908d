"""A passkey and an authenticator app, from setting up to signing in, in a browser with an authenticator of its own."""

from __future__ import annotations

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import Argon2PasswordHasher
from playwright.sync_api import Page, expect

from sitebook.users.models import User
from tests.cast import Cast, make_cast, see_all
from tests.journeys.conftest import violations

PASSWORD = "correct horse battery"


def cast_with_passwords() -> Cast:
    """Bob's password as the server reads it; the tests' own way of keeping it is a faster one."""
    cast, keeper = make_cast(), Argon2PasswordHasher()
    with see_all():
        User.objects.filter(pk=cast.bob.pk).update(password=keeper.encode(PASSWORD, keeper.salt()))
    return cast


def switch(user: User, *, on: bool) -> None:
    with see_all():
        User.objects.filter(pk=user.pk).update(is_active=on)


def sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).not_to_have_url(re.compile("/account/login/$"))


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/account/login/$"))


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def authenticator(page: Page) -> None:
    """A device that keeps passkeys and always knows its owner."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_alone_and_after_the_password(open_as, address):
    cast = cast_with_passwords()
    page = open_as(base=address.replace("127.0.0.1", "localhost"))
    authenticator(page)
    sign_in(page, cast.bob.email)
    page.goto("/account/security/")
    assert violations(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    assert violations(page) == []
    page.get_by_label("Name").fill("Bob’s laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes", level=1)).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download as text").click()
    assert kept.value.suggested_filename == "sitebook-recovery-codes.txt"
    assert len(re.findall(r"^\d{8}$", kept.value.path().read_text(), re.MULTILINE)) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Bob’s laptop")).to_be_visible()
    assert violations(page) == []
    sign_out(page)

    page.goto("/account/profile/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"^[^?]+/account/profile/$"))
    sign_out(page)

    switch(cast.bob, on=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="This account is switched off")).to_be_visible()
    switch(cast.bob, on=True)

    sign_in(page, cast.bob.email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_be_visible()
    page.goto("/account/security/")
    expect(page.get_by_text("last used")).to_be_visible()

    page.get_by_role("link", name="Rename").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    assert violations(page) == []
    page.get_by_role("button", name="Show the passkey").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Old laptop")).to_be_visible()
    page.get_by_role("link", name="Remove", exact=True).click()
    assert violations(page) == []
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("none yet")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("This code or passkey is not right")).to_be_visible()


def test_a_device_without_the_passkey_is_told_in_words(open_as, address):
    make_cast()
    page = open_as(base=address.replace("127.0.0.1", "localhost"))
    authenticator(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Nothing was chosen, or it took too long. Try again.")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{address}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Passkeys work only at an address with a name")).to_be_visible()


def test_a_passkey_is_told_to_need_scripts(open_as):
    make_cast()
    page = open_as(scripts=False)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("A passkey needs scripts")).to_be_visible()


def test_an_authenticator_app_is_set_up_and_asked_for(open_as):
    cast = cast_with_passwords()
    page = open_as(width=390, dark=True, scripts=False)
    sign_in(page, cast.bob.email)
    page.goto("/account/security/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 0
    page.get_by_label("Code").fill(_code(secret))
    page.get_by_role("button", name="Set it up").click()
    codes = page.locator("pre").inner_text().split()
    assert len(codes) == 10
    page.context.clear_cookies()
    sign_in(page, cast.bob.email)
    page.get_by_label("Code").fill(_code(secret, steps=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_be_visible()
    page.goto("/account/security/")
    expect(page.get_by_text("last used")).to_be_visible()


def _code(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
