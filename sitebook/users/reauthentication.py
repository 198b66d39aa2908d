"""Whoever opens another way in says password, code or passkey once more before: a browser left open is not enough."""

from __future__ import annotations

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, get_reauthentication_flows
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sitebook.basics.refused import NotAllowed
from sitebook.ui.render import go


def asks_first(request: HttpRequest, *, then: str) -> HttpResponse | None:
    """On to the page that asks, and from there to ``then``; None when it was said in the last five minutes.

    Raises NotAllowed (confirm_first) for who has nothing to say, since they come by single sign-on alone, unless they
    came in the last five minutes.
    """
    if get_reauthentication_flows(request.user):
        if did_recently_reauthenticate(request):
            return None
        return go(request, f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}")
    records = get_authentication_records(request, request.user)
    if records and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
        return None
    text = _("Sign out and in again, then do this within five minutes: there is no password of yours to ask for.")
    raise NotAllowed(text, code="confirm_first")
