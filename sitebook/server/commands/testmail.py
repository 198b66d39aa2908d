"""`sitebook testmail`: sends one message with the settings as they are."""

from __future__ import annotations

import smtplib
from argparse import ArgumentParser, Namespace

from sitebook.basics.refused import Refused

HELP = "send a test message with the mail settings as they are"
NEEDS = "server"


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("to", metavar="ADDRESS", help="who gets the message")


def run(args: Namespace) -> int:
    from django.core.mail import send_mail

    from sitebook.config.settings import ENV

    if not ENV.smtp_host:
        raise Refused(
            "SITEBOOK_SMTP_URL is not set, so mail is only printed. Set it as docs/settings.md says.",
            code="mail_not_taken",
        )
    try:
        send_mail("A test from Sitebook", "The mail settings of your Sitebook work.\n", None, [args.to])
    except (OSError, smtplib.SMTPException) as fault:
        raise Refused(
            f"{ENV.smtp_host}, port {ENV.smtp_port}, did not take the message: {fault}", code="mail_not_taken"
        ) from fault
    print(f"{ENV.smtp_host} took the message to {args.to}.")
    return 0
