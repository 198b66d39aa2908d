"""/healthz is asked every few seconds for as long as Sitebook runs: it costs one statement and tells what is wrong."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test import Client

from sitebook.files.storage import uploads
from tests.statements import statements


@pytest.mark.django_db
def test_it_asks_one_statement_and_opens_no_session() -> None:
    client = Client()
    assert client.get("/healthz").json() == {"status": "ok"}
    with statements() as sent:
        assert client.get("/healthz").status_code == 200
    assert len(sent) == 1
    assert not client.cookies
    assert not list(uploads().iterdir())


def test_a_schema_that_is_behind_is_told(committed: None) -> None:
    client = Client()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE (app, name) = ('users', '0008_counters') RETURNING applied")
        (applied,) = cursor.fetchone()
        try:
            answer = client.get("/healthz")
        finally:
            values = ("users", "0008_counters", applied)
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", values)
    assert (answer.status_code, answer.json()) == (503, {"status": "the schema is behind: run sitebook migrate"})
    assert client.get("/healthz").status_code == 200
