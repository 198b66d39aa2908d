"""Makes the coasts and borders of the map from ``countries-50m.json`` of the npm package ``world-atlas``.

python tools/outlines.py package/countries-50m.json sitebook/ui/static/ui/outlines/countries.json

What no page reads is left out (names, the land as a whole), and points are put on a grid of about a kilometre, of which
those that fall together are one: nothing that 1:50 million shows is lost.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

STEP = 3
"""So many steps of the package's grid are one of ours."""


def coarser(arc: list[list[int]]) -> list[list[int]]:
    """An arc as steps on the coarser grid; its ends stay where arcs meet."""
    x = y = before_x = before_y = 0
    made: list[list[int]] = []
    for across, up in arc:
        x, y = x + across, y + up
        near_x, near_y = round(x / STEP), round(y / STEP)
        if not made or (near_x, near_y) != (before_x, before_y):
            made.append([near_x - before_x, near_y - before_y])
            before_x, before_y = near_x, near_y
    return made


def outlines(topology: dict[str, Any]) -> dict[str, Any]:
    """The same topology with what the map draws."""
    shapes = topology["objects"]["countries"]["geometries"]
    shift = topology["transform"]
    return {
        "type": "Topology",
        "transform": {"scale": [each * STEP for each in shift["scale"]], "translate": shift["translate"]},
        "objects": {
            "countries": {
                "type": "GeometryCollection",
                "geometries": [{"type": each["type"], "arcs": each["arcs"]} for each in shapes if "arcs" in each],
            }
        },
        "arcs": [coarser(arc) for arc in topology["arcs"]],
    }


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:3])
    target.write_text(json.dumps(outlines(json.loads(source.read_text())), separators=(",", ":")) + "\n")
