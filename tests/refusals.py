"""What a rule refuses, asked by its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sitebook.basics.refused import Refused


@contextmanager
def refused(code: str, *, match: str | None = None) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """The block is refused with this code; ``match``: a regular expression found in the sentence."""
    with pytest.raises(Refused, match=match) as caught:
        yield caught
    assert caught.value.code == code
