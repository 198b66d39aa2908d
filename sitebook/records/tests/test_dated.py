"""Dated facts: whatever is begun, ended, corrected and taken back, each day has the answer that counting days gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sitebook.basics.refused import Refused
from sitebook.customers.models import Customer, Membership
from sitebook.records.dated import Dated, SoAlready
from tests.cast import Cast, make_customer, see_all
from tests.refusals import refused

FIRST, LAST = date(2026, 1, 1), 14
JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))
PARENTS, OTHER = ("Ash", "Beech", "Cherry"), "Oak"
DATED = [model for model in apps.get_models() if issubclass(model, Dated)]


@pytest.fixture
def parents(cast: Cast):
    made = {name: make_customer(name) for name in (*PARENTS, OTHER)}
    with see_all():
        yield made


@pytest.fixture
def child(parents, cast: Cast) -> Customer:
    return cast.birch


def held(child: Customer) -> list[tuple[str, date | None, date | None]]:
    """(parent, from, until) in order of time."""
    rows = Membership.objects.filter(customer=child).select_related("parent").order_by("during")
    return [(row.parent.name, row.during.lower, row.during.upper) for row in rows]


def write(child: Customer, parent: Customer, since: date | None, until: date | None = None) -> Membership:
    return Membership.objects.create(customer=child, parent=parent, during=DateRange(since, until))


# Brute force: a cell a day, with the number of the period it belongs to. The first cell stands for all days before,
# the last one for all days after.

Cell = tuple[int, str] | None


@dataclass
class Days:
    cells: list[Cell] = field(default_factory=lambda: [None] * (LAST + 2))
    numbers: count[int] = field(default_factory=count)

    def period(self, day: int) -> range:
        """The days of the period that holds on the day, or of the gap around it."""
        low = next((each for each in range(day, -1, -1) if self.cells[each] != self.cells[day]), -1) + 1
        return range(low, self.change_after(day))

    def change_after(self, day: int) -> int:
        return next((each for each in range(day, len(self.cells)) if self.cells[each] != self.cells[day]), LAST + 2)

    def beginning_after(self, day: int) -> int:
        days = range(day + 1, len(self.cells))
        return next((each for each in days if self.cells[each] not in (None, self.cells[each - 1])), LAST + 2)

    def put(self, days: range, name: str | None) -> None:
        """These days belong to a new period, or to none. What is left of a former one behind them is one of its own."""
        behind = self.period(days.stop - 1) if self.cells[days.stop - 1] else range(0)
        rest = range(days.stop, behind.stop)
        if rest and behind.start < days.start and name is not None:
            self._fill(rest, (next(self.numbers), self.cells[rest.start][1]))
        self._fill(days, None if name is None else (next(self.numbers), name))

    def join(self, day: int) -> None:
        """The period of the day and those that touch it and say the same are one."""
        for edge in (self.period(day).start - 1, self.period(day).stop):
            other = self.cells[edge] if 0 <= edge < len(self.cells) else None
            if other is not None and other[1] == self.cells[day][1]:
                self._fill(self.period(edge), self.cells[day])

    def _fill(self, days: range, cell: Cell) -> None:
        for each in days:
            self.cells[each] = cell

    @property
    def names(self) -> list[str | None]:
        return [cell[1] if cell else None for cell in self.cells]


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def until(stop: int) -> date | None:
    return on(stop) if stop < LAST + 2 else None


def holds(number: int, child: Customer) -> Membership | None:
    return Membership.objects.in_force(on=on(number)).filter(customer=child).first()


def names(child: Customer) -> list[str | None]:
    """Who is the parent on each day; fails when two are."""
    rows = list(Membership.objects.filter(customer=child).select_related("parent"))
    found = []
    for number in range(LAST + 2):
        day = [row.parent.name for row in rows if on(number) in row.during]
        assert len(day) <= 1
        found.append(day[0] if day else None)
    return found


def begin(days: Days, child: Customer, parent: Customer, day: int, other: int, *, beginnings: bool) -> None:
    end = other if other > day else None
    row = Membership(customer=child, parent=parent)
    try:
        row.begin(since=on(day), until=on(end) if end else None, up_to_next_beginning=beginnings)
    except SoAlready:
        assert days.names[day] == parent.name
        return
    change = days.beginning_after(day) if beginnings else days.change_after(day)
    days.put(range(day, min(change, end or LAST + 2)), parent.name)
    days.join(day)


def stop(days: Days, child: Customer, day: int) -> None:
    there = days.cells[day] is not None
    assert Membership(customer=child).stop(on=on(day)) == there
    if there:
        days.put(range(day, days.change_after(day)), None)


def end(days: Days, row: Membership, day: int, other: int) -> None:
    period = days.period(day)
    try:
        row.end(on=on(other))
    except Refused as refusal:
        if refusal.code != "day_outside_period":
            raise
        assert other >= period.stop
        return
    days.put(range(max(other, period.start), period.stop), None)


def correct(days: Days, row: Membership, day: int, other: int) -> None:
    period, edge = days.period(day), days.period(day).start - 1
    touches = edge >= 0 and days.cells[edge] is not None
    try:
        row.correct(since=on(other), before=row.before())
    except Refused as refusal:
        if refusal.code != "day_outside_period":
            raise
        free = all(cell is None for cell in days.cells[other : period.start])
        assert other >= period.stop or (other <= days.period(edge).start if touches else not free)
        return
    former, cell = days.cells[edge] if touches else None, days.cells[day]
    days._fill(range(min(other, period.start), max(other, period.start)), former)
    days._fill(range(other, period.stop), cell)


def take_back(days: Days, row: Membership, day: int) -> None:
    period = days.period(day)
    row.take_back(before=row.before())
    days._fill(period, days.cells[period.start - 1] if period.start else None)


STEP = st.tuples(
    st.sampled_from(["begin", "begin", "begin up to a beginning", "stop", "end", "replace", "correct", "take back"]),
    st.sampled_from(PARENTS), st.integers(1, LAST), st.integers(1, LAST),
)  # fmt: skip


def do(days: Days, child: Customer, parent: Customer, step: tuple[str, str, int, int]) -> None:
    act, _name, day, other = step
    row = holds(day, child)
    if act.startswith("begin"):
        begin(days, child, parent, day, other, beginnings=act != "begin")
    elif act == "stop":
        stop(days, child, day)
    elif row is None:
        assert days.cells[day] is None
    elif act == "end":
        end(days, row, day, other)
    elif act == "replace":
        row.replace(Membership(customer=child, parent=parent), since=on(day))
        days.put(range(day, days.change_after(day)), parent.name)
    elif act == "correct":
        correct(days, row, day, other)
    else:
        take_back(days, row, day)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(always=st.booleans(), steps=st.lists(STEP, max_size=9))
def test_any_order_of_acts_is_what_counting_days_says(parents, child: Customer, always: bool, steps) -> None:
    Membership.objects.filter(customer=child).delete()
    days = Days()
    if always:
        write(child, parents["Ash"], None)
        days.put(range(LAST + 2), "Ash")
    for step in steps:
        do(days, child, parents[step[1]], step)
        assert names(child) == days.names


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=5), day=st.integers(1, LAST), whole=st.booleans())
def test_a_cut_that_is_taken_back_leaves_every_day_as_it_was(parents, child: Customer, steps, day, whole) -> None:
    Membership.objects.filter(customer=child).delete()
    write(child, parents["Ash"], None)
    days = Days()
    days.put(range(LAST + 2), "Ash")
    for step in steps:
        do(days, child, parents[step[1]], step)
    row = holds(day, child)
    assume(row is not None and row.during.lower != on(day))
    was, fresh = names(child), Membership(customer=child, parent=parents[OTHER])
    cut = row.replace(fresh, since=on(day)) if whole else fresh.begin(since=on(day))
    assert names(child) != was
    cut.take_back(before=cut.before())
    assert names(child) == was


def test_it_holds_up_to_the_next_change_that_is_written_down(parents, child: Customer) -> None:
    write(child, parents["Ash"], JAN, MAR)
    write(child, parents["Beech"], APR)
    Membership(customer=child, parent=parents["Cherry"]).begin(since=FEB)
    assert held(child) == [("Ash", JAN, FEB), ("Cherry", FEB, MAR), ("Beech", APR, None)]
    Membership(customer=child, parent=parents["Ash"]).begin(since=FEB, up_to_next_beginning=True)
    assert held(child) == [("Ash", JAN, APR), ("Beech", APR, None)]


def test_what_held_before_goes_on_where_the_new_one_ends(parents, child: Customer) -> None:
    write(child, parents["Ash"], None)
    Membership(customer=child, parent=parents["Beech"]).begin(since=FEB, until=MAR)
    assert held(child) == [("Ash", None, FEB), ("Beech", FEB, MAR), ("Ash", MAR, None)]


def test_touching_times_that_say_the_same_become_one_and_keep_their_row(parents, child: Customer) -> None:
    first, last = write(child, parents["Ash"], JAN, FEB), write(child, parents["Ash"], MAR)
    row = Membership(customer=child, parent=parents["Ash"]).begin(since=FEB)
    assert held(child) == [("Ash", JAN, None)]
    assert row == first
    first.cut(on=FEB)
    row = Membership(customer=child, parent=parents["Ash"]).begin(since=APR)
    assert last != row
    assert Membership(customer=child, parent=parents["Ash"]).begin(since=MAR) == row
    assert held(child) == [("Ash", JAN, FEB), ("Ash", MAR, None)]


def test_it_says_no_in_words(parents, child: Customer) -> None:
    row, fresh = write(child, parents["Ash"], JAN, MAR), Membership(customer=child, parent=parents["Beech"])
    later = write(child, parents["Beech"], APR)
    with pytest.raises(SoAlready, match="so on 1 Feb 2026 already"):
        Membership(customer=child, parent=parents["Ash"]).begin(since=FEB)
    with refused("day_outside_period", match="end on 1 Feb 2026, before it begins on 1 Mar 2026"):
        fresh.begin(since=MAR, until=FEB)
    for act in (lambda: row.end(on=MAR), lambda: row.replace(fresh, since=APR)):
        with refused("day_outside_period", match="ended on 1 Mar 2026 already"):
            act()
    with refused("day_outside_period", match="1 Feb 2026 is not between"):
        later.correct(since=FEB, before=later.before())
    with pytest.raises(IntegrityError, match="one_parent_at_a_time"), transaction.atomic():
        later.lasts(FEB, None)
    with pytest.raises(IntegrityError, match="lasts_some_time"), transaction.atomic():
        later.lasts(MAY, MAY)
    row.delete()
    with refused("does_not_stand", match="took this back meanwhile"):
        Membership(pk=987654, customer=child).end(on=FEB)


def test_rows_are_found_by_day(parents, child: Customer) -> None:
    ash, beech = write(child, parents["Ash"], JAN, FEB), write(child, parents["Beech"], MAR)
    rows = Membership.objects.filter(customer=child)
    assert [list(rows.in_force(on=day)) for day in (JAN, FEB, MAR)] == [[ash], [], [beech]]
    assert [list(rows.before(day)) for day in (JAN, FEB, MAY)] == [[], [ash], [ash]]
    assert [list(rows.after(day)) for day in (FEB, MAR)] == [[beech], []]
    assert [set(rows.not_over(on=day)) for day in (JAN, FEB, MAY)] == [{ash, beech}, {beech}, {beech}]


def test_beginning_costs_five_statements_however_long_the_past(parents, child: Customer) -> None:
    for month in range(1, 7):
        write(child, parents[PARENTS[month % 3]], date(2020, month, 1), date(2020, month + 1, 1))
    write(child, parents["Ash"], JAN, MAR)
    write(child, parents["Beech"], MAR)
    with CaptureQueriesContext(connection) as statements:
        Membership(customer=child, parent=parents["Beech"]).begin(since=FEB)
    assert len(statements) <= 5
    assert held(child)[-2:] == [("Ash", JAN, FEB), ("Beech", FEB, None)]


@pytest.mark.parametrize("model", DATED, ids=lambda model: model.__name__)
def test_every_dated_table_has_its_constraints_and_an_index_of_its_record(model: type[Dated]) -> None:
    record = model._meta.get_field(model.per[0])
    assert isinstance(record, models.ForeignKey)
    first = [index.fields[0] for index in model._meta.indexes if index.fields]
    assert record.db_index or record.name in first, "GiST does not find a literal id"
    constraints = model._meta.constraints
    lasting = models.Q(during__isempty=False)
    assert any(isinstance(each, models.CheckConstraint) and each.condition == lasting for each in constraints)
    exclusive = [each for each in constraints if isinstance(each, ExclusionConstraint)]
    assert exclusive
    bare = {key for each in exclusive for key, _operator in each.expressions if isinstance(key, str)}
    policy = getattr(model.seen_by, "customer", "").removesuffix("_id")
    assert policy not in bare, "give one_at_a_time the field the policy reads"
