"""The description of the interface, for programs and to read, and the answer to an address it does not know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sitebook.access.decorators import page
from sitebook.api.interface import description
from sitebook.api.middleware import SAID
from sitebook.api.problems import Problem
from sitebook.api.responses import Json
from sitebook.ui.render import show


@page(anyone=True)
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})


@csrf_exempt  # there is nothing to forge, and a program has no form of ours
@page(anyone=True)
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    return Problem(404, str(SAID[404])).answer()


@page(signed_in=True)
def docs(request: HttpRequest) -> HttpResponse:
    """The description to read, out of the same document."""
    schemas = description()["components"]["schemas"]
    groups: dict[str, list[Json]] = {}
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            told = {**operation, "method": method.upper(), "path": path, "body": _body(operation)}
            groups.setdefault(operation["tags"][0], []).append(told)
    context = {"groups": groups, "schemas": schemas, "help": "api"}
    return show(request, "api/docs.html", context)


def _body(operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
