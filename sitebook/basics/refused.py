"""The one way a rule says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Sentence = str | _StrPromise


class Refused(Exception):
    """A verb that cannot be done. ``str(error)`` is a sentence fit for the user: it names the thing, the value and
    what to do. ``code``: the same for a program, in snake_case; docs/api.md lists them all.

    Pages show it, the API answers 409. A verb that has written something before it refuses rolls that back itself:
    it runs in ``transaction.atomic()``. A subclass is for what something catches, or for a status of its own.
    """

    status = 409

    def __init__(self, sentence: Sentence, *, code: str) -> None:
        super().__init__(str(sentence))
        self.code = code

    @property
    def linked(self) -> str:
        """The sentence as pages show it: the same, or HTML in which the thing it names is a link."""
        return str(self)


class StaleEdit(Refused):
    """Somebody else saved the record first; carries nothing, the caller reads both values again."""

    def __init__(self, sentence: Sentence, *, code: str = "stale_edit") -> None:
        super().__init__(sentence, code=code)


class NotAllowed(Refused):
    """The user may see the record but not do this."""

    status = 403

    def __init__(self, sentence: Sentence, *, code: str = "not_allowed") -> None:
        super().__init__(sentence, code=code)
