"""Who sees the rows of django-allauth's tables and what they are called: its models cannot carry the lines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named
from sitebook.basics.row_access import SeenBy, own

FACTORS = {"totp": _("Authenticator app"), "webauthn": _("Passkey"), "recovery_codes": _("Recovery codes")}


_REMOVED = (_("removed a second factor of %(record)s: %(what)s"), _("removed a second factor: %(what)s"))


def _turn(action: str, changes: dict[str, Any]) -> tuple[Any, Any] | None:
    """What the history says of a factor that is taken away, by its user or by an administrator."""
    if action != "deleted":
        return None
    what = str(FACTORS.get(changes.get("type", [""])[0], ""))
    return str(_REMOVED[0]).replace("%(what)s", what), str(_REMOVED[1]).replace("%(what)s", what)


def declare() -> None:
    """Put the line on each model; called once all models are there. Those of providers and tokens stay without: our
    provider comes from the settings, its tokens are not kept, and no role has a right to these tables."""
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    rows: dict[type, SeenBy] = {
        Authenticator: own(signing_in=True, secret=("data",), quiet=("user_id", "last_used_at")),
        SocialAccount: own(
            signing_in=True,
            secret=("uid", "extra_data"),
            quiet=("user_id", "last_login", "date_joined"),
        ),
    }
    for model, seen_by in rows.items():
        model.seen_by = seen_by  # type: ignore[attr-defined]
    Authenticator.named = Named(one=_("second factor"), apart=True)
    Authenticator.history_turn = staticmethod(_turn)
    Authenticator.history_words = {"type": FACTORS}
    SocialAccount.named = Named(one=_("single sign-on"))
