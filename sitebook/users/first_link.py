"""The first time somebody comes from the provider of single sign-on: whose account it opens from now on, once that is
proven by what the account is opened with already, or by an administrator."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from sitebook.basics.email_addresses import normal_form
from sitebook.basics.refused import Refused
from sitebook.firm.models import Firm
from sitebook.users.identity_provider import Told
from sitebook.users.models import User

KEPT = "single_sign_on_link"
KEPT_SECONDS = 600
LONGEST_LEAVE = timedelta(hours=25)


class NotLinked(Refused):
    """The provider knows who it is, but they do not come in by that."""


def must_be_of_our_domains(told: Told) -> None:
    """Where domains are set, nobody comes in by an address of another one. Raises NotLinked."""
    ours: Any = settings.SINGLE_SIGN_ON
    if not ours.domains or not told.email:
        return
    try:
        domain = normal_form(told.email).rpartition("@")[2]
    except Refused as refusal:
        raise _no(str(refusal)) from refusal
    if domain not in ours.domains:
        raise _no(_("%(name)s may not sign in addresses at %(domain)s here.") % _said(domain=domain))


def user_of(told: Told) -> User:
    """Whose address the provider vouches for. Their row is locked: of two who come at once one waits. NotLinked."""
    if not told.email or not told.vouched:
        raise _no(_("%(name)s does not vouch for your email address, so nobody is found by it.") % _said())
    users = User.objects.of_address(told.email).filter(is_active=True)
    user = users.select_for_update(no_key=True).first()
    shown = "".join(letter if letter.isprintable() else "?" for letter in told.email[:100])
    if user is None:
        text = _("Nobody may sign in here as %(email)s. Ask the administrator of your firm.")
        raise _no(text % _said(email=shown))
    return user


def is_proven(user: User, *, firm: Firm | None, now: datetime) -> bool:
    """Whether the provider's word is enough: the firm says so, or an administrator let this user."""
    return (firm is not None and not firm.confirm_first_link) or is_let(user, now=now)


def is_let(user: User, *, now: datetime) -> bool:
    """Whether an administrator let this user link. Further ahead than such a leave lasts, a wrong clock wrote it."""
    until = user.may_link_until
    return until is not None and now < until <= now + LONGEST_LEAVE


def linked(user: User, issuer: str, subject: str) -> SocialAccount | None:
    """Their link with this subject, made in this very moment. NotLinked when another subject opens their account."""
    other = SocialAccount.objects.filter(user=user, provider=issuer).first()
    if other is not None and other.uid != subject:
        text = _(
            "%(email)s is linked with another account at %(name)s. Sign in with your password and remove that link."
        )
        raise _no(text % _said(email=user.email))
    return other


def link(user: User, issuer: str, subject: str) -> SocialAccount:
    """From now on the provider's subject opens this account; its row is locked. NotLinked."""
    if there := linked(user, issuer, subject):
        return there
    made = SocialAccount(user=user, provider=issuer, uid=subject, extra_data={})
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as fault:
        raise _no(_("Your account at %(name)s was linked with another one in this moment.") % _said()) from fault
    if user.may_link_until is not None:
        User.objects.filter(pk=user.pk).update(may_link_until=None)
    return made


def remember(session: MutableMapping[str, Any], user: User, account: SocialAccount, *, now: float) -> None:
    """Who comes from the provider proves themselves on the sign-in page: in this browser, within ten minutes."""
    session[KEPT] = {
        "user": user.pk,
        "email": user.email,
        "issuer": account.provider,
        "subject": account.uid,
        "until": now + KEPT_SECONDS,
    }


def waiting(session: MutableMapping[str, Any], *, now: float) -> dict[str, Any] | None:
    """What signing in will link; None where nothing waits."""
    kept = session.get(KEPT)
    ours = settings.SINGLE_SIGN_ON.issuer if settings.SINGLE_SIGN_ON else None
    return kept if kept and kept["issuer"] == ours and kept["until"] - KEPT_SECONDS <= now < kept["until"] else None


def complete(session: MutableMapping[str, Any], user: User, *, now: float) -> SocialAccount | None:
    """Link what waits, now that its user has signed in; whoever else signed in links nothing. NotLinked."""
    kept = waiting(session, now=now)
    session.pop(KEPT, None)
    if kept is None or kept["user"] != user.pk:
        return None
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return link(locked, kept["issuer"], kept["subject"]) if locked.email == kept["email"] else None


def _no(sentence: str) -> NotLinked:
    return NotLinked(sentence, code="sign_in_not_linked")


def _said(**more: str) -> dict[str, str]:
    ours: Any = settings.SINGLE_SIGN_ON
    return {"name": ours.name, **more}
