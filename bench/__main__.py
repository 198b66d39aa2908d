"""``python -m bench search twins``: how well slips and likely twins are found in a large register. What pages cost is
measured by ``sitebook bench``."""

from __future__ import annotations

import sys

from bench import place

WHAT = ("search", "twins")


def main() -> int:
    """0 when it was measured, 2 when the word is not known."""
    wanted = sys.argv[1:] or list(WHAT)
    if unknown := [word for word in wanted if word not in WHAT]:
        print(f"bench does not know {', '.join(unknown)}. It knows {', '.join(WHAT)}.")
        return 2
    place.settle()
    with place.running() as owner:
        from bench import duplicates, large, search

        large.ensure(owner)
        users = large.readers()
        if "search" in wanted:
            search.measure(users)
        if "twins" in wanted:
            duplicates.measure(users)
    return 0


if __name__ == "__main__":
    sys.exit(main())
