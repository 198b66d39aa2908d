"""`sitebook createuser`: a user at the machine, for the first hour and for scripts."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitebook.basics.refused import Refused

if TYPE_CHECKING:
    from sitebook.users.models import User

HELP = "make a user; the password is asked for or read from standard input"
ROLES = ("administrator", "office", "dispatcher", "engineer", "viewer")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--email", required=True, help="address to sign in with")
    parser.add_argument("--name", default="", help="the person's name (the part of the address before the @)")
    parser.add_argument("--role", required=True, choices=ROLES, help="what the user may do")
    reach = parser.add_mutually_exclusive_group(required=True)
    reach.add_argument("--all-customers", action="store_true", help="sees all customers, present and future")
    reach.add_argument("--customer", nargs="+", metavar="CODE", default=[], help="sees these, by reference number")


def run(args: Namespace) -> int:
    """All or nothing: an unknown customer leaves no user behind."""
    from sitebook.access.identity import acting
    from sitebook.server.commands.init import read_password

    password = read_password()
    with acting(everything=True, reason="createuser"):
        user = _make(args, password)
        granted = _grant(user, args.customer)
    reach = "all customers" if args.all_customers else f"{granted} customers"
    print(f"{user.email} may sign in as {args.role} and sees {reach}.")
    return 0


def _make(args: Namespace, password: str) -> User:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, transaction

    from sitebook.basics.email_addresses import normal_form
    from sitebook.users.models import User, refusal_of

    name = args.name or args.email.partition("@")[0]
    email = normal_form(args.email)
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as fault:
        raise Refused(f"{email}: {' '.join(fault.messages)}", code="input_not_accepted") from fault
    try:
        with transaction.atomic():
            return User.objects.create_user(
                email, password, name=name, role=args.role, all_customers=args.all_customers
            )
    except IntegrityError as fault:
        raise refusal_of(fault, email) from fault


def _grant(user: User, codes: Sequence[str]) -> int:
    from sitebook.access.models import give
    from sitebook.customers.models import Customer

    found = dict(Customer.objects.filter(reference__in=codes).values_list("reference", "pk"))
    if unknown := sorted(set(codes) - set(found)):
        raise Refused(
            f"There is no customer {', '.join(unknown)}. {user.email} was not made.", code="input_not_accepted"
        )
    return give(user_id=user.pk, customers=found.values()) if found else 0
