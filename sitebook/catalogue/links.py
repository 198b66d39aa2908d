"""What is assigned to what: services to work types, customers to teams. Each is a row of its own table.

A link is declared once: the tab on a record's page, adding and removing there, and the operations for programs follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.refused import Refused
from sitebook.catalogue.models import (
    CodingCustomer,
    CodingWorkLogType,
    Skill,
    TeamCustomer,
    TeamResource,
    TeamService,
    WorkTypeCustomer,
    WorkTypeService,
)
from sitebook.catalogue.register import CODINGS, RESOURCES, SERVICES, TEAMS, WORK_LOG_TYPES, WORK_TYPES
from sitebook.customers.register import CUSTOMERS
from sitebook.records.models import Record
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.ui.formats import day_text


@dataclass(frozen=True, kw_only=True)
class Link:
    """``row``: the table; ``of``, ``to``: its columns for the record whose tab it is and for what is assigned there.
    register, other: of the two. key: last part of the address. help: what the tab says above its list. fields: what
    else a row says, written when it is added. said: a row in words, beside the name.
    """

    row: type[models.Model]
    of: str
    to: str
    register: Register[Any]
    other: Register[Any]
    key: str
    label: str | Promise
    help: str | Promise = ""
    fields: tuple[Field, ...] = ()
    said: Callable[[Any], str] = lambda row: ""

    @property
    def view(self) -> str:
        """The name of its address, which takes the record's id."""
        return f"catalogue:{self.register.path}-{self.key}"

    @property
    def bound(self) -> list[Field]:
        return [each.of(self.row) for each in self.fields]

    def rows(self, record: Record | None = None) -> models.QuerySet[Any]:
        """The rows of a record, with what is assigned."""
        rows: models.QuerySet[Any] = self.row._default_manager.select_related(self.to)
        return rows.filter(**{self.of: record}) if record else rows

    def back(self, *, key: str, label: str | Promise, help: str | Promise = "") -> Link:  # noqa: A002 - as the field
        """The same from the other side."""
        return replace(
            self, of=self.to, to=self.of, register=self.other, other=self.register, key=key, label=label, help=help
        )

    @transaction.atomic
    def add(self, record: Record, other: Record, values: Mapping[str, Any] | None = None) -> tuple[Any, bool]:
        """Assign ``other`` to a record, or give the row that is there these values. Returns the row, and whether it is
        new. Raises Refused (assigned_already) where it is there and nothing would change."""
        given = dict(values or {})
        row, new = self.row._default_manager.get_or_create(**{self.of: record, self.to: other}, defaults=given)
        if new:
            return row, True
        changed = {name: value for name, value in given.items() if getattr(row, name) != value}
        if not changed:
            said = {"name": other, "record": record}
            raise Refused(say("%(name)s is assigned to %(record)s already.") % said, code="assigned_already")
        self.row._default_manager.filter(pk=row.pk).update(**changed)
        row.refresh_from_db()
        return row, False

    @transaction.atomic
    def remove(self, record: Record, other: Record) -> None:
        """Raises Refused (not_assigned)."""
        gone, _kinds = self.row._default_manager.filter(**{self.of: record, self.to: other}).delete()
        if not gone:
            said = {"name": other, "record": record}
            raise Refused(say("%(name)s is not assigned to %(record)s any more.") % said, code="not_assigned")


def _proof(row: Skill) -> str:
    """``Lift pass, valid until 4 Dec 2026``."""
    until = say("valid until %(day)s") % {"day": day_text(row.valid_until)} if row.valid_until else ""
    return ", ".join(filter(None, [row.certificate, until]))


def _origin(row: TeamCustomer) -> str:
    return str(TeamCustomer.Origin(row.origin).label)


_WORK_TYPE_SERVICES = Link(
    row=WorkTypeService,
    of="work_type",
    to="service",
    register=WORK_TYPES,
    other=SERVICES,
    key="services",
    label=_("Services"),
    help=_("Activities of these services lead to this work type."),
)
_CODING_LOG_TYPES = Link(
    row=CodingWorkLogType,
    of="coding",
    to="work_log_type",
    register=CODINGS,
    other=WORK_LOG_TYPES,
    key="work-log-types",
    label=_("Work log types"),
    help=_("The coding is offered under these work log types only."),
)
_SKILLS = Link(
    row=Skill,
    of="resource",
    to="service",
    register=RESOURCES,
    other=SERVICES,
    key="services",
    label=_("Services"),
    help=_("What they can do. From the day after “valid until” they are not offered for it."),
    fields=(Field("certificate"), Field("valid_until")),
    said=_proof,
)
_TEAM_SERVICES = Link(
    row=TeamService,
    of="team",
    to="service",
    register=TEAMS,
    other=SERVICES,
    key="services",
    label=_("Services"),
    help=_("The team is offered for jobs of these services only."),
)
_TEAM_RESOURCES = Link(
    row=TeamResource,
    of="team",
    to="resource",
    register=TEAMS,
    other=RESOURCES,
    key="resources",
    label=_("Resources"),
)
LINKS: tuple[Link, ...] = (
    _WORK_TYPE_SERVICES,
    Link(
        row=WorkTypeCustomer,
        of="work_type",
        to="customer",
        register=WORK_TYPES,
        other=CUSTOMERS,
        key="customers",
        label=_("Customers"),
        help=_("The work type can be chosen in jobs for these customers only."),
    ),
    Link(
        row=CodingCustomer,
        of="coding",
        to="customer",
        register=CODINGS,
        other=CUSTOMERS,
        key="customers",
        label=_("Customers"),
        help=_("The coding is offered in jobs for these customers only."),
    ),
    _CODING_LOG_TYPES,
    _SKILLS,
    _TEAM_SERVICES,
    _TEAM_RESOURCES,
    Link(
        row=TeamCustomer,
        of="team",
        to="customer",
        register=TEAMS,
        other=CUSTOMERS,
        key="customers",
        label=_("Customers"),
        help=_("The team works for these customers. They were taken once from the user who made it."),
        said=_origin,
    ),
)
BACK: tuple[Link, ...] = (
    _WORK_TYPE_SERVICES.back(key="work-types", label=_("Work types")),
    _CODING_LOG_TYPES.back(key="codings", label=_("Codings")),
    _SKILLS.back(key="resources", label=_("Resources")),
    _TEAM_SERVICES.back(key="teams", label=_("Teams")),
    _TEAM_RESOURCES.back(key="teams", label=_("Teams")),
)
