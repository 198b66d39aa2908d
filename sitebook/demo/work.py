"""The demo's catalogue of work: invented, so that what a customer can have, why not, and the check can be seen.

One fault is planted for the check to find: nobody is trained for catering equipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sitebook.catalogue.models import (
    Activity,
    Coding,
    CodingCustomer,
    CodingWorkLogType,
    Resource,
    Service,
    Skill,
    Team,
    TeamCustomer,
    TeamResource,
    TeamService,
    WorkLogType,
    WorkType,
    WorkTypeCustomer,
    WorkTypeService,
)
from sitebook.catalogue.prices import agree
from sitebook.customers.models import Customer
from sitebook.users.models import User

SINCE = date(2026, 1, 1)
LIFTS, CHARGING, CATERING = "Lifts", "Charge points", "Catering equipment"
SERVICES = {
    LIFTS: "Passenger and goods lifts",
    CHARGING: "Alternating and direct current, up to 350 kW",
    CATERING: "Ovens, dishwashers, cold rooms",
}
# Of a work log type: work type, usual priority, signature, services.
WORK: dict[str, list[tuple[str, str, str, Sequence[str]]]] = {
    "Repair": [
        ("Breakdown", "urgent", "required", (LIFTS, CHARGING)),
        ("Person trapped", "urgent", "required", (LIFTS,)),
        ("Repair, planned", "normal", "asked", (LIFTS, CHARGING, CATERING)),
    ],
    "Service": [
        ("Half-yearly service", "normal", "asked", (LIFTS,)),
        ("Yearly safety test", "normal", "required", (LIFTS, CHARGING)),
    ],
    "Installation": [("New charge point", "normal", "required", (CHARGING,))],
}
# Code, what it is, service, unit, minutes, cost, sale.
ACTIVITIES: list[tuple[str, str, str, str, int, str, str]] = [
    ("L-CALL", "Attend a lift that stands", LIFTS, "visit", 90, "58", "145"),
    ("L-DOOR", "Adjust a landing door", LIFTS, "piece", 45, "29", "78"),
    ("L-SRV", "Half-yearly service of a lift", LIFTS, "piece", 120, "76", "185"),
    ("C-CALL", "Attend a charge point out of order", CHARGING, "visit", 60, "39", "95"),
    ("C-CABLE", "Change a charging cable", CHARGING, "piece", 30, "20", "55"),
    ("C-TEST", "Test and certify a charge point", CHARGING, "piece", 40, "26", "68"),
    ("K-OVEN", "Repair an oven", CATERING, "visit", 75, "48", "120"),
]
CODINGS = {"WEAR": "Worn out", "MISUSE": "Misuse or vandalism", "WEATHER": "Weather", "SUPPLY": "Supply of electricity"}
# Team: services, and who is in it.
TEAMS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "Lifts north": ((LIFTS,), ("Amara Osei", "Tom Whitfield")),
    "Charging": ((CHARGING,), ("Priya Nair", "Demo Engineer")),
    "Kitchens": ((CATERING,), ("Tom Whitfield",)),
}
SKILLS = {
    "Amara Osei": (LIFTS,),
    "Tom Whitfield": (LIFTS, CHARGING),
    "Priya Nair": (CHARGING,),
    "Demo Engineer": (CHARGING,),
}
# A price of its own, per cent of the usual one.
DISCOUNTED, SHARE = "L-SRV", Decimal("0.92")


def load_work(customers: Sequence[Customer]) -> None:
    """Put the catalogue in, for these customers."""
    services = {name: Service.add(name=name, description=text) for name, text in SERVICES.items()}
    codings = [Coding.add(code=code, description=text) for code, text in CODINGS.items()]
    for log_type, types in WORK.items():
        made = WorkLogType.add(name=log_type)
        CodingWorkLogType.objects.bulk_create(CodingWorkLogType(coding=each, work_log_type=made) for each in codings)
        for name, priority, signature, needed in types:
            work_type = WorkType.add(work_log_type=made, name=name, priority=priority, signature=signature)
            WorkTypeService.objects.bulk_create(
                WorkTypeService(work_type=work_type, service=services[each]) for each in needed
            )
            WorkTypeCustomer.objects.bulk_create(
                WorkTypeCustomer(work_type=work_type, customer=each) for each in customers
            )
    CodingCustomer.objects.bulk_create(
        CodingCustomer(coding=coding, customer=customer) for coding in codings for customer in customers
    )
    _activities(services, customers)
    _people(services, customers)


def _activities(services: dict[str, Service], customers: Sequence[Customer]) -> None:
    for code, text, service, unit, minutes, cost, sale in ACTIVITIES:
        values = {"unit": unit, "minutes": minutes, "cost": Decimal(cost), "sale": Decimal(sale), "currency": "GBP"}
        activity = Activity.add(code=code, description=text, service=services[service], **values)
        for customer in customers:
            own = round(Decimal(sale) * SHARE, 2) if code == DISCOUNTED and customer == customers[-1] else None
            agree(activity, customer=customer, since=SINCE, sale=own)


def _people(services: dict[str, Service], customers: Sequence[Customer]) -> None:
    users = {user.name: user for user in User.objects.filter(name__in=SKILLS)}
    people = {name: Resource.add(name=name, user=users.get(name)) for name in SKILLS}
    for name, known in SKILLS.items():
        Skill.objects.bulk_create(Skill(resource=people[name], service=services[each]) for each in known)
    for name, (offered, members) in TEAMS.items():
        team = Team.add(name=name)
        TeamService.objects.bulk_create(TeamService(team=team, service=services[each]) for each in offered)
        TeamResource.objects.bulk_create(TeamResource(team=team, resource=people[each]) for each in members)
        TeamCustomer.objects.bulk_create(TeamCustomer(team=team, customer=each) for each in customers)
