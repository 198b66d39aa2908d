"""The interface for programs: its root, its answers when something is wrong, its OpenAPI document.

``sitebook.config.api`` adds the routers of the areas.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sitebook.api.authentication import Nobody, Token
from sitebook.api.middleware import SAID
from sitebook.api.problems import MEDIA_TYPE, Problem, ProblemShape
from sitebook.api.requests import as_problem, faults_of, shaped_wrongly
from sitebook.api.responses import Json
from sitebook.basics.refused import Refused

IF_MATCH: Json = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag the record had when it was read.",
}
PLACE_OF = "#/components/schemas/{model}"


class Interface(NinjaAPI):
    """Says of its refusals that they are problem details, and of each operation what it needs."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's own name: a good name for a method of a client."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        needs = self._needs()
        for path in schema["paths"].values():
            for method, operation in path.items():
                operation |= _needed(needs[operation["operationId"]])
                if method == "patch":
                    operation["parameters"] = [*operation["parameters"], IF_MATCH]
                for status, answer in operation["responses"].items():
                    if int(status) >= 400:
                        answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": PLACE_OF.format(model="ProblemShape")}}}
        problem = ProblemShape.model_json_schema(ref_template=PLACE_OF)
        schema["components"]["schemas"] |= problem.pop("$defs") | {"ProblemShape": problem}
        return schema

    def _needs(self) -> dict[str, Any]:
        """The mark of each operation by its id."""
        views = [view for router in self._get_bound_routers() for view in router.path_operations.values()]
        return {
            operation.operation_id or self.get_openapi_operation_id(operation): operation.auth_callbacks[0]
            for view in views
            for operation in view.operations
        }


def _needed(mark: Any) -> Json:
    if not isinstance(mark, Token):
        return {}
    allowed = [permission.value for permission in mark.permissions]
    return {"security": [{"Token": [mark.scope.value]}], "x-permissions": allowed}


api = Interface(
    title="Sitebook",
    version="1",
    auth=Nobody(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, fault: Problem) -> HttpResponse:
    return fault.answer()


@api.exception_handler(Refused)
def _refused(request: HttpRequest, fault: Refused) -> HttpResponse:
    return as_problem(fault).answer()


@api.exception_handler(Http404)
def _missing(request: HttpRequest, fault: Http404) -> HttpResponse:
    return Problem(404, str(SAID[404])).answer()


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, fault: AuthenticationError) -> HttpResponse:
    text = _("Send a token in the header: Authorization: Bearer sbk_… It is made under Your profile.")
    return Problem(401, text, headers={"WWW-Authenticate": "Bearer"}).answer()


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return Problem(fault.status_code, str(SAID.get(fault.status_code, fault.message))).answer()


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, fault: RequestDataTooBig) -> HttpResponse:
    return Problem(413, _("The body is larger than 2 MB. Send it in parts.")).answer()


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """ninja names the place as ("body", <the operation's word for the body>, field …)."""
    in_body = all(error["loc"][0] == "body" for error in fault.errors)
    return shaped_wrongly(faults_of(fault.errors, skip=2 if in_body else 1)).answer()


@cache
def description() -> Json:
    """The OpenAPI document, once every area's router is there."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def operations() -> tuple[list[URLResolver | URLPattern], str, str]:
    """The addresses of every operation, to be included. ninja's own page at the root says nothing, so it goes."""
    views, name, space = api.urls
    return [each for each in views if getattr(each, "name", "") != "api-root"], name, space
