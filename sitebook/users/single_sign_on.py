"""Signing in at the firm's OpenID Connect provider. It proves who somebody is; who may come in stays our matter."""

from __future__ import annotations

import hashlib
import hmac
import logging
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount import app_settings as limits
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from requests import RequestException

from sitebook.basics.refused import Refused
from sitebook.users.models import User

# Only signatures by a key pair: with a shared secret, whoever reads our settings could sign.
_SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_DID_NOT_WORK = lazy("Signing in with %(name)s did not work. Try again, or sign in with your password.")
_CLOCKS_DIFFER_SECONDS = 60
log = logging.getLogger("sitebook.users")


class NotLinked(Refused):
    """The provider knows who it is, but they do not come in by that."""


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The talk with the provider. The token that names the person is held to everything OpenID Connect Core 1.0,
    3.1.3.7, asks for, though it comes over TLS from the provider itself."""

    nonce = ""

    def get_provider(self) -> Provider:
        return Provider(self.request, app=our_app())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return str(build_absolute_uri(request, reverse("users:sso-callback")))

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != self.provider_id:
            raise OAuth2Error(f"the provider calls itself {config.get('issuer')!r}, not {self.provider_id!r}")
        return config

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str = ""
    ) -> dict[str, Any]:
        self.nonce = _nonce_of(pkce_code_verifier)
        return super().get_access_token_data(  # type: ignore[no-any-return]
            request, app, client, pkce_code_verifier=pkce_code_verifier
        )

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        claims = self._claims(app, kwargs["response"].get("id_token") or "")
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("the user information is about somebody else")
            claims |= {name: told.get(name) for name in ("email", "email_verified")}
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _claims(self, app: SocialApp, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key=self._key(token),
                algorithms=_SIGNED_WITH,
                audience=app.client_id,
                issuer=self.provider_id,
                leeway=_CLOCKS_DIFFER_SECONDS,
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, KeyError) as fault:
            raise OAuth2Error(f"the token is not accepted: {fault}") from fault
        if not self.nonce or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), self.nonce.encode()):
            raise OAuth2Error("the token was made for another sign-in")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("the token was made for another program")
        if not 0 < len(claims["sub"]) <= limits.UID_MAX_LENGTH:
            raise OAuth2Error("the token names nobody, or by a name that is too long")
        return claims

    def _key(self, token: str) -> jwt.PyJWK:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(answer.json()).keys if key.public_key_use in (None, "sig")]
        wanted = jwt.get_unverified_header(token).get("kid")
        fitting = [key for key in keys if wanted in (None, key.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error(f"the token is signed with a key the provider does not show: {wanted!r}")
        return fitting[0]


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """``sub_id`` is the issuer: a subject means nothing without it, and another issuer's people are others."""

    oauth2_adapter_class = Exchange
    pkce_enabled_default = True

    def get_pkce_params(self) -> dict[str, str]:
        made: dict[str, str] = super().get_pkce_params()
        return made | {"nonce": _nonce_of(made["code_verifier"])}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing of what the provider knows about a person is kept."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        addresses = super().extract_email_addresses(data)
        for address in addresses:
            address.verified = address.verified is True
        return list(addresses)


class Accounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody is made a user: the first time the address the provider vouches for finds them, later the subject."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        return [our_app()] if settings.SINGLE_SIGN_ON else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if not sociallogin.is_existing:
            try:
                link(sociallogin)
            except NotLinked as refusal:
                log.warning("Signing in by %s was refused: %s", name(), refusal)
                raise ImmediateHttpResponse(_back(request, str(refusal))) from refusal

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        raise ImmediateHttpResponse(_failed(request, exception or error))


def begin(request: HttpRequest, *, then: str | None) -> HttpResponse:
    """On to the provider, and later to ``then``. Raises SocialApp.DoesNotExist without a provider."""
    provider = Exchange(request, our_app().provider_id).get_provider()
    try:
        return provider.redirect(request, AuthProcess.LOGIN, next_url=then)  # type: ignore[no-any-return]
    except (OAuth2Error, RequestException) as fault:
        return _failed(request, fault)


def finish(request: HttpRequest) -> HttpResponse:
    """Back from the provider: signed in, or on the sign-in page with a sentence."""
    view = OAuth2CallbackView.adapter_view(Exchange(request, our_app().provider_id))
    try:
        return view(request)  # type: ignore[no-any-return]
    except (OAuth2Error, RequestException) as fault:
        return _failed(request, fault)


def link(login: SocialLogin) -> None:
    """Whom the provider names is the user with the address it vouches for, from now on by its subject. NotLinked."""
    address = next((each for each in login.email_addresses if each.email), None)
    if address is None or not address.verified:
        raise NotLinked(
            _("%(name)s does not vouch for your email address, so nobody is found by it.") % {"name": name()},
            code="sign_in_not_linked",
        )
    user = User.objects.of_address(address.email).filter(is_active=True).first()
    if user is None:
        text = _("Nobody may sign in here as %(email)s. Ask the administrator of your firm.")
        raise NotLinked(text % {"email": address.email}, code="sign_in_not_linked")
    if SocialAccount.objects.filter(user=user, provider=login.account.provider).exists():
        text = _(
            "%(email)s is linked with another account at %(name)s. Sign in with your password and remove that link."
        )
        raise NotLinked(text % {"email": address.email, "name": name()}, code="sign_in_not_linked")
    login.account.user = login.user = user
    login.account.save()


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


def _nonce_of(verifier: str) -> str:
    """Bound to this sign-in: the verifier is kept in the session and never shown."""
    return hashlib.sha256(b"nonce " + verifier.encode()).hexdigest() if verifier else ""


def _failed(request: HttpRequest, fault: object) -> HttpResponse:
    """Back to the sign-in page with a sentence; what exactly was wrong is for the administrator's eyes."""
    log.warning("Signing in by %s failed: %s", name(), fault)
    return _back(request, _DID_NOT_WORK % {"name": name()})


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("account_login"))
