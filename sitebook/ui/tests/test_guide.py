"""The guide's pages and their addresses."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cast import make_firm


@pytest.mark.django_db
def test_a_page_that_was_renamed_is_found_by_its_old_address() -> None:
    make_firm()
    answer = Client().get("/help/own-fields/")
    assert (answer.status_code, answer["Location"]) == (301, "/help/custom-fields/")
    assert Client().get("/help/custom-fields/").status_code == 200
