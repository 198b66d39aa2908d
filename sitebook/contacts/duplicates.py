"""Records that are probably there already: what is typed beside what is kept, for whoever asks.

The search proposes (its function sees only what the asker may see), the row policies load, and what is compared
here says why. Nothing of it forbids anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sitebook.basics.email_addresses import comparable
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.search.queries import resembling
from sitebook.sites.models import Site
from sitebook.values import contact_details

MOST = 5
Kind = type[Customer] | type[Contact] | type[Site]

# What a firm's name may leave out or write in full.
_FORMS = frozenset({
    "ltd", "limited", "plc", "llp", "llc", "lp", "inc", "incorporated", "corp", "corporation", "co", "company", "gmbh",
    "ag", "kg", "bv", "nv", "sa", "sas", "sarl", "srl", "spa", "oy", "ab", "as", "aps", "pty", "and", "the",
})  # fmt: skip
# Words that stand in so many names that they tell little.
_COMMON = frozenset({
    "group", "holdings", "holding", "investments", "investment", "management", "property", "properties", "services",
    "service", "residential", "realty", "real", "estate", "estates", "apartments", "apartment", "housing", "council",
    "county", "city", "borough", "district", "developments", "development", "enterprises", "international",
    "construction", "trust", "association", "society", "sons", "of",
})  # fmt: skip
_ENDINGS = ("ltd", "limited", "plc", "llp", "llc", "inc", "corp", "co", "gmbh", "bv", "sa")
_STREETS = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "court": "ct",
    "place": "pl", "square": "sq", "boulevard": "blvd", "crescent": "cres", "close": "cl", "gardens": "gdns",
    "terrace": "ter", "parkway": "pkwy", "highway": "hwy", "saint": "st", "north": "n", "south": "s", "east": "e",
    "west": "w",
}  # fmt: skip
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "’": None})
# From this share of letters in common on, two names are alike; a letter of a common word counts for so much less.
_ALIKE, _LESS = 0.78, 0.3
# A slip counts where a word has so many letters; a misspelt legal form is one where it has so many.
_SLIPPABLE, _FORM_SLIPPABLE, _LONGEST = 4, 6, 200


@dataclass(frozen=True)
class Typed:
    """A record as far as it is typed. ``phones``: digits in international form, see ``digits``.

    ``holder``: the id of the customer of a site or contact. ``pk``: of the record that is being edited.
    """

    name: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    vat_number: str = ""
    line1: str = ""
    town: str = ""
    postcode: str = ""
    holder: int | None = None
    pk: int | None = None


@dataclass(frozen=True)
class Twin:
    """A record that may be the one typed. ``strong``: enough to ask before another one is added."""

    record: Customer | Contact | Site
    why: tuple[str, ...]
    strong: bool
    points: float = field(repr=False)


def twins(kind: Kind, typed: Typed) -> list[Twin]:
    """Up to ``MOST`` records that the user may see and that resemble what is typed, the likeliest first."""
    words = core(typed.name)
    holder = typed.holder if kind is not Customer else None
    ids = resembling(
        kind._meta.db_table,
        name=" ".join(words),
        words=_telling(words) if kind is Customer or holder else [],
        holder=holder,
        named=_namesakes(typed.name, words),
        sharing=_sharing(typed, words),
    )
    rows: QuerySet[Any] = kind._default_manager.filter(pk__in=ids).exclude(pk=typed.pk or 0)
    if kind is not Customer:
        rows = rows.select_related("customer")
    found = [twin for row in rows if (twin := _twin(row, typed))]
    return sorted(found, key=lambda each: (-each.points, each.record.is_archived, str(each.record)))[:MOST]


def digits(number: contact_details.Phone) -> str:
    """What two notations of one telephone number share; "" where too little is typed to tell."""
    found = re.sub(r"\D", "", number["number"].partition(";")[0]).lstrip("0")
    return found if not number["odd"] or len(found) > 6 else ""


def core(name: str) -> tuple[str, ...]:
    """The words of a name that tell it apart: no accents, case, signs, articles, legal forms."""
    words = tuple(re.findall(r"[^\W_]+", _folded(name)[:_LONGEST]))
    return tuple(word for word in words if not _is_form(word)) or words


def likeness(mine: Sequence[str], theirs: Sequence[str]) -> float:
    """The share of letters that two names have in common, word by word, a slip of the finger allowed: 0 to 1.

    The last word of ``mine`` may be half typed.
    """
    if "".join(mine) == "".join(theirs):
        return 1.0 if mine else 0.0
    left, common, apart = list(theirs), 0.0, 0.0
    for place, word in enumerate(mine):
        last = place == len(mine) - 1
        fits = (each for each in left if _meant(word, each) or (last and len(word) > 2 and each.startswith(word)))
        if (other := next(fits, None)) is None:
            apart += _weight(word)
        else:
            left.remove(other)
            common += 2 * min(_weight(word), _weight(other))
            apart += max(0, len(other) - len(word) - 1) * (_LESS if other in _COMMON else 1)
    whole = common + apart + sum(map(_weight, left))
    return common / whole if whole else 0.0


def _twin(row: Any, typed: Typed) -> Twin | None:
    """Why a record may be the one typed; None when nothing speaks for it."""
    prefix = "head_" if isinstance(row, Customer) else ""
    mine, theirs = core(typed.name), core(row.name)
    alike = likeness(mine, theirs)
    near = isinstance(row, Customer) or (typed.holder is not None and row.customer_id == typed.holder)
    postcode = _bare(getattr(row, f"{prefix}postcode", ""))
    same_postcode = bool(postcode) and postcode == _bare(typed.postcode)
    same_name = bool(mine) and sorted(mine) == sorted(theirs)
    phone = bool(typed.phones & {digits(each) for each in row.phones} - {""})
    email = bool(typed.emails & {comparable(each["address"]) for each in row.emails})
    vat = _same_vat(typed.vat_number, getattr(row, "vat_number", ""))
    place = _same_place(row, prefix, typed, same_postcode=same_postcode)
    name = (same_name and (near or same_postcode or isinstance(row, Contact))) or (
        alike >= _ALIKE and (near or phone or email)
    )
    told = (
        (vat, 8, _("same VAT number")),
        (name and same_name, 4, _("same name and postcode") if same_postcode else _("same name")),
        (name and not same_name, 3, _("similar name")),
        (email, 3, _("same email address")),
        (phone, 3, _("same phone number")),
        (place, 3, _("same address and postcode") if same_postcode else _("same address")),
    )
    why = tuple(word for holds, _points, word in told if holds)
    if not why:
        return None
    strong = vat or ((phone or email) and alike >= _ALIKE) or (same_name and same_postcode)
    points = sum(points for holds, points, _word in told if holds) + alike + (10 if strong else 0)
    return Twin(record=row, why=why, strong=strong, points=points)


def _same_place(row: Any, prefix: str, typed: Typed, *, same_postcode: bool) -> bool:
    """The same first line, within the postcode, or within the town where one of the two has no postcode."""
    line1, town, postcode = (getattr(row, prefix + part, "") for part in ("line1", "town", "postcode"))
    if not line1 or _street(line1) != _street(typed.line1):
        return False
    same_town = bool(town) and core(town) == core(typed.town)
    return same_postcode or (same_town and not (postcode and typed.postcode))


def _same_vat(mine: str, theirs: str) -> bool:
    """With or without the country's letters before it."""
    one, other = _bare(mine), _bare(theirs)
    same = one == other or re.sub("^[a-z]{2}", "", one) == other or one == re.sub("^[a-z]{2}", "", other)
    return len(one) > 5 and same


def _is_form(word: str) -> bool:
    long = len(word) >= _FORM_SLIPPABLE
    return word in _FORMS or (long and any(len(form) >= _FORM_SLIPPABLE and _meant(word, form) for form in _FORMS))


def _weight(word: str) -> float:
    return len(word) * (_LESS if word in _COMMON else 1)


def _telling(words: Sequence[str]) -> list[str]:
    """The words to look for: the three longest; short ones stand in too many names."""
    return sorted((word for word in words if len(word) > 2), key=len, reverse=True)[:3]


def _namesakes(name: str, words: Sequence[str]) -> list[str]:
    """The name as it may be written in full; what has no two longer words is looked for only so."""
    written = {" ".join(_folded(name).split()), " ".join(words)} - {""}
    ended = [(each, end) for each in written for end in _ENDINGS] if len(_telling(words)) < 2 else []
    return [
        *written,
        *(f"{each}{between}{end}{dot}" for each, end in ended for between in (" ", ", ") for dot in ("", ".")),
    ]


def _sharing(typed: Typed, words: Sequence[str]) -> list[list[str]]:
    """What a record must hold all of to be worth a look: a number, an address, or several things together."""
    postcode, street = _bare(typed.postcode), re.findall(r"[^\W_]+", _folded(typed.line1))[:1]
    vat = re.sub("^[a-z]{2}", "", _bare(typed.vat_number))
    asked = [[each] for each in sorted(typed.phones | typed.emails)[:6]]
    if len(vat) > 5:
        asked.append([vat])
    if len(postcode) > 2:
        asked += [[postcode, part] for part in (*street, *_telling(words)[:1])]
    elif typed.town and typed.line1:
        asked.append([*core(typed.town), *core(typed.line1)[:2]])
    return asked


def _meant(one: str, other: str) -> bool:
    """The same word, or one a slip away: a letter dropped, added, wrong, or two swapped. Numbers are never alike."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SLIPPABLE or abs(len(one) - len(other)) > 1 or not (one + other).isalpha():
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _folded(text: str) -> str:
    """Without accents and case."""
    spread = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def _bare(text: str) -> str:
    """Letters and digits alone."""
    return "".join(re.findall(r"[^\W_]", _folded(text)))


def _street(line: str) -> list[str]:
    return [_STREETS.get(word, word) for word in re.findall(r"[^\W_]+", _folded(line))]
