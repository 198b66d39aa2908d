"""Whether Sitebook answers, and where a signed-in user starts."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from sitebook.access.pages import page


def schema_is_current() -> bool:
    """Whether every migration in the code has been applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@page(anyone=True, login=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and the schema is current, else 503 with the reason."""
    try:
        current = schema_is_current()
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    if not current:
        return JsonResponse({"status": "the schema is behind: run sitebook migrate"}, status=503)
    return JsonResponse({"status": "ok"})


@page(signed_in=True)
def home(request: HttpRequest) -> HttpResponse:
    """The customers, until there is a page of today's work."""
    return redirect("customers:list")
