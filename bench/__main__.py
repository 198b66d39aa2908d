"""``python -m bench pages search twins``: makes the large register when it is not there, then measures."""

from __future__ import annotations

import sys

from bench import place

WHAT = ("pages", "search", "twins")


def main() -> int:
    """0 when it was measured, 2 when the word is not known."""
    wanted = sys.argv[1:] or list(WHAT)
    if unknown := [word for word in wanted if word not in WHAT]:
        print(f"bench does not know {', '.join(unknown)}. It knows {', '.join(WHAT)}.")
        return 2
    place.settle()
    with place.running() as owner:
        from bench import duplicates, large, pages, search

        large.ensure(owner)
        users = large.readers()
        if "pages" in wanted:
            pages.measure(users)
        if "search" in wanted:
            search.measure(users)
        if "twins" in wanted:
            duplicates.measure(users)
    return 0


if __name__ == "__main__":
    sys.exit(main())
