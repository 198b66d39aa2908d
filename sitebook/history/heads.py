"""The head of the chain kept outside of the database: in a file of the data folder, and by mail."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.utils.translation import gettext as _

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.history.verification import Fault, Head, faults_against, head, heads_in


def keep() -> None:
    """Write the newest head down, unless the chain does not hold the one written before: then that one stays.

    Raises Refused (history_altered).
    """
    with acting(everything=True, via="worker"):
        if missing := faults_against(connection, kept()):
            raise Refused(
                _("The history was altered: %(fault)s. Run sitebook verify-history.") % {"fault": missing[0]},
                code="history_altered",
            )
        newest = head(connection)
    if newest is not None:
        _write(Path(settings.HISTORY_HEAD), f"{newest}\n")


def kept() -> list[Head]:
    """What was written down last; nothing before the first seal."""
    file = Path(settings.HISTORY_HEAD)
    return heads_in(file.read_text()) if file.exists() else []


def forget() -> None:
    """The history it tells of is gone with the demo."""
    Path(settings.HISTORY_HEAD).unlink(missing_ok=True)


def mail() -> str:
    """Mail the newest head to the address that the settings name. Returns what was mailed, "" when nothing is sealed.

    Raises OSError when the mail server does not take it.
    """
    with acting(everything=True, via="worker"):
        newest = head(connection)
    if newest is None:
        return ""
    text = _(
        "Keep this mail. Whoever suspects that the history of changes was altered compares it, with\n"
        "sitebook verify-history --against FILE, a file that holds this text:"
    )
    send_mail(_("Head of the history of Sitebook"), f"{text}\n\n{newest}\n", None, [settings.HISTORY_HEAD_TO])
    return str(newest)


def faults_against_kept() -> list[Fault]:
    """What does not agree with the file of the data folder."""
    return faults_against(connection, kept())


def _write(file: Path, text: str) -> None:
    draft = file.with_name(f"{file.name}.{os.getpid()}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
