"""Meters of an asset: one logical counter each, the counters that were fitted for it in turn, and their readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.assets import meter_rules as rules
from sitebook.assets.meter_rules import Counter, Misfit, Point
from sitebook.assets.models import Asset
from sitebook.basics.named import Named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import by_parent
from sitebook.products.meter_types import MeterType

_OF_ASSET = replace(by_parent("assets_asset", "asset_id"), write="insert, update")


class Meter(models.Model):
    """What is counted or measured at an asset, through all counters it ever had.

    ``most_a_day``: more is doubted; None: ten times the usual.
    """

    named = Named(one=_("meter"))
    seen_by = _OF_ASSET

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="meters", editable=False, db_index=False)
    type = models.ForeignKey(MeterType, verbose_name=_("Meter type"), on_delete=models.PROTECT, related_name="meters")
    label = models.CharField(_("Label"), max_length=60, blank=True, default="")
    most_a_day = models.DecimalField(_("At most a day"), max_digits=18, decimal_places=6, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("asset", "type", "label", name="a_meter_has_a_label_of_its_own"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.label}".strip()

    @property
    def counter(self) -> Counter:
        """How it behaves, for the rules."""
        counting = self.type.behaviour == MeterType.Behaviour.COUNTING
        return Counter(counting=counting, limit=self.type.rollover_limit if counting else None)

    @classmethod
    @transaction.atomic
    def add(
        cls,
        asset: Asset,
        *,
        type: MeterType,  # noqa: A002 - as the field is called
        at: datetime,
        value: Decimal,
        now: datetime,
        label: str = "",
        serial: str = "",
        most_a_day: Decimal | None = None,
    ) -> Meter:
        """A meter with its first counter, and what that showed.

        Raises Refused (meter_there_already, day_not_possible, reading_outside).
        """
        try:
            with transaction.atomic():
                made = cls.objects.create(asset=asset, type=type, label=label, most_a_day=most_a_day)
        except IntegrityError as fault:
            text = say("There is a meter %(name)s already. Give this one a label.")
            raise Refused(text % {"name": cls(type=type, label=label)}, code="meter_there_already") from fault
        made._begin(at=at, value=value, serial=serial, now=now)
        return made

    def take_reading(
        self,
        *,
        at: datetime,
        value: Decimal,
        now: datetime,
        kind: str = "actual",
        rolled: bool = False,
        source: str = "",
    ) -> Reading:
        """Write a reading, also a late one. ``rolled``: the dial has passed its limit since the reading before.

        Raises Refused (day_not_possible, no_counter_then, reading_there_already, reading_falls, reading_outside).
        """
        span = self._span_at(at)
        return self._written(span, at=at, value=value, now=now, kind=kind, rolled=rolled, source=source)

    def exchange(
        self,
        *,
        at: datetime,
        closing: Decimal,
        opening: Decimal,
        now: datetime,
        serial: str = "",
        rolled: bool = False,
    ) -> MeterSpan:
        """Another counter from this time on. ``closing``: what the old one showed last; ``opening``: the new one first.

        Raises Refused as ``read``, and counter_read_since when the old one was read at that time or later.
        """
        with transaction.atomic():
            span = self._last_span()
            if span.readings.counting().filter(at__gte=at).exists():
                text = say("The old counter was read at that time or later. Choose a later time.")
                raise Refused(text, code="counter_read_since")
            self._written(span, at=at, value=closing, now=now, kind=Reading.Kind.LAST, rolled=rolled)
            MeterSpan.objects.filter(pk=span.pk).update(ended_at=at)
            return self._begin(at=at, value=opening, serial=serial, now=now)

    def _begin(self, *, at: datetime, value: Decimal, serial: str, now: datetime) -> MeterSpan:
        _must_have_been(at, now)
        span = MeterSpan.objects.create(meter=self, asset_id=self.asset_id, serial=serial, started_at=at)
        self._written(span, at=at, value=value, now=now, kind=Reading.Kind.FIRST)
        return span

    def _written(
        self, span: MeterSpan, *, at: datetime, value: Decimal, now: datetime, kind: str, rolled: bool = False,
        source: str = "", instead_of: Reading | None = None,
    ) -> Reading:  # fmt: skip
        _must_have_been(at, now)
        with transaction.atomic():
            Meter.objects.select_for_update(no_key=True).get(pk=self.pk)
            there = [each for each in span.readings.counting() if instead_of is None or each.pk != instead_of.pk]
            points = [each.point for each in there]
            new = Point(at, _rounded(value, self.type), estimated=kind == Reading.Kind.ESTIMATED)
            with _in_words(self.type.rollover_limit):
                gone = rules.admitted(points, new, self.counter, rolled=rolled)
            doubted = instead_of is None and self._doubts(span, new)
            old = [instead_of.pk] if instead_of else []
            return Reading._put(
                span, new, kind=kind, source=source, doubted=doubted, over=[*old, *(p.key for p in gone)]
            )

    def _doubts(self, span: MeterSpan, new: Point) -> bool:
        if not self.counter.counting:
            return False
        spans = {each.pk: list[Point]() for each in self.spans.filter(started_at__lte=new.at).order_by("started_at")}
        for each in self.readings.counting().filter(span__in=spans, at__lte=new.at):
            spans[each.span_id].append(each.point)
        before = rules.curve(spans.values(), self.counter)
        spans[span.pk].append(new)
        return rules.is_doubtful(before, rules.curve(spans.values(), self.counter)[-1], most=self.most_a_day)

    def _last_span(self) -> MeterSpan:
        return MeterSpan.objects.filter(meter=self, ended_at__isnull=True).get()

    def _span_at(self, at: datetime) -> MeterSpan:
        """The counter that was fitted at a time."""
        ended = models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=at)
        span = MeterSpan.objects.filter(ended, meter=self, started_at__lte=at).first()
        if span is None:
            raise Refused(say("No counter was fitted at that time yet."), code="no_counter_then")
        return span


class MeterSpan(models.Model):
    """One counter of a meter, from when to when it was fitted. Its first and last readings say what it showed then."""

    named = Named(one=_("counter"))
    seen_by = _OF_ASSET

    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="spans", editable=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+", editable=False)
    serial = models.CharField(_("Serial number of the counter"), max_length=60, blank=True, default="")
    started_at = models.DateTimeField(_("Fitted"))
    ended_at = models.DateTimeField(_("Taken off"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=models.F("started_at")),
                name="a_counter_is_taken_off_after_it_was_fitted",
            ),
            ExclusionConstraint(
                name="a_meter_has_one_counter_at_a_time",
                expressions=[
                    ("meter", RangeOperators.EQUAL),
                    (
                        models.Func("started_at", "ended_at", function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class Readings(models.QuerySet["Reading"]):
    def counting(self) -> Readings:
        """Those that nothing has taken the place of, in order."""
        return self.filter(superseded_by__isnull=True).order_by("at")


class Reading(models.Model):
    """What a counter showed. It is never changed: another one takes its place.

    ``doubted``: somebody should look at it.
    """

    named = Named(one=_("reading"))
    seen_by = _OF_ASSET

    class Kind(models.TextChoices):
        ACTUAL = "actual", _("Read")
        ESTIMATED = "estimated", _("Estimated")
        FIRST = "first", _("First of a counter")
        LAST = "last", _("Last of a counter")
        CORRECTED = "corrected", _("Corrected")

    span = models.ForeignKey(
        MeterSpan, on_delete=models.CASCADE, related_name="readings", editable=False, db_index=False
    )
    meter = models.ForeignKey(Meter, on_delete=models.CASCADE, related_name="readings", editable=False, db_index=False)
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+", editable=False)
    at = models.DateTimeField(_("Taken"))
    value = models.DecimalField(_("Value"), max_digits=18, decimal_places=6)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind, default=Kind.ACTUAL)
    source = models.CharField(_("Where from"), max_length=60, blank=True, default="")
    doubted = models.BooleanField(_("To be looked at"), default=False)
    superseded_by = models.ForeignKey(
        "self", verbose_name=_("Replaced by"), null=True, on_delete=models.SET_NULL, related_name="instead_of"
    )
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    objects = Readings.as_manager()

    class Meta:
        constraints = [
            # Asked at the end of the transaction: what takes another one's place is written first.
            ExclusionConstraint(
                name="a_counter_is_read_once_at_a_time",
                expressions=[("span", RangeOperators.EQUAL), ("at", RangeOperators.EQUAL)],
                condition=models.Q(superseded_by__isnull=True),
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [models.Index("meter", models.F("at").desc(), name="readings_by_meter")]

    def __str__(self) -> str:
        return f"{self.value.normalize():f}"

    @property
    def point(self) -> Point:
        """It as the rules take it."""
        return Point(self.at, self.value, estimated=self.kind == Reading.Kind.ESTIMATED, key=self.pk)

    def correct(self, *, value: Decimal, now: datetime, at: datetime | None = None, rolled: bool = False) -> Reading:
        """Put another reading in its place. The first and last of a counter keep their time.

        Raises Refused (already_corrected), and as ``Meter.read``.
        """
        if self.superseded_by_id is not None:
            raise Refused(say("This reading is corrected already. Reload the page."), code="already_corrected")
        span, when = self.span, at or self.at
        if self.at in (span.started_at, span.ended_at):
            when = self.at
        elif when <= span.started_at or (span.ended_at is not None and when >= span.ended_at):
            raise Refused(say("Another counter was fitted at that time."), code="no_counter_then")
        kind = Reading.Kind.CORRECTED
        return self.meter._written(span, at=when, value=value, now=now, kind=kind, rolled=rolled, instead_of=self)

    def approve(self) -> None:
        """Say that it is right although it looks odd."""
        Reading.objects.filter(pk=self.pk).update(doubted=False)
        self.refresh_from_db()

    @classmethod
    def _put(
        cls, span: MeterSpan, new: Point, *, kind: str, source: str, doubted: bool, over: Iterable[int]
    ) -> Reading:
        """Write it, and let those of these ids give way."""
        made = cls(span=span, meter_id=span.meter_id, asset_id=span.asset_id, at=new.at, value=new.value, kind=kind)
        made.source, made.doubted = source[:60], doubted
        made.save(force_insert=True)
        for each in over:
            cls.objects.filter(pk=each).update(superseded_by=made, doubted=False)
        made.refresh_from_db()
        return made


@dataclass
class Told:
    """A meter as pages and programs tell of it. ``curve``: the use up to each reading, of all its counters."""

    meter: Meter
    spans: list[MeterSpan]
    readings: list[Reading] = field(default_factory=list)
    lifetime: Decimal = Decimal(0)
    curve: list[tuple[datetime, Decimal]] = field(default_factory=list)

    @property
    def last(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def a_day(self) -> Decimal | None:
        """What is used a day, on the average."""
        return rules.pace(self.curve) if self.meter.counter.counting else None

    @property
    def doubts(self) -> int:
        return sum(each.doubted for each in self.readings)


def told_of(meters: Iterable[Meter]) -> list[Told]:
    """These meters with what their readings say; two statements however many there are."""
    found = list(meters)
    spans: dict[int, list[MeterSpan]] = defaultdict(list)
    for span in MeterSpan.objects.filter(meter__in=found).order_by("started_at"):
        spans[span.meter_id].append(span)
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in Reading.objects.filter(meter__in=found).counting().select_related("made_by"):
        readings[reading.span_id].append(reading)
    told = []
    for meter in found:
        lines = [readings[span.pk] for span in spans[meter.pk]]
        points = [[reading.point for reading in line] for line in lines]
        every = [reading for line in lines for reading in line]
        use, drawn = rules.lifetime(points, meter.counter), rules.curve(points, meter.counter)
        told.append(Told(meter, spans[meter.pk], every, use, drawn))
    return told


def meters_of(asset_id: int) -> models.QuerySet[Meter]:
    return Meter.objects.filter(asset=asset_id).select_related("type").order_by("type__name_key", "label", "pk")


def _must_have_been(at: datetime, now: datetime) -> None:
    if at > now:
        raise Refused(say("This time is still to come."), code="day_not_possible")


def _rounded(value: Decimal, type: MeterType) -> Decimal:  # noqa: A002 - as the field is called
    if value != round(value, type.decimals) or abs(value) >= 10**12:
        text = say("A reading of this meter has at most %(places)s digits after the point, and 12 before it.")
        raise Refused(text % {"places": type.decimals}, code="reading_outside")
    return value


@contextmanager
def _in_words(limit: Decimal | None) -> Iterator[None]:
    """Says in words why a reading cannot be. ``limit``: where the counter begins again. Raises Refused."""
    try:
        yield
    except Misfit as fault:
        if fault.code == "taken":
            text = say("There is a reading of that time already. Correct that one.")
            raise Refused(text, code="reading_there_already") from fault
        if fault.code == "outside":
            raise Refused(say("This counter cannot show that number."), code="reading_outside") from fault
        text = say("The counter would have gone back. Look at the number and the time.")
        if limit is not None:
            text += " " + say("If it has passed its limit and begun again, say so.")
        raise Refused(text, code="reading_falls") from fault
