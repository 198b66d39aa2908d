"""How fast and how forgiving the search is on a large register, with the demo's real names in it."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

KINDS = ("customers_customer", "contacts_contact", "sites_site")
WANT = 10
EACH = 200
SEED = 20_261_122
# Each query's best of so many: what else the machine does meanwhile is not the search's.
TRIES = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def measure(users: dict[str, Any]) -> None:
    """Print milliseconds in the database for kinds of queries, then how many slips still find what was meant."""
    rng = random.Random(SEED)
    names = _names()
    words = sorted({word for name in names for word in name.split() if len(word) >= 5 and word.isalpha()})
    print(f"{len(names):,} names of the demo, {len(words):,} words of five letters or more")
    print(f"ms in the database, p50/p95 of the queries, each the best of {TRIES} tries")
    queries = _queries(rng, names, words)
    print(f"{'query':34}" + "".join(f"{name:>16}" for name in users))
    for what, asked in queries.items():
        print(f"{what:34}" + "".join(f"{_times(user, asked):>16}" for user in users.values()), flush=True)
    print(f"\n{'slip':12}{'one word':>12}{'whole name':>12}   found among the first ten of {EACH} each")
    for what, slip in SLIPS.items():
        cells = [_recall(rng, users["all"], texts, slip) for texts in (words, names)]
        print(f"{what:12}" + "".join(f"{cell:11.1%} " for cell in cells), flush=True)


def _names() -> list[str]:
    """Names of the demo's customers and sites as the search has them, two words or more."""
    from django.db import connection

    from sitebook.access.identity import acting

    with acting(everything=True), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.name FROM search_entry e JOIN sites_siteexternalid x ON x.site_id = e.record_id"
            " WHERE e.kind = 'sites_site' UNION SELECT name FROM search_entry WHERE kind = 'customers_customer'"
            " AND record_id IN (SELECT s.customer_id FROM sites_site s"
            " JOIN sites_siteexternalid x ON x.site_id = s.id)"
        )
        return sorted(name for (name,) in cursor.fetchall() if any(len(w) >= 5 and w.isalpha() for w in name.split()))


def _queries(rng: random.Random, names: list[str], words: list[str]) -> dict[str, list[str]]:
    from django.db import connection

    from sitebook.access.identity import acting

    with acting(everything=True), connection.cursor() as cursor:
        cursor.execute("SELECT postcode, code FROM sites_site TABLESAMPLE SYSTEM (1) WHERE code <> '' LIMIT 200")
        places = cursor.fetchall()
        cursor.execute(
            "SELECT left(w, 3), count(*) FROM"
            " (SELECT search_words(name) AS w FROM search_entry TABLESAMPLE SYSTEM (5)) s"
            " GROUP BY 1 ORDER BY 2 DESC LIMIT 20"
        )
        common = [row[0] for row in cursor.fetchall()]
    numbers = [f"0113 {n:07d}"[:8] + " " + f"{n:07d}"[3:] for n in rng.sample(range(1, 90_000), EACH)]
    fragments = [name[i : i + 7] for name in rng.sample(names, EACH) for i in (max(0, len(name) // 2 - 4),)]
    return {
        "whole names": rng.sample(names, EACH),
        "half names": fragments,
        "codes": [code for _postcode, code in places],
        "postcodes": [postcode for postcode, _code in places],
        "telephone numbers": numbers,
        "misspelt words": [swapped(rng, word) for word in rng.sample(words, EACH)],
        "misspelt names": [swapped(rng, name) for name in rng.sample(names, EACH)],
        "three letters, the most frequent": common,
    }


def _times(user: Any, asked: list[str]) -> str:
    from sitebook.access.identity import acting
    from sitebook.search.queries import find

    with acting(user=user, via="screen"):
        find("warm up", kinds=KINDS, want=WANT)
        spent = [min(_spent(find, text) for _ in range(TRIES)) for text in asked]
    return f"{statistics.median(spent):.1f}/{statistics.quantiles(spent, n=20)[-1]:.1f}"


def _spent(find: Callable[..., Any], text: str) -> float:
    began = time.perf_counter()
    find(text, kinds=KINDS, want=WANT)
    return (time.perf_counter() - began) * 1000


def _recall(rng: random.Random, user: Any, texts: list[str], slip: Callable[[random.Random, str], str]) -> float:
    """The share of slips after which a record whose name holds the text meant is among the first ten."""
    from django.db import connection

    from sitebook.access.identity import acting
    from sitebook.search.queries import find

    found = 0
    with acting(user=user, via="screen"), connection.cursor() as cursor:
        for meant in rng.sample(texts, EACH):
            hits = sorted(find(slip(rng, meant), kinds=KINDS, want=WANT), key=lambda hit: hit.rank)[:WANT]
            for hit in hits:
                cursor.execute("SELECT plain_text(%s)", [hit.title])
                if meant in cursor.fetchone()[0]:
                    found += 1
                    break
    return found / EACH


def _in_a_word(rng: random.Random, text: str) -> tuple[str, str, str]:
    """A word of five letters or more, and what stands before and after it."""
    words = text.split(" ")
    place = rng.choice([i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha()])
    before, after = " ".join([*words[:place], ""]), " ".join(["", *words[place + 1 :]])
    return before, words[place], after


def swapped(rng: random.Random, text: str) -> str:
    before, word, after = _in_a_word(rng, text)
    places = [i for i in range(len(word) - 1) if word[i] != word[i + 1]]
    i = rng.choice(places)
    return before + word[:i] + word[i + 1] + word[i] + word[i + 2 :] + after


def dropped(rng: random.Random, text: str) -> str:
    before, word, after = _in_a_word(rng, text)
    i = rng.randrange(len(word))
    return before + word[:i] + word[i + 1 :] + after


def added(rng: random.Random, text: str) -> str:
    before, word, after = _in_a_word(rng, text)
    i = rng.randrange(len(word) + 1)
    return before + word[:i] + rng.choice(LETTERS) + word[i:] + after


def doubled(rng: random.Random, text: str) -> str:
    before, word, after = _in_a_word(rng, text)
    i = rng.randrange(len(word))
    return before + word[: i + 1] + word[i:] + after


SLIPS = {"swapped": swapped, "dropped": dropped, "added": added, "doubled": doubled}
