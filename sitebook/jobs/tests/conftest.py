from __future__ import annotations

from collections.abc import Iterator

import pytest

from sitebook.jobs.tests.lifts import Lifts, make_lifts
from tests.cast import Cast, see_all


@pytest.fixture
def lifts(cast: Cast) -> Iterator[Lifts]:
    """Whoever looks sees all."""
    found = make_lifts(cast)
    with see_all():
        yield found
