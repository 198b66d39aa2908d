"""Links to set a password: by mail, or shown once to whoever hands them on."""

from __future__ import annotations

from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from sitebook.users.handed_links import Keys
from sitebook.users.models import PasswordLink, User


def password_path(user: User, how: str = PasswordLink.How.SHOWN) -> str:
    """The path of a page where this user sets a password; works for three days and once. ``how``: the way it goes.

    Raises NotAllowed (sees_more).
    """
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), Keys(how).make_token(user)])
