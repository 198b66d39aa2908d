"""The registers of the catalogue: work log types, work types, services, activities, codings, teams, resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.access.permissions import Permission
from sitebook.catalogue.models import Activity, Coding, Resource, Service, Team, WorkLogType, WorkType
from sitebook.registers.field import Field
from sitebook.registers.register import Register
from sitebook.registers.tabs import Tab
from sitebook.ui.filters import Linked
from sitebook.users.models import Role, User
from sitebook.values.codes import CURRENCY
from sitebook.values.kinds import Number
from sitebook.values.readers import BadValue
from sitebook.values.references import Reference
from sitebook.values.several import SomeOf

AMOUNT = Number(digits=14, places=4, least=Decimal(0), rounds=True)
_ROLES = SomeOf(choices=tuple(Role.choices))
_MONEY = _("Money")
_RIGHTS: dict[str, Any] = {
    "see": Permission.SEE_CATALOGUE,
    "change": Permission.CHANGE_CATALOGUE,
    "archive": Permission.CHANGE_CATALOGUE,
    "help": "catalogue",
    "in_rail": False,
}


def _called(model: type[WorkLogType] | type[Service]) -> Callable[[str, Mapping[str, Any]], Any]:
    """What finds the record that a file names, by its name in any case. Raises BadValue."""

    def found(text: str, _row: Mapping[str, Any]) -> Any:
        record = model.objects.filter(name__in_any_case=text).first()
        if record is None:
            raise BadValue(
                say("There is no %(what)s “%(text)s”. Add it first.") % {"what": model.named.one, "text": text[:60]}
            )
        return record

    return found


@dataclass(frozen=True, kw_only=True)
class Colleague(Reference):
    """A user of this Sitebook, chosen from a list of those who may sign in."""

    def input(self, **options: Any) -> forms.Field:
        def choices() -> list[tuple[Any, str]]:
            users = User.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name", "email")
            return [("", ""), *((pk, f"{name} ({email})") for pk, name, email in users)]

        return forms.ChoiceField(choices=choices, **options)


def _named(label: Any) -> Field:
    """The name, which leads to the page of the record."""
    return Field("name", heading=label, sort="name_key", key=True, told=False)


def _linked(name: str, label: Any, model: type[Any]) -> Linked:
    def called(pk: int) -> str | None:
        found = model._default_manager.filter(pk=pk).first()
        return str(found) if found else None

    return Linked(name, label, name=called)


def _with(model: type[Any], name: str) -> Callable[[], QuerySet[Any]]:
    return lambda: model._default_manager.select_related(name)


def amounts_have_a_currency(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A rule of several fields: an amount of money says in which currency."""
    given = any(values.get(name) is not None for name in ("cost", "sale", "cost_rate"))
    if given and not values.get("currency"):
        return "currency", say("Say in which currency the amounts are.")
    return None


def _tab(path: str, key: str, label: Any) -> Tab:
    return Tab(key, label, f"catalogue:{path}-{key}")


WORK_LOG_TYPES = Register(
    model=WorkLogType,
    path="work-log-types",
    fields=[
        _named(_("Work log type")),
        Field("roles", kind=_ROLES, column="p2", help=_("Who may log work under it. Without a role nobody may.")),
        Field("coding_roles", kind=_ROLES, column="p3", help=_("Who cannot save a job without a coding.")),
    ],
    tabs=[_tab("work-log-types", "codings", _("Codings"))],
    new_label=_("New work log type"),
    selected_label=_("Selected work log types"),
    placeholder=_("Filter by name"),
    empty=(
        _("What sorts of work do you do?"),
        _("Reactive, planned, projects: each work type belongs to one of them."),
    ),
    **_RIGHTS,
)
WORK_TYPES = Register(
    model=WorkType,
    path="work-types",
    rows=_with(WorkType, "work_log_type"),
    fields=[
        _named(_("Work type")),
        Field(
            "work_log_type",
            picker="work-log-types:pick",
            column="l2",
            value=lambda row: str(row.work_log_type),
            found_by=_called(WorkLogType),
        ),
        Field("rank", column="p3", sort=True, bulk=True, help=_("Small numbers come first.")),
        Field("priority", column="r1", filter=True, bulk=True),
        Field("signature", column="p2", filter=True, bulk=True),
    ],
    filters=[_linked("work_log_type", _("Work log type"), WorkLogType)],
    tabs=[_tab("work-types", "services", _("Services")), _tab("work-types", "customers", _("Customers"))],
    new_label=_("New work type"),
    selected_label=_("Selected work types"),
    placeholder=_("Filter by name"),
    empty=(
        _("What do people ring for?"),
        _("A work type is what is done: breakdown of a lift, yearly boiler service."),
    ),
    **_RIGHTS,
)
SERVICES = Register(
    model=Service,
    path="services",
    fields=[_named(_("Service")), Field("description", column="p2 l2")],
    tabs=[
        _tab("services", "work-types", _("Work types")),
        _tab("services", "teams", _("Teams")),
        _tab("services", "resources", _("Resources")),
    ],
    new_label=_("New service"),
    selected_label=_("Selected services"),
    placeholder=_("Filter by name or description"),
    empty=(
        _("What can your people do?"),
        _("A service is a trade or a skill: lift repair, gas, charge points."),
    ),
    **_RIGHTS,
)
ACTIVITIES = Register(
    model=Activity,
    path="activities",
    rows=_with(Activity, "service"),
    fields=[
        Field("name", label=_("Activity"), writes="never", imported=False, told=False, sort="name_key"),
        Field("code", column="l2", sort="code_key", key=True),
        Field("description", column=""),
        Field(
            "service",
            picker="services:pick",
            column="p2",
            value=lambda row: str(row.service),
            found_by=_called(Service),
        ),
        Field("unit", column="p3", bulk=True),
        Field("minutes", column="p3", bulk=True),
        Field("cost", kind=AMOUNT, column="p3", section=_MONEY, needs=Permission.SEE_COSTS),
        Field("sale", kind=AMOUNT, column="r1", section=_MONEY),
        Field("currency", kind=CURRENCY, column="p3", bulk=True, section=_MONEY),
    ],
    filters=[_linked("service", _("Service"), Service)],
    checks=[amounts_have_a_currency],
    tabs=[_tab("activities", "customers", _("Customers"))],
    new_label=_("New activity"),
    selected_label=_("Selected activities"),
    placeholder=_("Filter by code or description"),
    empty=(
        _("What do you charge for?"),
        _("An activity is a kind of work with a code, a service, a cost and a sale price."),
    ),
    **_RIGHTS,
)
CODINGS = Register(
    model=Coding,
    path="codings",
    fields=[
        Field("name", label=_("Coding"), writes="never", imported=False, told=False, sort="name_key"),
        Field("code", column="", sort="code_key", key=True),
        Field("description", column=""),
    ],
    tabs=[
        _tab("codings", "work-log-types", _("Work log types")),
        _tab("codings", "customers", _("Customers")),
    ],
    new_label=_("New coding"),
    selected_label=_("Selected codings"),
    placeholder=_("Filter by code or description"),
    empty=(
        _("By which codes do you report?"),
        _("A coding is offered where a customer and a work log type both have it."),
    ),
    **_RIGHTS,
)
TEAMS = Register(
    model=Team,
    path="teams",
    fields=[
        _named(_("Team")),
        Field("description", column="p2 l2"),
        Field(
            "serves_all",
            column="p3",
            filter=True,
            bulk=True,
            writes="always",
            help=_("A new team takes its customers from the user who makes it. Tick this to serve every customer."),
        ),
    ],
    tabs=[
        _tab("teams", "services", _("Services")),
        _tab("teams", "resources", _("Resources")),
        _tab("teams", "customers", _("Customers")),
    ],
    new_label=_("New team"),
    selected_label=_("Selected teams"),
    placeholder=_("Filter by name or description"),
    empty=(_("Who works together?"), _("A team has services, people, and customers it serves.")),
    **_RIGHTS,
)
RESOURCES = Register(
    model=Resource,
    path="resources",
    rows=_with(Resource, "user"),
    fields=[
        _named(_("Resource")),
        Field("kind", column="l2", filter=True, bulk=True),
        Field("user", kind=Colleague(to=User, picker=""), column=None, imported=False),
        Field("home", column="p3"),
        Field("cost_rate", kind=AMOUNT, column="p3", section=_MONEY, needs=Permission.SEE_COSTS),
        Field("currency", kind=CURRENCY, column="", bulk=True, section=_MONEY, needs=Permission.SEE_COSTS),
    ],
    checks=[amounts_have_a_currency],
    tabs=[_tab("resources", "services", _("Services")), _tab("resources", "teams", _("Teams"))],
    new_label=_("New resource"),
    selected_label=_("Selected resources"),
    placeholder=_("Filter by name"),
    empty=(_("Who or what do you send?"), _("A resource is an employee, a subcontractor or a vehicle.")),
    **_RIGHTS,
)
REGISTERS: tuple[Register[Any], ...] = (
    WORK_LOG_TYPES,
    WORK_TYPES,
    SERVICES,
    ACTIVITIES,
    CODINGS,
    TEAMS,
    RESOURCES,
)
