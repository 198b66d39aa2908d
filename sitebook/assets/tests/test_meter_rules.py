"""Rules of meters against a model that turns a dial step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitebook.assets.meter_rules import (
    Counter,
    Misfit,
    Point,
    admitted,
    curve,
    is_doubtful,
    lifetime,
    ordered,
    pace,
    thinned,
    use,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 50
DIAL = Counter(limit=Decimal(LIMIT))


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def point(hour: int, value: int, **more: bool) -> Point:
    return Point(at(hour), Decimal(value), **more)


def turned(values: list[int], limit: int) -> int:
    """Steps of a dial that is turned forward until it has shown each value in turn: the brute-force model."""
    steps, dial = 0, values[0]
    for value in values[1:]:
        while dial != value:
            dial = (dial + 1) % limit
            steps += 1
    return steps


class Model:
    """A machine whose true use is known hour by hour, and what somebody wrote down of it."""

    def __init__(self, limit: int | None) -> None:
        self.counter = Counter(limit=Decimal(limit) if limit else None)
        self.limit, self.hour, self.true = limit, 0, [0]
        self.spans: list[list[Point]] = [[point(0, 0)]]
        self.begun = [(0, 0)]  # the hour and the true use at which each counter began, and what it showed then
        self.shown = [0]

    def run(self, use: int) -> None:
        self.hour += 1
        self.true.append(self.true[-1] + use)

    def dial(self, span: int, hour: int) -> int:
        value = self.shown[span] + self.true[hour] - self.begun[span][1]
        return value % self.limit if self.limit else value

    def span_at(self, hour: int) -> int:
        return max(place for place, (begin, _true) in enumerate(self.begun) if begin <= hour)

    def write(self, span: int, new: Point) -> None:
        """As somebody does who saw the dial: where it fell, its limit is said to have been passed."""
        points = self.spans[span]
        try:
            gone = admitted(points, new, self.counter)
        except Misfit as misfit:
            if misfit.code == "taken":
                return
            gone = admitted(points, new, self.counter, rolled=True)
        self.spans[span] = ordered([*(each for each in points if each not in gone), new])

    def read(self, hour: int) -> None:
        span = self.span_at(hour)
        self.write(span, point(hour, self.dial(span, hour)))

    def exchange(self, shows: int) -> None:
        self.read(self.hour)
        self.run(0)
        self.begun.append((self.hour, self.true[self.hour]))
        self.shown.append(shows)
        self.spans.append([point(self.hour, shows)])

    def expected(self) -> int:
        """True use while each counter was looked at, from its first reading to its last."""
        total = 0
        for points in self.spans:
            first, last = (round((each.at - START).total_seconds() / 3600) for each in (points[0], points[-1]))
            total += self.true[last] - self.true[first]
        return total


acts = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(0, LIMIT // 2 - 1)),
        st.tuples(st.just("late"), st.integers(0, 10_000)),
        st.tuples(st.just("exchange"), st.integers(0, LIMIT - 1)),
        st.tuples(st.just("wrong"), st.integers(0, LIMIT - 1)),
    ),
    max_size=60,
)


@given(acts, st.sampled_from([LIMIT, None]))
@settings(max_examples=300, deadline=None)
def test_readings_exchanges_rollovers_late_and_corrected_ones_tell_the_true_use(story, limit):
    """Every hour is read sooner or later, so that no turn of the dial goes unseen."""
    model = Model(limit)
    for act, number in story:
        if act == "run":
            model.run(number)
            model.read(model.hour)
        elif act == "late":
            model.read(number % (model.hour + 1))
        elif act == "exchange":
            model.exchange(number)
        else:  # somebody writes a wrong number, and puts it right afterwards
            model.run(1)
            span = model.span_at(model.hour)
            kept = list(model.spans[span])
            try:
                admitted(kept, point(model.hour, number), model.counter, rolled=True)
            except Misfit:
                continue
            model.spans[span] = kept
            model.read(model.hour)
    assert lifetime(model.spans, model.counter) == model.expected()
    drawn = curve(model.spans, model.counter)
    assert drawn[-1][1] == model.expected()
    assert all(earlier[1] <= later[1] for earlier, later in pairwise(drawn))


entries = st.lists(st.tuples(st.integers(0, 40), st.integers(-2, LIMIT + 2), st.booleans(), st.booleans()), max_size=40)


@given(entries, st.sampled_from([LIMIT, None]))
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_the_use_never_falls_but_where_an_estimate_gives_way(written, limit):
    counter = Counter(limit=Decimal(limit) if limit else None)
    points, before = [point(0, 0)], Decimal(0)
    for hour, value, estimated, rolled in written:
        new = point(hour, value, estimated=estimated)
        try:
            gone = admitted(points, new, counter, rolled=rolled)
        except Misfit:
            continue
        assert all(each.estimated for each in gone)
        points = ordered([*(each for each in points if each not in gone), new])
        now = use(points, counter)
        assert gone or now >= before
        before = now
        values = [int(each.value) for each in points]
        assert now == turned(values, limit or 10_000)


@given(st.sets(st.integers(1, LIMIT - 1)))
@settings(max_examples=200, deadline=None)
def test_the_order_in_which_readings_are_written_does_not_matter(hours_read):
    rising = {hour: hour for hour in hours_read}
    forwards, backwards = [point(0, 0)], [point(0, 0)]
    for points, hours in ((forwards, sorted(rising)), (backwards, sorted(rising, reverse=True))):
        for hour in hours:
            assert admitted(points, point(hour, rising[hour]), DIAL) == []
            points[:] = ordered([*points, point(hour, rising[hour])])
    assert forwards == backwards


def test_a_corrected_rollover_leaves_no_turn_behind():
    """A wrong 5 said to be past the limit: once it is put right, what follows counts as if it had never been."""
    wrong = [point(0, 30), point(1, 5), point(2, 35)]
    assert use(wrong, DIAL) == 55
    assert use([point(0, 30), point(1, 32), point(2, 35)], DIAL) == 5


def test_a_late_reading_on_either_side_of_the_limit_adds_no_turn():
    read = [point(0, 48), point(4, 6)]
    for value in (49, 2):
        assert admitted(read, point(2, value), DIAL) == []
        assert use(ordered([*read, point(2, value)]), DIAL) == 8
    for rolled in (False, True):
        with pytest.raises(Misfit) as misfit:
            admitted([point(0, 10), point(4, 20)], point(2, 30), Counter(), rolled=rolled)
        assert misfit.value.code == "falls"


def test_an_estimate_gives_way_to_what_was_read():
    guess = point(2, 40, estimated=True)
    assert admitted([point(0, 10), guess], point(4, 35), DIAL) == [guess]
    with pytest.raises(Misfit):
        admitted([point(0, 10), point(2, 40)], point(4, 35), DIAL)
    with pytest.raises(Misfit):
        admitted([point(0, 10), point(2, 40)], point(4, 35, estimated=True), DIAL)


def test_a_gauge_goes_up_and_down():
    gauge = Counter(counting=False)
    assert admitted([point(0, 10)], point(1, -5), gauge) == []
    assert curve([[point(0, 10), point(1, -5)]], gauge) == [(at(0), 10), (at(1), -5)]
    assert lifetime([[point(0, 10), point(1, 5)]], gauge) == 0


def test_what_is_far_more_than_usual_is_doubted():
    usual = [(at(24 * day), Decimal(10 * day)) for day in range(5)]
    assert pace(usual) == 10
    assert not is_doubtful(usual, (at(24 * 5), Decimal(140)), most=None)
    assert is_doubtful(usual, (at(24 * 5), Decimal(141)), most=None)
    assert is_doubtful(usual, (at(24 * 5), Decimal(61)), most=Decimal(20))
    assert not is_doubtful(usual[:1], (at(24), Decimal(999)), most=None)
    assert thinned(usual, 3) == [usual[0], usual[2], usual[4]]
