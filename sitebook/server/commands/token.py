"""`sitebook token`: a key for a program, made at the machine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from sitebook.basics.refused import Refused

HELP = "make a token with which a program acts as a user; it is printed once"
SCOPES = ("read", "write", "manage")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="whose rights the program has, or fewer")
    parser.add_argument("--name", default="token", help="what the token is called in the list of tokens")
    parser.add_argument("--scope", choices=SCOPES, action="append", help="what it is for (read); several times")
    parser.add_argument("--days", type=int, default=90, help="how long it is good for: 1 to 366 days (90)")


def run(args: Namespace) -> int:
    from django.utils import timezone

    from sitebook.access.identity import acting
    from sitebook.users import tokens
    from sitebook.users.models import User

    with acting(everything=True, reason="sitebook token"):
        user = User.objects.of_address(args.email).filter(is_active=True).first()
        if user is None:
            raise Refused(f"Nobody who may sign in has the address {args.email}.", code="no_such_user")
        scopes = args.scope or ["read"]
        _token, secret = tokens.make(user, name=args.name, scopes=scopes, days=args.days, now=timezone.now())
    print(secret)
    return 0
