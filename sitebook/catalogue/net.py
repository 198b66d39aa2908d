"""The map of a customer's catalogue: what hangs on what, column by column, and where it ends in nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.catalogue.models import Activity, Resource, Service, Team, WorkLogType, WorkType
from sitebook.catalogue.models.entry import Entry
from sitebook.catalogue.offered import Choice
from sitebook.catalogue.setup import Setup
from sitebook.catalogue.why_not import Missing, WhyNot

KINDS: tuple[tuple[type[Entry], Any], ...] = (
    (WorkLogType, lazy("Work log types")),
    (WorkType, lazy("Work types")),
    (Service, lazy("Services")),
    (Activity, lazy("Activities")),
    (Team, lazy("Teams")),
    (Resource, lazy("People")),
)
WIDTH, HEIGHT, COLUMN, ROW, TOP, LETTERS = 170, 46, 204, 58, 30, 22


@dataclass
class Node:
    """An entry on the map. ``missing``: why it is a dead end. ``row``: its place in its column, from the top."""

    entry: Entry
    column: int
    missing: Missing | None = None
    row: int = 0
    after: list[Node] = field(default_factory=list)
    before: list[Node] = field(default_factory=list)

    @property
    def x(self) -> int:
        return self.column * COLUMN

    @property
    def y(self) -> int:
        return TOP + self.row * ROW

    @property
    def label(self) -> str:
        text = str(self.entry)
        return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"

    @property
    def aside(self) -> str:
        """A second line: a code, or the reference."""
        return _("dead end") if self.missing else self.entry.aside[:LETTERS]


@dataclass(frozen=True)
class Edge:
    one: Node
    other: Node

    @property
    def is_dead(self) -> bool:
        return self.other.missing is not None or self.one.missing is not None

    @property
    def path(self) -> str:
        """A curve from the right side of the one to the left side of the other."""
        x, y, to_x, to_y = self.one.x + WIDTH, self.one.y + HEIGHT // 2, self.other.x, self.other.y + HEIGHT // 2
        middle = (x + to_x) // 2
        return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


@dataclass(frozen=True)
class Net:
    """The whole map: six columns from left to right."""

    columns: list[tuple[Any, list[Node]]]
    edges: list[Edge]

    @property
    def width(self) -> int:
        return (len(self.columns) - 1) * COLUMN + WIDTH + 2

    @property
    def height(self) -> int:
        return TOP + max((len(nodes) for _label, nodes in self.columns), default=0) * ROW

    @property
    def dead_ends(self) -> list[Node]:
        """Those whose own link is missing, each reason once."""
        found = {node.missing.why: node for _label, nodes in self.columns for node in nodes if node.missing}
        return list(found.values())


def net_of(setup: Setup, choice: Choice) -> Net:
    """What the customer has on the day, and what that leads to. ``choice`` without a role asks for anybody."""
    asked = WhyNot(setup, choice)
    work_types = [setup.work_types[pk] for pk in setup.work_types if pk in setup.own_work_types]
    activities = [each for each in setup.activities.values() if setup.price(each, on=choice.on)]
    named = {pk for each in work_types for pk in setup.work_type_services.get(each.pk, ())}
    services = [each for pk, each in setup.services.items() if pk in named | {a.service_id for a in activities}]
    teams = [t for t in setup.serving_teams() if any(setup.teams_with(service, [t]) for service in services)]
    members = {pk for each in teams for pk in setup.team_resources.get(each.pk, ())}
    people = [each for pk, each in setup.resources.items() if pk in members and not each.is_archived]
    kinds = {each.work_log_type_id for each in work_types}
    log_types = [each for pk, each in setup.work_log_types.items() if pk in kinds]
    columns: list[list[Any]] = [log_types, work_types, services, activities, teams, people]
    nodes = [[Node(each, place) for each in rows] for place, rows in enumerate(columns)]
    for node in nodes[1]:
        node.missing = asked.work_type(node.entry)  # type: ignore[arg-type]
    for node in (*nodes[2], *nodes[3]):
        node.missing = asked.missing(node.entry)
    edges = [*_edges(setup, nodes)]
    _arrange(nodes)
    return Net([(label, column) for (_kind, label), column in zip(KINDS, nodes, strict=True)], edges)


def _edges(setup: Setup, nodes: list[list[Node]]) -> Iterable[Edge]:
    def joined(place: int, fits: Any) -> Iterable[Edge]:
        for one in nodes[place]:
            for other in nodes[place + 1]:
                if fits(one.entry, other.entry):
                    one.after.append(other)
                    other.before.append(one)
                    yield Edge(one, other)

    yield from joined(0, lambda kind, work: work.work_log_type_id == kind.pk)
    yield from joined(1, lambda work, service: service.pk in setup.work_type_services.get(work.pk, ()))
    yield from joined(2, lambda service, activity: activity.service_id == service.pk)
    yield from joined(3, lambda activity, team: activity.service_id in setup.team_services.get(team.pk, ()))
    yield from joined(4, lambda team, person: person.pk in setup.team_resources.get(team.pk, ()))


def _arrange(nodes: list[list[Node]]) -> None:
    """Each column in the order of what it hangs on, so that few lines cross."""
    for column in nodes:
        column.sort(key=lambda node: sum(each.row for each in node.before) / len(node.before) if node.before else 99)
        for row, node in enumerate(column):
            node.row = row
