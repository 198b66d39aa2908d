"""How many of the demo's real customers are recognised however their names are written, how often a new name is taken
for one that is there, and how long it takes on a large register."""

from __future__ import annotations

import random
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.search import SEED, TRIES, added, doubled, dropped, swapped

EACH = 200
ACCENTS = str.maketrans("aeiou", "áèîöü")
FORMS = {"ltd": "Limited", "ltd.": "Limited", "limited": "Ltd", "inc": "Incorporated", "inc.": "Incorporated",
         "incorporated": "Inc.", "corp": "Corporation", "corp.": "Corporation", "corporation": "Corp."}  # fmt: skip


def measure(users: dict[str, Any]) -> None:
    """Print how many of each kind of variant are shown, false ones among new names, and milliseconds."""
    from sitebook.access.identity import acting
    from sitebook.contacts.duplicates import Typed, core, twins
    from sitebook.customers.models import Customer

    rng = random.Random(SEED)
    with acting(everything=True):
        demo = Customer.objects.filter(sites__external_ids__isnull=False).distinct().order_by("pk")
        real = dict(demo.values_list("pk", "name"))
    print(f"{len(real):,} customers of the demo; shown among the five at most, of up to {EACH} each")
    asked: list[str] = []
    for what, variant in VARIANTS.items():
        planted = [(pk, typed) for pk, name in real.items() if (typed := _made(variant, rng, name)) not in ("", name)]
        planted = rng.sample(planted, min(EACH, len(planted)))
        asked += [typed for _pk, typed in planted]
        with acting(user=users["all"], via="screen"):
            shown = [pk in [twin.record.pk for twin in twins(Customer, Typed(name=typed))] for pk, typed in planted]
        print(f"{what:34}{sum(shown):>5} of {len(shown)}", flush=True)
    words = [core(name) for name in real.values()]
    new = [
        " ".join((rng.choice(words)[0], rng.choice(words)[-1], rng.choice(("Ltd", "Inc.", "Group"))))
        for _ in range(EACH)
    ]
    with acting(user=users["all"], via="screen"):
        others = sum(bool(twins(Customer, Typed(name=name))) for name in new)
        alone = [twins(Customer, Typed(name=name, pk=pk)) for pk, name in rng.sample(sorted(real.items()), EACH)]
    print(f"{'new names with somebody shown':34}{others:>5} of {EACH}, e.g. {', '.join(new[:3])}")
    print(f"{'real names beside all others':34}{sum(map(bool, alone)):>5} of {EACH}")
    print(f"ms of all that is asked, best of {TRIES} tries, p50/p95: " + _times(users, rng.sample(asked, EACH)))


def _times(users: dict[str, Any], names: list[str]) -> str:
    from sitebook.access.identity import acting
    from sitebook.contacts.duplicates import twins
    from sitebook.customers.models import Customer

    cells = []
    for who, user in users.items():
        with acting(user=user, via="screen"):
            spent = [
                min(_spent(lambda typed: twins(Customer, typed), _typed(name, number)) for _ in range(TRIES))
                for number, name in enumerate(names)
            ]
        cells.append(f"{who} {statistics.median(spent):.0f}/{statistics.quantiles(spent, n=20)[-1]:.0f}")
    return ", ".join(cells)


def _spent(ask: Callable[[Any], Any], typed: Any) -> float:
    began = time.perf_counter()
    ask(typed)
    return (time.perf_counter() - began) * 1000


def _typed(name: str, number: int) -> Any:
    """Everything that is compared, in each field something."""
    from sitebook.contacts.duplicates import Typed

    return Typed(
        name=name,
        phones=frozenset({f"44113{number:07d}"}),
        emails=frozenset({f"desk{number}@x.example"}),
        vat_number=f"GB{900000000 + number}",
        line1=f"{number} High Street",
        postcode=f"LS1 {number % 9}AB",
    )


def _made(variant: Callable[[random.Random, str], str], rng: random.Random, name: str) -> str:
    """ "" where the name has nothing that could be written so."""
    try:
        return variant(rng, name)
    except IndexError:
        return ""


def _other_form(rng: random.Random, name: str) -> str:
    return " ".join(FORMS.get(word.lower(), word) for word in name.split())


def _without_form(rng: random.Random, name: str) -> str:
    return " ".join(word for word in name.split() if word.lower() not in FORMS)


def _with_form(rng: random.Random, name: str) -> str:
    return "" if any(word.lower() in FORMS for word in name.split()) else f"{name} Ltd"


def _ampersand(rng: random.Random, name: str) -> str:
    return (
        re.sub(r"\band\b", "&", name, flags=re.IGNORECASE)
        if "&" not in name
        else " ".join(name.replace("&", " and ").split())
    )


VARIANTS: dict[str, Callable[[random.Random, str], str]] = {
    "Ltd and Limited, Inc. and so on": _other_form,
    "without Ltd, Inc.": _without_form,
    "Ltd added": _with_form,
    "& and and": _ampersand,
    "accents": lambda _rng, name: name.lower().translate(ACCENTS),
    "no signs": lambda _rng, name: re.sub(r"[^\w ]", "", name).lower(),
    "words the other way round": lambda _rng, name: " ".join(reversed(name.split())),
    "letters swapped": lambda rng, name: swapped(rng, name.lower()),
    "letter dropped": lambda rng, name: dropped(rng, name.lower()),
    "letter added": lambda rng, name: added(rng, name.lower()),
    "letter doubled": lambda rng, name: doubled(rng, name.lower()),
    "first word left out": lambda _rng, name: " ".join(name.split()[1:]) if len(name.split()) > 3 else "",
    "words written as one": lambda _rng, name: re.sub(r"(?<=\w{3}) (?=\w{3})", "", name, count=1),
}
