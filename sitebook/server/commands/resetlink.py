"""`sitebook resetlink`: a link to set a new password, for when mail does not work."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sitebook.basics.refused import Refused

HELP = "print a link with which a user sets a new password"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")


def run(args: Namespace) -> int:
    from sitebook.access.identity import acting
    from sitebook.config.settings import ENV
    from sitebook.users.models import PasswordLink, User
    from sitebook.users.password_links import password_path

    with acting(everything=True, reason="resetlink"):
        user = User.objects.of_address(args.email).filter(is_active=True).first()
        if user is None:
            raise Refused(f"Nobody who may sign in has the address {args.email}.", code="no_such_user")
        path = password_path(user, PasswordLink.How.PRINTED)
    print(f"{ENV.public_url}{path}")
    return 0
