"""What the package that reads passkeys leaves out: where one was used, and whether it was copied.

Web Authentication Level 3, 7.1 and 7.2: the origin is the relying party's own, and the counter rises.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.db import transaction
from django.http.request import split_domain_port
from fido2.utils import websafe_decode

from sitebook.users.models import PasskeyCounter

_LOCAL = {"localhost", "127.0.0.1", "[::1]"}


def must_come_from_here(credential: Any) -> None:
    """The browser stood at the address that is asked, not at one below it nor in somebody's frame. ValueError and what
    else is raised at an answer that no browser gives."""
    told = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
    parts = urlsplit(told["origin"])
    here, _port = split_domain_port(context.request.get_host())
    secure = parts.scheme == "https" or (parts.scheme == "http" and here in _LOCAL)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    plain = not (parts.username or parts.path or parts.query or parts.fragment) and parts.port != 0
    if not secure or host != here or not plain or told.get("crossOrigin", False) is not False:
        raise ValueError("a passkey of another address")


def must_not_be_a_copy(passkey: Authenticator, credential: Any) -> None:
    """Its counter has risen, or it counts nothing at all. Of two uses at once one waits for the other. ValueError."""
    now = auth.parse_authentication_response(credential).response.authenticator_data.counter
    with transaction.atomic():
        Authenticator.objects.select_for_update(no_key=True).get(pk=passkey.pk)
        kept = PasskeyCounter.objects.filter(passkey=passkey).first()
        before = kept.used if kept else passkey.wrap().authenticator_data.counter
        if (now or before) and now <= before:
            raise ValueError("a passkey that was copied, or a counter that fell")
        if now:
            values = {"user_id": passkey.user_id, "used": now}
            PasskeyCounter.objects.update_or_create(passkey=passkey, defaults=values)
