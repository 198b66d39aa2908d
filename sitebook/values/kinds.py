"""What may be written in a field, and how it is read: one door for pages, API, imports and changes of many records.

A kind reads what was typed, sent as JSON or found in a file into what is kept, and says no with a sentence. Forms and
schemas are made from kinds, so that what one of them takes the others take, show and save again unchanged.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from sitebook.basics.texts import says_something
from sitebook.ui import formats
from sitebook.values import readers
from sitebook.values.inputs import DayField, NumberField, TagsField
from sitebook.values.readers import BadValue

LONGEST_LINE = 1000
Pairs = Sequence[tuple[str, str | Promise]]
MOST_TAGS, TAG_LENGTH = 50, 40


@dataclass(frozen=True, kw_only=True)
class Kind(ABC):
    """``required``: something must be written. ``empty``: what is kept where nothing is."""

    required: bool = False
    empty: Any = None

    def read(self, given: Any) -> Any:
        """What is kept of something typed, sent or found in a file. Raises BadValue with a sentence."""
        if given is None or (isinstance(given, str) and not given.strip()) or given == []:
            if self.required:
                raise BadValue(_("Write something that can be read."))
            return list(self.empty) if isinstance(self.empty, list) else self.empty
        return self._read(given)

    @abstractmethod
    def _read(self, given: Any) -> Any:
        """As ``read``, of something that is there."""

    @abstractmethod
    def input(self, **options: Any) -> forms.Field:
        """The field that asks for it in a form, before ``read`` has its say."""

    @property
    @abstractmethod
    def shape(self) -> Any:
        """What programs send, as a type for pydantic."""

    def options(self) -> Pairs:
        """The values there are, where they are few; none otherwise."""
        return ()

    def text(self, kept: Any) -> Any:
        """What a cell says of a value."""
        return kept

    def said(self, kept: Any) -> Any:
        """A value as people of the reader's language write it."""
        return self.text(kept)

    def told(self, kept: Any) -> Any:
        """What programs read of a value, as JSON holds it."""
        return kept

    @property
    def told_shape(self) -> Any:
        """The type of what programs read."""
        return self.shape if self.empty is not None else self.shape | None

    @property
    def schema(self) -> Any:
        """``shape``, judged by this kind; ``read`` turns it into what is kept."""

        def judged(sent: Any) -> Any:
            try:
                self.read(sent)
            except BadValue as fault:
                raise ValueError(str(fault)) from fault
            return sent

        shape: Any = Annotated[self.shape, pydantic.AfterValidator(judged)]
        return shape if self.required or self.empty is not None else shape | None


def readable(text: Any) -> str:
    if not isinstance(text, str):
        raise BadValue(_("“%(value)s” is not text.") % {"value": str(text)[:60]})
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadValue(_("There is a letter in it that cannot be kept."))
    return text


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        told = {"length": len(text), "most": most}
        raise BadValue(_("The text has %(length)s characters; there is room for %(most)s.") % told)
    return text


@dataclass(frozen=True, kw_only=True)
class Line(Kind):
    """Text in one line, without doubled blanks. ``suggests``: the id of the page's list of words in use."""

    length: int
    empty: Any = ""
    suggests: str = ""

    def _read(self, given: Any) -> str:
        text = _fitting(" ".join(readable(given).split()), self.length)
        if self.required and not says_something(text):
            raise BadValue(_("Write something that can be read."))
        return text

    def input(self, **options: Any) -> forms.Field:
        attrs = {"list": self.suggests, "autocomplete": "off"} if self.suggests else {}
        return forms.CharField(max_length=self.length, widget=forms.TextInput(attrs=attrs), **options)

    @property
    def shape(self) -> Any:
        least = 1 if self.required else None
        return Annotated[str, pydantic.Field(min_length=least, max_length=self.length)]


@dataclass(frozen=True, kw_only=True)
class Paragraphs(Kind):
    """Text of several lines."""

    length: int = 20_000
    empty: Any = ""
    rows: int = 3

    def _read(self, given: Any) -> str:
        text = readable(given).replace("\r\n", "\n").replace("\r", "\n")
        return _fitting("\n".join(line.rstrip() for line in text.strip().split("\n")), self.length)

    def input(self, **options: Any) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": self.rows})
        # Browsers send two letters for the end of a line, which is kept as one.
        return forms.CharField(widget=widget, **options)

    @property
    def shape(self) -> Any:
        return Annotated[str, pydantic.Field(max_length=self.length)]


@dataclass(frozen=True, kw_only=True)
class OneOf(Kind):
    """One of a few choices, by its value or by its label, case apart."""

    choices: Pairs
    empty: Any = ""

    def options(self) -> Pairs:
        return self.choices

    def _read(self, given: Any) -> str:
        known = [{"value": value, "label": str(label)} for value, label in self.choices]
        return readers.choice(given, known)

    def input(self, **options: Any) -> forms.Field:
        nothing = [] if self.required else [("", "")]
        return forms.ChoiceField(choices=[*nothing, *self.choices], **options)

    @property
    def shape(self) -> Any:
        known = tuple(value for value, _label in self.choices)
        return Literal[(*known,)] if self.required else Literal[("", *known)]

    def text(self, kept: Any) -> Any:
        return str(dict(self.choices).get(kept, ""))


@dataclass(frozen=True, kw_only=True)
class YesNo(Kind):
    empty: Any = False

    def options(self) -> Pairs:
        return (("yes", lazy("yes")), ("no", lazy("no")))

    def _read(self, given: Any) -> bool:
        return readers.yes_or_no(given)

    def input(self, **options: Any) -> forms.Field:
        return forms.BooleanField(**options)

    @property
    def shape(self) -> Any:
        return bool

    def text(self, kept: Any) -> Any:
        return _("yes") if kept else ""


@dataclass(frozen=True, kw_only=True)
class Whole(Kind):
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = 32_767

    def _read(self, given: Any) -> int:
        number = Decimal(readers.number(given))
        if number != int(number) or not self.least <= number <= self.most:
            said = {"value": str(given)[:60], "least": self.least, "most": self.most}
            raise BadValue(_("“%(value)s” is not a whole number from %(least)s to %(most)s.") % said)
        return int(number)

    def said(self, kept: Any) -> Any:
        return "" if kept is None else formats.number(kept)

    def input(self, **options: Any) -> forms.Field:
        return forms.IntegerField(min_value=self.least, max_value=self.most, **options)

    @property
    def shape(self) -> Any:
        return Annotated[int, pydantic.Field(ge=self.least, le=self.most)]


@dataclass(frozen=True, kw_only=True)
class Number(Kind):
    """A decimal number with up to ``places`` digits after the point; more are rounded where ``rounds``. ``shown``: so
    many are always shown, as of an amount of money. ``comma``: a comma is a decimal one, as no number has thousands."""

    digits: int
    places: int
    least: Decimal | None = None
    most: Decimal | None = None
    rounds: bool = False
    comma: bool = False
    shown: int = 0

    def _read(self, given: Any) -> Decimal:
        number = self._number(given)
        kept = round(number, self.places)
        top = Decimal(10) ** (self.digits - self.places)
        least, most = self.least if self.least is not None else -top, self.most if self.most is not None else top
        if kept != number and not self.rounds:
            said = {"value": str(given)[:60], "places": self.places}
            raise BadValue(_("“%(value)s” has more than %(places)s digits after the point.") % said)
        if not least <= kept <= most or abs(kept) >= top:
            said = {"value": str(given)[:60], "least": least, "most": most}
            raise BadValue(_("“%(value)s” is not a number from %(least)s to %(most)s.") % said)
        return kept

    def said(self, kept: Any) -> Any:
        """With the digits it has, no noughts at its end but those that are always shown."""
        if kept is None:
            return ""
        return formats.number(kept, max(self.shown, len(readers.number(kept).partition(".")[2])))

    def _number(self, given: Any) -> Decimal:
        if self.comma and isinstance(given, str) and "." not in given:
            given = given.replace(",", ".", 1)
        if not self.rounds:
            return Decimal(readers.number(given))
        try:
            return Decimal(readers.number(round(Decimal(str(given).strip()), self.places)))
        except ArithmeticError:
            return Decimal(readers.number(given))

    def input(self, **options: Any) -> forms.Field:
        return NumberField(self, min_value=self.least, max_value=self.most, **options)

    @property
    def shape(self) -> Any:
        least = None if self.least is None else float(self.least)
        most = None if self.most is None else float(self.most)
        return Annotated[float, pydantic.Field(ge=least, le=most)]


_HALF_TURN = Decimal(180)
LATITUDE = Number(digits=9, places=6, least=-_HALF_TURN / 2, most=_HALF_TURN / 2, rounds=True, comma=True)
LONGITUDE = Number(digits=9, places=6, least=-_HALF_TURN, most=_HALF_TURN, rounds=True, comma=True)


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    """``latest``: gives the last day there can be, such as today."""

    latest: Callable[[], date] | None = None

    def said(self, kept: Any) -> Any:
        return "" if kept is None else formats.day_text(kept)

    def _read(self, given: Any) -> date:
        day = date.fromisoformat(readers.day(given))
        if self.latest and day > self.latest():
            raise BadValue(_("This day is still to come."))
        return day

    def input(self, **options: Any) -> forms.Field:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return DayField(self, widget=widget, **options)

    @property
    def shape(self) -> Any:
        return Annotated[date, pydantic.BeforeValidator(self._as_day)]

    def _as_day(self, sent: Any) -> Any:
        """Only as text: a number is no day."""
        try:
            return self._read(sent if isinstance(sent, str) else str(sent))
        except BadValue as fault:
            raise ValueError(str(fault)) from fault


@dataclass(frozen=True, kw_only=True)
class Words(Kind):
    """Tags: each once, as first written. A comma ends a tag, wherever it is written: forms show them with commas."""

    most: int = MOST_TAGS
    length: int = TAG_LENGTH
    empty: Any = field(default_factory=list)

    def _read(self, given: Any) -> list[str]:
        words = [given] if isinstance(given, str) else given
        found: dict[str, str] = {}
        for word in (part for each in words for part in readable(each).split(",")):
            tidy = " ".join(word.split())
            if len(tidy) > self.length:
                said = {"word": tidy[:60], "most": self.length}
                raise BadValue(_("The tag “%(word)s” is longer than %(most)s letters.") % said)
            if tidy:
                found.setdefault(tidy.casefold(), tidy)
        if len(found) > self.most:
            said = {"count": len(found), "most": self.most}
            raise BadValue(_("There are %(count)s tags; there is room for %(most)s.") % said)
        return list(found.values())

    def input(self, **options: Any) -> forms.Field:
        return TagsField(**options)

    @property
    def shape(self) -> Any:
        word = Annotated[str, pydantic.Field(max_length=self.length)]
        return Annotated[list[word], pydantic.Field(max_length=self.most)]

    def text(self, kept: Any) -> Any:
        return ", ".join(kept)


def kind_of(field: models.Field[Any, Any]) -> Kind:
    """The kind that a column of a model is, by its type, length and choices. Raises TypeError for a column without."""
    required = not field.blank and not field.null and not field.has_default()
    if field.choices:
        return OneOf(choices=tuple(field.flatchoices), required=not field.blank)
    if isinstance(field, models.CharField | models.GeneratedField):  # a generated one is written by the database alone
        return Line(length=field.max_length or LONGEST_LINE, required=required and isinstance(field, models.CharField))
    usual: dict[str, Any] = {"required": required, "empty": field.get_default() if field.has_default() else None}
    if isinstance(field, models.DecimalField):
        return Number(digits=field.max_digits or 15, places=field.decimal_places or 0, **usual)
    if isinstance(field, models.IntegerField):
        return Whole(**usual)
    for kind, made in _PLAIN:
        if isinstance(field, kind):
            return made()
    raise TypeError(f"{field} needs a kind of its own")


_PLAIN: tuple[tuple[Any, Callable[[], Kind]], ...] = (
    (models.TextField, Paragraphs),
    (models.BooleanField, YesNo),
    (models.DateField, Day),
    (ArrayField, Words),
)
