"""Dated facts (temporal validity): which value holds on which day. Each verb is written once, here.

A row says what holds in ``during``, a half-open range of days (in the site's zone where a site is concerned); no lower
bound: always known; no upper bound: for good. Rows about the same thing (``per``) do not overlap, and may leave gaps.
How to declare one: docs/decisions/dated-facts.md.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sitebook.basics.refused import Refused
from sitebook.ui.formats import day_text


class SoAlready(Refused):
    """The same holds on that day already. ``row``: the one that says so."""

    def __init__(self, row: Dated, *, on: date) -> None:
        text = _("It is so on %(day)s already. Choose another day.")
        super().__init__(text % {"day": day_text(on)}, code="so_already")
        self.row: Any = row


def lasts_some_time(name: str) -> models.CheckConstraint:
    """The constraint that no row is of no day at all."""
    return models.CheckConstraint(condition=models.Q(during__isempty=False), name=name)


def one_at_a_time(
    *per: str | Combinable, name: str, condition: models.Q | None = None, policy: str = "customer"
) -> ExclusionConstraint:
    """The constraint that at most one row holds on a day for each ``per``: fields, or ``Coalesce("site", 0)`` for one
    that may be missing.

    ``policy``: the field the row policy reads. Its bare column stays out of the index, or the database would go
    through that once for each customer a user may see. Rows are found by the ordinary index of the foreign key.
    """
    keys = [models.F(each) + 0 if each == policy else each for each in per]
    expressions: list[tuple[str | Combinable, str]] = [(key, RangeOperators.EQUAL) for key in keys]
    overlap = ("during", RangeOperators.OVERLAPS)
    return ExclusionConstraint(name=name, expressions=[*expressions, overlap], condition=condition)


@DateRangeField.register_lookup
class Holds(models.Lookup):
    """``during__holds=day``: the day is in the period.

    Not ``during__contains``: PostgreSQL takes that for rare, and would rather go through the periods of all records, by
    an index that ends in them, than through the few of one.
    """

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        period, params = self.process_lhs(compiler, connection)
        day, days = self.process_rhs(compiler, connection)
        begun = f"coalesce(lower({period}), '-infinity') <= {day}::date"
        still = f"coalesce(upper({period}), 'infinity') > {day}::date"
        return f"({begun} AND {still})", [*params, *days, *params, *days]


class DatedRows[M: "Dated"](models.QuerySet[M]):
    """Rows by day."""

    def in_force(self, *, on: date) -> Self:
        """Those that hold on a day."""
        return self.filter(during__holds=on)

    def before(self, day: date) -> Self:
        """Those that are over by the day."""
        return self.filter(during__endswith__lte=day)

    def after(self, day: date) -> Self:
        """Those that begin later than the day."""
        return self.filter(during__startswith__gt=day)

    def not_over(self, *, on: date) -> Self:
        """Those that hold on the day or some time after it."""
        return self.filter(during__overlap=DateRange(on, None))


class Dated(models.Model):
    """What holds from when to when.

    ``per``: the fields that say what the row is about, first the record that is locked while one writes.
    ``says``: the fields that say what holds; touching times that say the same become one. None: they stay apart.
    """

    per: ClassVar[tuple[str, ...]]
    says: ClassVar[tuple[str, ...]] = ()

    during = DateRangeField(gettext_lazy("Period"))

    class Meta:
        abstract = True

    def series(self) -> models.QuerySet[Self]:
        """All rows about the same thing as this one."""
        return type(self)._default_manager.filter(**{name: self._value(name) for name in self.per})

    def before(self) -> Self | None:
        """The row that ends on the day this one begins."""
        first = self.during.lower
        return self.series().filter(during__endswith=first).first() if first is not None else None

    def take_turn(self) -> None:
        """Wait here, not at a constraint, for others who write about the same record. It stays locked."""
        record: Any = self._meta.get_field(self.per[0]).related_model
        rows = record._base_manager.select_for_update(of=("self",), no_key=True)
        rows.filter(pk=self._value(self.per[0])).first()

    def locked(self) -> Self:
        """The row read anew, and locked. Raises Refused (does_not_stand) when it is gone."""
        row = type(self)._default_manager.select_for_update(of=("self",)).filter(pk=self.pk).first()
        if row is None:
            raise Refused(_("Somebody else took this back meanwhile. Reload the page."), code="does_not_stand")
        return row

    def begin(self, *, since: date, until: date | None = None, up_to_next_beginning: bool = False) -> Self:
        """Write this new row: it holds from ``since`` up to the next change that is written down, at most to ``until``.

        What held before makes room, and goes on from ``until`` if it would have lasted longer. A change is the end of
        that one or the beginning of the next; ``up_to_next_beginning``: only the latter. Returns the row that holds
        now: a touching one that says the same grows instead. Call in a transaction.
        Raises SoAlready and Refused (day_outside_period).
        """
        must_begin_before(since, until)
        self.take_turn()
        before, now, after = self._around(since)
        if now is not None and now._says_the_same(self):
            raise SoAlready(now, on=since)
        ends = [until, after.during.lower if after else None]
        if now is not None and not up_to_next_beginning:
            ends.append(now.during.upper)
        end = min((day for day in ends if day is not None), default=None)
        if now is not None:
            now._make_room(since, end)
        return self._joined(before, after, since=since, until=end)

    def stop(self, *, on: date) -> bool:
        """From the day nothing holds, up to the next change that is written down. False: nothing did on that day.

        This row need not be saved: only ``per`` is read. Call in a transaction.
        """
        self.take_turn()
        row = self.series().filter(during__holds=on).first()
        if row is not None:
            row.cut(on=on)
        return row is not None

    def replace(self, fresh: Self, *, since: date) -> Self:
        """Let the new row hold from ``since`` up to the end of this one.

        Raises Refused (day_outside_period) when this one is over.
        """
        self.must_last_until(since)
        fresh.during = DateRange(since, self.during.upper)
        self.cut(on=since)
        fresh.save(force_insert=True)
        return fresh

    def end(self, *, on: date) -> None:
        """It is over from the day. One that would end before it began goes as if never written.

        Raises Refused: day_outside_period when it is over by then already, does_not_stand when it is gone.
        """
        row = self.locked()
        row.must_last_until(on)
        row.cut(on=on)

    def must_last_until(self, day: date) -> None:
        """Raises Refused (day_outside_period) when it is over by the day."""
        if self.during.upper is not None and self.during.upper <= day:
            text = _("This one ended on %(day)s already. Choose an earlier day.")
            raise Refused(text % {"day": day_text(self.during.upper)}, code="day_outside_period")

    def cut(self, *, on: date) -> None:
        """As ``end``, for a row the caller has locked and knows to last until the day."""
        if self.during.lower is not None and self.during.lower >= on:
            self.delete()
            return
        self.lasts(self.during.lower, on)

    def correct(self, *, since: date, before: Self | None) -> None:
        """Say that it began on another day. ``before``: as ``before()`` gives it; it ends on that day instead.

        Raises Refused (day_outside_period) when the day passes the end of this one, the beginning of ``before``, or
        days of another.
        """
        low, high = before.during.lower if before else None, self.during.upper
        passes = (low is not None and since <= low) or (high is not None and since >= high)
        if passes or (before is None and self._would_overlap(since)):
            text = _("%(day)s is not between the change before and the one after. Choose another day.")
            raise Refused(text % {"day": day_text(since)}, code="day_outside_period")
        later = self.during.lower is None or since > self.during.lower
        if later:  # whoever loses days does so first, for no two may overlap in between
            self.lasts(since, high)
        if before is not None:
            before.lasts(low, since)
        if not later:
            self.lasts(since, high)

    def take_back(self, *, before: Self | None) -> None:
        """As if it had never begun. ``before``: as ``before()`` gives it; it goes on in these days."""
        self.delete()
        if before is not None:
            before.lasts(before.during.lower, self.during.upper)

    def lasts(self, since: date | None, until: date | None) -> None:
        """Write another period. The database refuses one that overlaps another row's."""
        self.during = DateRange(since, until)
        self.save(update_fields=["during"])

    def _would_overlap(self, since: date) -> bool:
        """Whether another row holds on some day from ``since`` to the first day of this one."""
        first = self.during.lower
        if first is None or since >= first:
            return False
        return self.series().filter(during__overlap=DateRange(since, first)).exists()

    def _around(self, day: date) -> tuple[Self | None, Self | None, Self | None]:
        """The row that ends on the day, the one that holds on it, and the next one to begin; in one query."""
        near = models.Q(during__endswith=day) | models.Q(during__overlap=DateRange(day, None))
        rows = list(self.series().filter(near).order_by("during")[:3])
        before = next((row for row in rows if row.during.upper == day), None)
        now = next((row for row in rows if day in row.during), None)
        after = next((row for row in rows if row.during.lower is not None and row.during.lower > day), None)
        return before, now, after

    def _make_room(self, since: date, until: date | None) -> None:
        """Leave the days from ``since`` to ``until`` to another row, and go on after them."""
        low, high = self.during.lower, self.during.upper
        if until is None or (high is not None and high <= until):
            self.cut(on=since)
        elif low is not None and low >= since:
            self.lasts(until, high)
        else:
            self.lasts(low, since)
            self.pk, self._state.adding, self.during = None, True, DateRange(until, high)
            self.save(force_insert=True)

    def _joined(self, before: Self | None, after: Self | None, *, since: date, until: date | None) -> Self:
        """Save this row for these days, or let those that touch it and say the same have them."""
        if before is None or not before._says_the_same(self):
            before = None
        if after is None or after.during.lower != until or not after._says_the_same(self):
            after = None
        row = before or after or self
        self.during = DateRange(before.during.lower if before else since, after.during.upper if after else until)
        if row is self:
            self.save(force_insert=True)
            return self
        if before is not None and after is not None:
            after.delete()
        row.lasts(self.during.lower, self.during.upper)
        return row

    def _says_the_same(self, other: Self) -> bool:
        return bool(self.says) and all(self._value(name) == other._value(name) for name in self.says)

    def _value(self, name: str) -> Any:
        """A foreign key's id, any other field's value: nothing is fetched."""
        field: Any = self._meta.get_field(name)
        return getattr(self, field.attname)


def must_begin_before(since: date, until: date | None) -> None:
    """Raises Refused (day_outside_period) for a period that would end before it begins."""
    if until is not None and until <= since:
        text = _("It would end on %(until)s, before it begins on %(since)s. Choose a later end.")
        raise Refused(text % {"until": day_text(until), "since": day_text(since)}, code="day_outside_period")
