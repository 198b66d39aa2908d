"""Results as a Markdown table with small bars, and two results side by side."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from sitebook.bench.run import Cost

_BARS = "▁▂▃▄▅▆▇█"
_WORST = 5


def table(costs: Sequence[Cost]) -> str:
    """By group and reader: median and worst, with the scenario that is the worst."""
    lines = [
        "| group | sees | requests | ms, median | ms, worst | worst | statements | rows read |",
        "|---|---|---|---|---|---|---|---|",
    ]
    most = max(cost.ms for cost in costs)
    for (group, reader), found in _grouped(costs).items():
        worst = max(found, key=lambda cost: cost.ms)
        middle = statistics.median(cost.ms for cost in found)
        lines.append(
            f"| {group} | {reader} | {len(found)} | {middle:.1f} | {worst.ms:.1f} "
            f"{_bar(worst.ms, most)} | {worst.scenario} | {max(cost.statements for cost in found)} | "
            f"{max(cost.rows_read for cost in found):,} |"
        )
    return "\n".join(lines) + "\n"


def compared(before: Sequence[Cost], after: Sequence[Cost]) -> str:
    """By group: medians before and after, and the scenarios that changed most."""
    old = {(cost.reader, cost.scenario): cost for cost in before}
    pairs = [(old[key], cost) for cost in after if (key := (cost.reader, cost.scenario)) in old]
    lines = ["| group | sees | ms before | ms after | ratio |", "|---|---|---|---|---|"]
    groups: dict[tuple[str, str], list[tuple[Cost, Cost]]] = {}
    for was, now in pairs:
        groups.setdefault((now.group, now.reader), []).append((was, now))
    for (group, reader), found in groups.items():
        was_ms, now_ms = (statistics.median(pair[place].ms for pair in found) for place in (0, 1))
        lines.append(f"| {group} | {reader} | {was_ms:.1f} | {now_ms:.1f} | {now_ms / was_ms:.2f} |")
    changed = sorted(pairs, key=lambda pair: pair[1].ms / max(pair[0].ms, 0.1))
    lines += ["", "| request | sees | ms before | ms after | ratio |", "|---|---|---|---|---|"]
    for was, now in [*changed[:_WORST], *changed[-_WORST:]]:
        lines.append(
            f"| {now.scenario} | {now.reader} | {was.ms:.1f} | {now.ms:.1f} | {now.ms / max(was.ms, 0.1):.2f} |"
        )
    return "\n".join(lines) + "\n"


def _grouped(costs: Iterable[Cost]) -> dict[tuple[str, str], list[Cost]]:
    found: dict[tuple[str, str], list[Cost]] = {}
    for cost in costs:
        found.setdefault((cost.group, cost.reader), []).append(cost)
    return found


def _bar(ms: float, most: float) -> str:
    return _BARS[min(len(_BARS) - 1, int(ms / most * len(_BARS)))]
