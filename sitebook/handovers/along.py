"""What goes along when a site is split or joined, in areas that this one does not know: they say so when the program
starts (``sitebook.config.apps``)."""

from __future__ import annotations

from typing import Protocol

from sitebook.sites.models import Handover


class GoesAlong(Protocol):
    """Called within the transaction of the split or join, after areas and positions have moved."""

    def go(self, change: Handover) -> None:
        """The site was split or joined."""

    def come_back(self, change: Handover) -> None:
        """It is being taken back. The other site, or the area that stood for it, is removed afterwards."""


_known: list[GoesAlong] = []


def register(*goes_along: GoesAlong) -> None:
    """Make these known, once at start."""
    _known.extend(each for each in goes_along if each not in _known)


def go(change: Handover) -> None:
    for each in _known:
        each.go(change)


def come_back(change: Handover) -> None:
    for each in _known:
        each.come_back(change)
