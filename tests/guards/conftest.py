"""What all guards have in common."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_limit_of_requests(settings: Any) -> None:
    """A crawl calls more operations in a minute than a token may."""
    settings.API_RATE = 1_000_000
