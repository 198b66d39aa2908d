"""`sitebook init`: the firm and its first administrator, without a browser."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass

from sitebook.basics.refused import Refused

HELP = "set up an empty Sitebook: the firm and its first administrator"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--firm", required=True, help="name of the firm")
    parser.add_argument("--country", required=True, help="two letters, such as GB")
    parser.add_argument("--time-zone", required=True, help="such as Europe/London")
    parser.add_argument("--currency", required=True, help="three letters, such as GBP")
    parser.add_argument("--language", default="en-gb", help="en-gb or de (en-gb)")
    parser.add_argument("--name", required=True, help="the administrator's name")
    parser.add_argument("--email", required=True, help="the administrator's address, to sign in with")


def run(args: Namespace) -> int:
    """The password is asked for, or read from standard input when that is no terminal."""
    from sitebook.access.identity import acting
    from sitebook.firm.forms import WelcomeForm
    from sitebook.firm.setup import set_up
    from sitebook.server import schema

    schema.migrate()
    form = WelcomeForm(
        {
            "name": args.firm,
            "country": args.country.upper(),
            "time_zone": args.time_zone,
            "language": args.language,
            "currency": args.currency.upper(),
            "your_name": args.name,
            "your_email": args.email,
            "your_password": read_password(),
        }
    )
    if not form.is_valid():
        raise Refused(
            "; ".join(f"{field}: {' '.join(map(str, why))}" for field, why in form.errors.items()),
            code="input_not_accepted",
        )
    with acting(everything=True, reason="init"):
        set_up(firm=form.firm(), administrator=form.administrator())
    print(f"{args.firm} is set up; {args.email} may sign in. Start with: sitebook serve")
    return 0


def read_password() -> str:
    """Twice from a terminal, else one line of standard input. Raises Refused (input_not_accepted)."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise Refused("The two passwords differ. Nothing was changed.", code="input_not_accepted")
    return first
