"""Signing in at the firm's OpenID Connect provider. It proves who somebody is; who may come in stays our matter."""

from __future__ import annotations

import logging
import time
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.basics.refused import Refused
from sitebook.users import first_link, identity_provider
from sitebook.users.first_link import NotLinked
from sitebook.users.identity_provider import Busy, Given, ProviderFault, Told
from sitebook.users.models import User

_DID_NOT_WORK = lazy("Signing in with %(name)s did not work. Try again, or sign in with your password.")
_LONGEST_CODE = 4096
log = logging.getLogger("sitebook.users")


class ProviderBusy(Refused):
    """So many are asking the provider that nobody else may wait for it."""

    status = 503


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Where the package sends a browser; what the provider answers is asked for in ``identity_provider``."""

    def get_provider(self) -> Provider:
        return Provider(self.request, app=our_app())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return _back_here(request)

    @property
    def openid_config(self) -> dict[str, Any]:
        return identity_provider.description(_given())


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """``sub_id`` is the issuer: a subject means nothing without it, and another issuer's people are others."""

    oauth2_adapter_class = Exchange
    pkce_enabled_default = True

    def get_pkce_params(self) -> dict[str, str]:
        made: dict[str, str] = super().get_pkce_params()
        return made | {"nonce": identity_provider.nonce_of(made["code_verifier"])}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing of what the provider knows about a person is kept."""
        return {}


class Accounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody is made a user: the first time the address the provider vouches for finds them, later the subject."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        return [our_app()] if settings.SINGLE_SIGN_ON else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        try:
            first_link.must_be_of_our_domains(sociallogin.told)
            if sociallogin.is_existing:
                return
            user, theirs = first_link.user_of(sociallogin.told), sociallogin.account
            there = first_link.linked(user, theirs.provider, theirs.uid)
            if there or first_link.is_proven(user, firm=request.firm, now=timezone.now()):  # type: ignore[attr-defined]
                sociallogin.account = there or first_link.link(user, theirs.provider, theirs.uid)
                sociallogin.user = user
                return
        except NotLinked as refusal:
            log.warning("Signing in by %s was refused: %s", name(), refusal)
            raise ImmediateHttpResponse(_back(request, str(refusal))) from refusal
        first_link.remember(request.session, user, sociallogin.account, now=time.time())
        then = sociallogin.get_redirect_url(request)
        query = f"?{urlencode({'next': then})}" if then else ""
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login") + query))


def link_what_waits(sender: object, request: HttpRequest, user: User, **_more: object) -> None:
    """After each sign-in: who came from the provider first has proven now that the account is theirs."""
    if first_link.KEPT not in request.session:
        return
    try:
        made = first_link.complete(request.session, user, now=time.time())
    except NotLinked as refusal:
        messages.error(request, str(refusal))
        return
    if made:
        messages.success(request, _("Linked: from now on %(name)s opens this account.") % {"name": name()})


def waiting(request: HttpRequest) -> dict[str, Any] | None:
    """What signing in will link, for the sign-in page."""
    return first_link.waiting(request.session, now=time.time())


# What the sign-in page asks for.
ON_SIGN_IN = {"single_sign_on": lambda: name(), "waiting": waiting}


class AskProvider:
    """Middleware: what a page of single sign-on needs from the provider is asked for before the page's transaction is
    opened, and with no connection of the database held meanwhile."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SINGLE_SIGN_ON and request.path.startswith("/account/login/single/"):
            request.provider_said = _asked(request)  # type: ignore[attr-defined]
        return self.get_response(request)  # type: ignore[no-any-return]


def begin(request: HttpRequest, *, then: str | None) -> HttpResponse:
    """On to the provider, and later to ``then``. Raises SocialApp.DoesNotExist without a provider, ProviderBusy."""
    provider = Exchange(request, our_app().provider_id).get_provider()
    if isinstance(fault := request.provider_said, ProviderFault):  # type: ignore[attr-defined]
        return _failed(request, fault)
    return provider.redirect(request, AuthProcess.LOGIN, next_url=then)  # type: ignore[no-any-return]


def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider: signed in, or on the sign-in page with a sentence. Raises ProviderBusy."""
    provider = Exchange(request, our_app().provider_id).get_provider()
    state = statekit.unstash_state(request, provider_id=provider.sub_id, state_id=request.GET.get("state", ""))
    told = request.provider_said  # type: ignore[attr-defined]
    if state is None or not isinstance(told, Told):
        return _failed(request, told or request.GET.get("error", "")[:80] or "nobody is waiting for this answer")
    login = provider.sociallogin_from_response(request, {"id_token": {"sub": told.subject}})
    login.state, login.told = state, told
    return complete_social_login(request, login)  # type: ignore[no-any-return]


def our_app() -> SocialApp:
    """The provider of the settings. Raises SocialApp.DoesNotExist when there is none."""
    if (given := settings.SINGLE_SIGN_ON) is None:
        raise SocialApp.DoesNotExist
    return SocialApp(
        provider="openid_connect",
        provider_id=given.issuer,
        name=given.name,
        client_id=given.client_id,
        secret=given.client_secret,
        settings={"server_url": given.issuer.rstrip("/")},
    )


def name() -> str:
    """What people know the provider by; "" when there is none."""
    return settings.SINGLE_SIGN_ON.name if settings.SINGLE_SIGN_ON else ""


def unlink(account: SocialAccount) -> None:
    """Not by ``delete()``: that would look among the account's tokens, to which no role has a right."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM socialaccount_socialaccount WHERE id = %s", [account.pk])


def _asked(request: HttpRequest) -> Told | ProviderFault | None:
    """What the provider says; None where nothing is to be asked."""
    back = request.path == reverse("users:sso-callback")
    waiting = statekit.get_states(request).get(request.GET.get("state", "")) if back else None
    code = request.GET.get("code", "")
    if request.user.is_authenticated if not back else not _waits(waiting) or not 0 < len(code) <= _LONGEST_CODE:
        return None
    if not connection.in_atomic_block:
        connection.close()
    try:
        if waiting is None:
            identity_provider.description(_given())
            return None
        verifier = waiting[0].get("pkce_code_verifier") or ""
        redirect = _back_here(request)
        return identity_provider.who_came_back(_given(), code=code, verifier=verifier, redirect=redirect)
    except ProviderFault as fault:
        return fault
    finally:
        if request.session.session_key:
            # Another tab may have written to the session meanwhile: it is read again.
            request.session = type(request.session)(request.session.session_key)


def _waits(stashed: Any) -> bool:
    """Whether this browser began at this provider, not too long ago. The page takes it away and judges again."""
    return stashed is not None and len(stashed) == 3 and stashed[2] == our_app().provider_id


def _given() -> Given:
    ours = our_app()
    return Given(ours.provider_id, ours.client_id, ours.secret)


def _back_here(request: HttpRequest) -> str:
    return str(build_absolute_uri(request, reverse("users:sso-callback")))


def _failed(request: HttpRequest, fault: object) -> HttpResponse:
    """Back to the sign-in page with a sentence; what exactly was wrong is for the administrator's eyes."""
    log.warning("Signing in by %s failed: %s", name(), str(fault).replace("\n", " "))
    if isinstance(fault, Busy):
        text = _("Too many people are waiting for %(name)s at the moment. Try again in a few seconds.")
        raise ProviderBusy(text % {"name": name()}, code="single_sign_on_busy")
    return _back(request, _DID_NOT_WORK % {"name": name()})


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("account_login"))
