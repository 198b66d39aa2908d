"""`sitebook secondfactor`: what somebody signs in with beside the password, and how to take it away."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sitebook.basics.refused import Refused

HELP = "list a user's second factors, or remove them when the user is locked out"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL")
    parser.add_argument("--remove", action="store_true", help="remove them all and sign the user out everywhere")


def run(args: Namespace) -> int:
    from sitebook.access.identity import acting
    from sitebook.users import second_factor, sessions
    from sitebook.users.models import User

    with acting(everything=True, reason="secondfactor"):
        user = User.objects.of_address(args.email).first()
        if user is None:
            raise Refused(f"No user has the address {args.email}.", code="no_such_user")
        for factor in (found := second_factor.known_of(user)):
            print(f"{factor.label}, since {factor.since:%Y-%m-%d}")
        if not found:
            print(f"{user.email} signs in with the password alone.")
        elif args.remove:
            second_factor.remove_of(user)
            sessions.end(user)
            print(f"Removed. {user.email} signs in with the password alone and is signed out everywhere.")
    return 0
