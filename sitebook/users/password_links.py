"""Links to set a password: by mail, or shown once to whoever hands them on."""

from __future__ import annotations

import logging
import smtplib

from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from sitebook.users.handed_links import Keys
from sitebook.users.models import PasswordLink, User

log = logging.getLogger("sitebook.users")


def password_path(user: User, how: str = PasswordLink.How.SHOWN) -> str:
    """The path of a page where this user sets a password; works for three days and once. ``how``: the way it goes.

    Raises NotAllowed (sees_more).
    """
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), Keys(how).make_token(user)])


def invite(user: User, address: str, *, firm: str) -> bool:
    """Mail the link (an absolute address). Returns whether the mail server took it."""
    context = {"user": user, "password_reset_url": address, "firm": firm}
    try:
        send_mail(
            _("Your account at Sitebook"),
            render_to_string("users/invitation.txt", context).strip() + "\n",
            None,
            [user.email],
        )
    except (OSError, smtplib.SMTPException) as fault:
        log.error("The invitation of user %s could not be sent: %s", user.pk, fault)
        return False
    return True
