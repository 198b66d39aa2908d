"""Makers: who makes what is written in many ways. Products and assets keep their brand as it was written.

``OTIS``, ``OTIS ELEV CO`` and ``OITS`` are spellings of one maker. A spelling counts whatever its capitals, accents,
blanks and marks. For products, and for every record that is ``Branded``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import connection, models, transaction
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from sitebook.basics.named import Named, has_column, models_named
from sitebook.basics.refused import Refused
from sitebook.basics.row_access import FoundBy, by_parent, everybody
from sitebook.products.by_name import ByName
from sitebook.products.generated import generated
from sitebook.records.models import Record, RecordRows, reference_number
from sitebook.registers.lists import LAST_CHANGED, InUse

LONGEST = 100
_KEY = "regexp_replace(plain_text({}), '[^[:alnum:]]', '', 'g')"
SHOWN = 500
BRAND_SPELLED = ("products_makerspelling", "brand_key", "key", "maker_name")
"""What a branded record is found by beside its own words: the name of its maker."""


class Branded(Record):
    """A record with a brand. ``brand_key``: what tells spellings apart."""

    brand = models.CharField(_("Brand"), max_length=LONGEST, blank=True, default="")
    brand_key = generated(_KEY.format("brand"))

    class Meta:
        abstract = True


class MakerRows(RecordRows["Maker"]):
    """Typed by the model, for the type checker does not follow a generic manager across modules."""


class Maker(ByName):
    """Who makes products, known by one name and written in many ways. Everybody who signs in sees it."""

    named = Named(one=_("maker"), many=_("Makers"), icon="products", page="makers:record", bulk=True)
    seen_by = everybody(nobodys=True)
    found_by = FoundBy(words=("reference",), children=(("products_makerspelling", "maker_id", "written"),), customer="")
    alone = "a_name_names_one_maker"

    reference = models.CharField(
        _("Reference"),
        max_length=20,
        unique=True,
        editable=False,
        db_default=reference_number("MK", "products_maker_reference"),
    )

    objects = MakerRows.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="a_name_names_one_maker"),
            models.CheckConstraint(condition=~models.Q(name__regex=r"^\s*$"), name="a_maker_has_a_name"),
        ]
        indexes = [
            models.Index("name_key", "id", name="makers_by_name"),
            models.Index("updated_at", "id", name="makers_by_change"),
            models.Index("created_at", "id", name="makers_by_addition"),
        ]

    @classmethod
    def add(cls, *, name: str, **values: Any) -> Self:
        """Make one, with its name as the first spelling. Raises Refused (name_taken)."""
        with transaction.atomic():
            made = super().add(name=name, **values)
            made._spell_own_name()
        return made

    def change(self, *, version: int, **values: Any) -> None:
        """As for every record; a new name is a spelling too. Raises Refused (name_taken)."""
        with transaction.atomic():
            super().change(version=version, **values)
            if "name" in values:
                self.spellings.exclude(maker_name=self.name).update(maker_name=self.name)
                self._spell_own_name()

    @transaction.atomic
    def join(self, written: Iterable[str]) -> list[MakerSpelling]:
        """These brands, as they are written, are of this maker from now on, also those another maker had.

        Raises Refused (is_archived, no_spelling)."""
        if self.is_archived:
            text = say("%(name)s is archived. Restore it first, or choose another maker.")
            raise Refused(text % {"name": self}, code="is_archived")
        keys = keys_of(written)
        if not keys or not all(keys.values()):
            raise Refused(say("Choose spellings that have letters or digits."), code="no_spelling")
        there = {each.key: each for each in MakerSpelling.objects.select_for_update().filter(key__in=keys.values())}
        for text, key in keys.items():
            found = there.get(key)
            if found is None:
                there[key] = MakerSpelling.objects.create(maker=self, written=text, maker_name=self.name)
            elif found.maker_id != self.pk:
                MakerSpelling.objects.filter(pk=found.pk).update(maker=self, maker_name=self.name)
        return list(self.spellings.all())

    def _spell_own_name(self) -> None:
        (key,) = keys_of([self.name]).values()
        taken = MakerSpelling.objects.filter(key=key).exclude(maker=self).first()
        if taken:
            text = say("“%(name)s” is a spelling of %(maker)s. Take it apart there first, or choose another name.")
            raise Refused(text % {"name": self.name, "maker": taken.maker_name}, code="name_taken")
        if key and not self.spellings.filter(key=key).exists():
            MakerSpelling.objects.create(maker=self, written=self.name, maker_name=self.name)


class MakerSpelling(models.Model):
    """One way to write a maker. ``maker_name``: the maker's, so that lists and search need no more than this row."""

    named = Named(one=_("spelling"), silent=frozenset({"maker_name", "key"}))
    seen_by = by_parent("products_maker", "maker_id")

    maker = models.ForeignKey(Maker, verbose_name=_("Maker"), on_delete=models.CASCADE, related_name="spellings")
    written = models.CharField(_("Written"), max_length=LONGEST)
    key = generated(_KEY.format("written"))
    maker_name = models.CharField(max_length=LONGEST, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("spelling")
        ordering = ["written", "pk"]
        constraints = [
            models.UniqueConstraint("key", name="a_spelling_is_of_one_maker"),
            models.CheckConstraint(condition=~models.Q(key=""), name="a_spelling_has_letters_or_digits"),
        ]

    def __str__(self) -> str:
        return self.written

    def take_apart(self) -> None:
        """The brand stands for itself again. Raises Refused (own_name) for the maker's own name."""
        if keys_of([self.maker_name]) == {self.maker_name: self.key}:
            text = say("“%(name)s” is the maker’s own name. Rename the maker, or join its spellings to another one.")
            raise Refused(text % {"name": self.written}, code="own_name")
        self.delete()


def keys_of(written: Iterable[str]) -> dict[str, str]:
    """What tells spellings apart, by the spelling; as the database makes it."""
    texts = [" ".join(text.split())[:LONGEST] for text in written]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t, {_KEY.format('t')} FROM unnest(%s::text[]) t", [[text for text in texts if text]])
        return dict(cursor.fetchall())


def maker_name() -> models.Subquery:
    """For rows with a brand: the name of its maker; nothing where none is known."""
    found = MakerSpelling.objects.filter(key=models.OuterRef("brand_key")).order_by().values("maker_name")
    return models.Subquery(found[:1])


def maker_text(row: Any) -> str:
    """The maker of a row that is read with ``maker_name``, else its brand as it is written."""
    return str(row.maker_name or row.brand)


def of_makers(rows: models.QuerySet[Any], names: list[str]) -> models.QuerySet[Any]:
    """Rows of these makers, whatever spelling each has, or of brands that are written so."""
    keys = set(keys_of(names).values())
    makers = MakerSpelling.objects.filter(key__in=keys).values("maker")
    keys |= set(MakerSpelling.objects.filter(maker__in=makers).values_list("key", flat=True))
    return rows.filter(brand_key__in=keys - {""})


def maker_filter(model: type[Branded]) -> InUse:
    """Narrows a list by makers, and by brands whose maker is not known."""

    def options() -> list[tuple[str, str]]:
        written = model._default_manager.exclude(brand="").order_by("-updated_at").annotate(maker_name=maker_name())
        latest = written.values_list("maker_name", "brand")[:LAST_CHANGED]
        return [(name, name) for name in sorted({maker or brand for maker, brand in latest}, key=str.casefold)]

    return InUse("brand", _("Maker"), options, by=of_makers)


@dataclass(frozen=True)
class Written:
    """A brand as it is written, in how many records of each kind, and its spelling where a maker is known."""

    text: str
    counts: Sequence[int]
    spelling: MakerSpelling | None

    @property
    def total(self) -> int:
        return sum(self.counts)


def branded() -> list[type[Any]]:
    """The kinds of records that have a brand."""
    return [model for model in reversed(models_named().values()) if has_column(model, "brand_key")]


def written_brands(*, text: str = "", without: bool = False) -> list[Written]:
    """The brands in the records the reader sees, those written most first. ``without``: only those of no maker."""
    kinds = branded()
    found: dict[str, Counter[int]] = {}
    for place, model in enumerate(kinds):
        rows = model._default_manager.exclude(brand_key="")
        rows = rows.filter(brand__icontains=text) if text else rows
        for brand, count in rows.order_by().values_list("brand").annotate(count=models.Count("pk")):
            found.setdefault(brand, Counter())[place] += count
    most = sorted(found.items(), key=lambda each: (-each[1].total(), each[0].casefold()))
    keys = keys_of(found)
    known = {each.key: each for each in MakerSpelling.objects.filter(key__in=set(keys.values()))}
    every = [
        Written(brand, [counts[place] for place in range(len(kinds))], known.get(keys.get(" ".join(brand.split()), "")))
        for brand, counts in most
    ]
    return [each for each in every if not without or each.spelling is None][:SHOWN]


def fill_spellings(makers: Sequence[Any]) -> None:
    """Give these makers ``spelling_names``: all their spellings in one text."""
    found: dict[int, list[str]] = {}
    of_makers = MakerSpelling.objects.filter(maker__in=[maker.pk for maker in makers])
    for maker, written in of_makers.order_by("written", "pk").values_list("maker_id", "written"):
        found.setdefault(maker, []).append(written)
    for maker in makers:
        maker.spelling_names = ", ".join(found.get(maker.pk, []))


def spellings_told(maker: Maker) -> list[dict[str, Any]]:
    """In JSON."""
    return [{"id": each.pk, "written": each.written} for each in maker.spellings.all()]
