"""Whether Sitebook answers."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


def schema_is_current() -> bool:
    """Whether every migration in the code has been applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def answer() -> HttpResponse:
    """200 when the database answers and the schema is current, else 503 with the reason."""
    try:
        current = schema_is_current()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if not current:
        return JsonResponse({"status": "the schema is behind: run sitebook migrate"}, status=503)
    return JsonResponse({"status": "ok"})


class Health:
    """Answers before anything that needs the database, a session or the right host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return answer() if request.path == "/healthz" else self.get_response(request)
