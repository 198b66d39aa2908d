"""Ten things that happen to a place, each asked on three days by who had it, who has it, and who sees all.

The answers are the same through the site's page, its contacts tab, the list and the file of that day; the history
tab shows each reader what happened in their own time.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from sitebook.access.identity import acting
from sitebook.contacts import parties
from sitebook.contacts.models import Contact, ContactRole
from sitebook.customers.models import Customer
from sitebook.handovers.handover import correct, hand_over, take_back
from sitebook.handovers.split_join import join, split
from sitebook.sites.models import Area, Handover, Site
from sitebook.users.models import User
from tests.cast import Cast, make_customer, make_site, make_user, see_all

FEB, APR = date(2024, 2, 1), date(2024, 4, 1)
DAYS = (date(2024, 1, 15), date(2024, 3, 15), date(2024, 5, 15))
TODAY = date(2024, 6, 1)

# What a reader is told on a day: the customer and the default contact.
Answer = tuple[str, str]
ACME, BIRCH, CEDAR = ("Acme Supermarkets", "Ann Acme"), ("Birch Housing", "Ben Birch"), ("Cedar Hospital", "Cleo Cedar")
NORTH, SOUTH = ("Acme North", "Nora North"), ("Acme South", "Sam South")
VACANT, HIDDEN, UNKNOWN = ("vacant", ""), ("another customer", ""), ("", "")
NOTHING = None  # there is no such page for this reader


@dataclass
class Stage:
    """The cast with a place, and one reader for each customer."""

    cast: Cast
    customers: dict[str, Customer]
    people: dict[str, Contact]
    readers: dict[str, User]
    asked: Site
    """The site that is asked about at the end."""

    def turn(self, to: Answer | None, day: date, site: Site | None = None) -> Handover:
        """Hand over, let the taker name its default contact, and write a note of their time."""
        site = site or self.asked
        customer = self.customers[to[0]] if to else None
        change = hand_over(site, to=customer, day=day, today=TODAY, by_id=None)
        if to and not ContactRole.objects.filter(site=site, contact=self.people[to[0]]).exists():
            self.name_contact(site, to, since=day)
        if to:
            Site.objects.filter(pk=site.pk).update(notes=f"{to[0]} note")
        return change

    def name_contact(self, site: Site, of: Answer, *, since: date | None) -> None:
        ContactRole.objects.create(
            contact=self.people[of[0]], customer=self.customers[of[0]], site=site, role="main",
            during=DateRange(since, None),
        )  # fmt: skip


@dataclass(frozen=True)
class Story:
    """``seen``: by reader, the answer on each of the three days; ``notes``: whose notes they read in the history."""

    name: str
    play: Callable[[Stage], Any]
    seen: dict[str, tuple[Answer, Answer, Answer] | None]
    notes: dict[str, set[str]] = field(default_factory=dict)
    owners: tuple[str, str, str] | None = None


def sold_twice(stage: Stage) -> None:
    stage.turn(BIRCH, FEB)
    stage.turn(CEDAR, APR)


def landlord_changed(stage: Stage) -> None:
    birch, cedar = stage.customers["Birch Housing"], stage.customers["Cedar Hospital"]
    row = parties.name_party(stage.asked, role="owner", party=birch, since=date(2024, 1, 1))
    parties.change_party(row, party=cedar, since=APR)


def tenant_changed(stage: Stage) -> None:
    """Acme lets the place; who occupies it changes, and with the first tenant's end nobody does for a while."""
    birch, cedar = stage.customers["Birch Housing"], stage.customers["Cedar Hospital"]
    parties.name_party(stage.asked, role="occupier", party=birch, since=date(2024, 1, 1), until=FEB)
    parties.name_party(stage.asked, role="occupier", party=cedar, since=APR)


def vacant_and_let_again(stage: Stage) -> None:
    stage.turn(None, FEB)
    stage.turn(BIRCH, APR)


def split_and_sold(stage: Stage) -> None:
    """A part of the depot becomes a site of its own, and that one is sold."""
    area = Area.objects.create(site=stage.asked, name="Annex")
    change = split(stage.asked, name="Annex", day=FEB, today=TODAY, areas=[area], by_id=None)
    assert change.other_site
    stage.asked = change.other_site
    Site.objects.filter(pk=stage.asked.pk).update(notes="Acme Supermarkets note")
    stage.turn(BIRCH, APR)


def joined(stage: Stage) -> None:
    other = Site.add(customer=stage.customers["Acme Supermarkets"], name="Main house")
    join(stage.asked, into=other, day=APR, at=timezone.now(), today=TODAY, by_id=None)


def moved_between_branches(stage: Stage) -> None:
    stage.asked = Site.add(customer=stage.customers["Acme North"], name="Shop", notes="Acme North note")
    stage.name_contact(stage.asked, NORTH, since=None)
    stage.turn(SOUTH, FEB)


def corrected_a_month_later(stage: Stage) -> None:
    """Written down as of May, it was in fact in February."""
    change = stage.turn(BIRCH, date(2024, 5, 30))
    correct(change, to=stage.customers["Birch Housing"], day=FEB, today=TODAY)
    ContactRole.objects.filter(site=stage.asked, contact=stage.people["Birch Housing"]).update(
        during=DateRange(FEB, None)
    )


def reversed_(stage: Stage) -> None:
    take_back(stage.turn(BIRCH, FEB), at=timezone.now())


def sold_back(stage: Stage) -> None:
    stage.turn(BIRCH, FEB)
    stage.turn(ACME, APR)


ALL, A, B, C = "all", "Acme Supermarkets", "Birch Housing", "Cedar Hospital"
STORIES = [
    Story("sold twice", sold_twice, {
        ALL: (ACME, BIRCH, CEDAR),
        A: (ACME, HIDDEN, HIDDEN),
        B: (HIDDEN, BIRCH, HIDDEN),
        C: (HIDDEN, HIDDEN, CEDAR),
    }, {ALL: {A, B, C}, A: {A}, B: {B}, C: {C}}),
    Story("landlord changed", landlord_changed, {
        ALL: (ACME, ACME, ACME), A: (ACME, ACME, ACME), B: NOTHING, C: NOTHING,
    }, {ALL: {A}, A: {A}}, owners=(B, B, C)),
    Story("tenant changed", tenant_changed, {
        ALL: (ACME, ACME, ACME), A: (ACME, ACME, ACME), B: NOTHING, C: NOTHING,
    }, {ALL: {A}, A: {A}}, owners=(B, "", C)),
    Story("vacant and let again", vacant_and_let_again, {
        ALL: (ACME, VACANT, BIRCH),
        A: (ACME, HIDDEN, HIDDEN),
        B: (HIDDEN, HIDDEN, BIRCH),
    }, {ALL: {A, B}, A: {A}, B: {B}}),
    Story("split, and the part sold", split_and_sold, {
        ALL: (UNKNOWN, ACME, BIRCH),
        A: (UNKNOWN, ACME, HIDDEN),
        B: (HIDDEN, HIDDEN, BIRCH),
    }, {ALL: {A, B}, A: {A}, B: {B}}),
    Story("joined", joined, {
        ALL: (ACME, ACME, UNKNOWN), A: (ACME, ACME, UNKNOWN), B: NOTHING,
    }, {ALL: {A}, A: {A}}),
    Story("moved between branches", moved_between_branches, {
        ALL: (NORTH, SOUTH, SOUTH),
        "Acme North": (NORTH, HIDDEN, HIDDEN),
        "Acme South": (HIDDEN, SOUTH, SOUTH),
        A: NOTHING,
    }, {ALL: {"Acme North", "Acme South"}, "Acme North": {"Acme North"}, "Acme South": {"Acme South"}}),
    Story("corrected a month later", corrected_a_month_later, {
        ALL: (ACME, BIRCH, BIRCH),
        A: (ACME, HIDDEN, HIDDEN),
        B: (HIDDEN, BIRCH, BIRCH),
    }, {ALL: {A, B}, A: {A}, B: {B}}),
    Story("reversed", reversed_, {
        ALL: (ACME, ACME, ACME), A: (ACME, ACME, ACME), B: NOTHING,
    }, {ALL: {A, B}, A: {A}}),
    Story("sold back", sold_back, {
        ALL: (ACME, BIRCH, ACME),
        A: (ACME, HIDDEN, ACME),
        B: (HIDDEN, BIRCH, HIDDEN),
    }, {ALL: {A, B}, A: {A}, B: {B}}),
]  # fmt: skip


@pytest.fixture
def stage(cast: Cast) -> Stage:
    customers = {each.name: each for each in (cast.acme, cast.birch, cast.cedar)}
    for name in ("Acme North", "Acme South"):
        customers[name] = make_customer(name)
    readers = {
        name: make_user(name=f"Reader of {name}", role="viewer", sees=(each,)) for name, each in customers.items()
    }
    site = make_site(cast.acme, "The place", town="Leeds")
    with see_all():
        people = {
            customer: Contact.add(name=person, customer=customers[customer])
            for customer, person in (ACME, BIRCH, CEDAR, NORTH, SOUTH)
        }
        made = Stage(cast, customers, people, readers | {ALL: cast.alice}, site)
        made.name_contact(site, ACME, since=None)
        Site.objects.filter(pk=site.pk).update(notes="Acme Supermarkets note")
    return made


@pytest.mark.django_db
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_each_day_has_one_answer_however_it_is_asked(story: Story, stage: Stage, client_of: Any) -> None:
    with acting(user=stage.cast.alice, via="screen"):
        story.play(stage)
    for reader, answers in story.seen.items():
        client = client_of(stage.readers[reader])
        for day, answer in zip(DAYS, answers or (NOTHING,) * 3, strict=True):
            said = {where: ask(client, stage, day) for where, ask in CHANNELS.items()}
            assert said == expected(answer), f"{story.name}: {reader} on {day}"


def expected(answer: Answer | None) -> dict[str, Any]:
    """A list and a file hold no row of a day that is hidden or on which nobody knew the place."""
    if answer is NOTHING:
        return dict.fromkeys(CHANNELS)
    row = answer if answer not in (HIDDEN, UNKNOWN) else None
    return {"page": answer, "contacts tab": answer[1], "list": row, "file": row}


def of_page(client: Any, stage: Stage, day: date) -> Answer | None:
    html = opened(client, f"/sites/{stage.asked.pk}/?on={day}")
    return html and one_of(section(html, r'<aside class="summary".*?</aside>'))  # type: ignore[return-value]


def of_contacts(client: Any, stage: Stage, day: date) -> str | None:
    html = opened(client, f"/sites/{stage.asked.pk}/contacts/?on={day}")
    return html and one_of(section(html, r'<section[^>]*aria-labelledby="h-now".*?</section>'))[1]


def of_list(client: Any, stage: Stage, day: date) -> Answer | None:
    html = opened(client, f"/sites/?on={day}")
    rows = [row for row in re.findall(r"<tr>.*?</tr>", html, re.S) if f'"/sites/{stage.asked.pk}/?on={day}"' in row]
    return one_of(rows[0]) if rows else None


def of_file(client: Any, stage: Stage, day: date) -> Answer | None:
    response = client.get(f"/sites/export.csv?on={day}")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    found = [row for row in csv.DictReader(io.StringIO(text)) if row["Reference"] == stage.asked.reference]
    assert len(found) < 2
    return (found[0]["Customer"], found[0]["Default contact"]) if found else None


CHANNELS: dict[str, Callable[[Any, Stage, date], Any]] = {
    "page": of_page, "contacts tab": of_contacts, "list": of_list, "file": of_file,
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_history_shows_each_reader_their_own_time(story: Story, stage: Stage, client_of: Any) -> None:
    with acting(user=stage.cast.alice, via="screen"):
        story.play(stage)
    for reader, answers in story.seen.items():
        for address in ("", *(f"?on={day}" for day in DAYS)):
            html = opened(client_of(stage.readers[reader]), f"/sites/{stage.asked.pk}/history/{address}")
            if answers is NOTHING:
                assert html is None
            else:
                assert {name for name in stage.customers if f"{name} note" in html} == story.notes[reader]


@pytest.mark.django_db
@pytest.mark.parametrize("story", [each for each in STORIES if each.owners], ids=lambda story: story.name)
def test_who_else_has_to_do_with_it_is_of_the_day_too(story: Story, stage: Stage) -> None:
    assert story.owners
    with acting(user=stage.cast.alice, via="screen"):
        story.play(stage)
        for day, name in zip(DAYS, story.owners, strict=True):
            now, _other = parties.parties_at(stage.asked, on=day)
            assert [each.name for each in now] == ([name] if name else [])


def opened(client: Any, address: str) -> Any:
    response = client.get(address)
    return response.content.decode() if response.status_code == 200 else None


def section(html: str, pattern: str) -> str:
    found = re.search(pattern, html, re.S)
    assert found
    return found.group(0)


def one_of(html: str) -> Answer:
    """The one customer and the one contact that a piece of a page names."""
    answers = (ACME, BIRCH, CEDAR, NORTH, SOUTH)
    customers = [name for name in (*(each[0] for each in answers), "another customer", "vacant") if name in html]
    contacts = [each[1] for each in answers if each[1] in html]
    assert len(customers) < 2
    assert len(contacts) < 2
    return "".join(customers), "".join(contacts)
