"""Rules about several fields of a job, whichever way they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sitebook.jobs.states import Status


def _now(values: Mapping[str, Any], name: str) -> Any:
    """What a field holds: as it is written, else as it was."""
    return values[name] if name in values else values.get(f"{name}_id")


def one_contact(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A known contact, or a name for this job only."""
    own = any(values.get(name) for name in ("contact_name", "contact_phone", "contact_email"))
    if own and _now(values, "contact"):
        return "contact", _("Choose a contact, or write a name for this job only, not both.")
    return None


def one_place(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """At a site, or at none."""
    if values.get("no_site") and _now(values, "site"):
        return "no_site", _("Choose a site, or say that the work is at none, not both.")
    return None


def logged_with_a_work_type(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A job that is no draft any more keeps a work type."""
    if values.get("status") not in (None, Status.DRAFT) and not _now(values, "work_type"):
        return "work_type", _("A job that is logged has a work type. Choose one.")
    return None
