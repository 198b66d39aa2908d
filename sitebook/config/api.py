"""The interface for programs: its root, its answers when something is wrong, its description."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from sitebook.access.api import router as access
from sitebook.access.pages import page
from sitebook.api.calling import Nobody, Token
from sitebook.api.middleware import SAID
from sitebook.api.problems import MEDIA_TYPE, Problem
from sitebook.api.reading import Json
from sitebook.api.writing import as_problem, faults_of, shaped_wrongly
from sitebook.basics.refused import Refused
from sitebook.customers.api.contacts import router as contacts
from sitebook.customers.api.customers import router as customers
from sitebook.customers.api.sites import router as sites
from sitebook.search.api import router as search
from sitebook.ui.render import show
from sitebook.users.api import router as users

TOLD = """Customers, contacts, sites, users and who sees which customer.

A token goes into the header `Authorization: Bearer sbk_…`; it acts as its owner, under the same row policies as the
pages. Lists take the filters, sorts and paging of the pages. A change needs `If-Match` with the ETag that was read.
A POST with an `Idempotency-Key` acts once. Whatever is refused is a problem detail (RFC 9457)."""


IF_MATCH: Json = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag the record had when it was read.",
}


class Interface(NinjaAPI):
    """Says of its refusals that they are problem details, and of each operation what it needs."""

    def get_openapi_schema(self, **options: Any) -> Any:
        schema = super().get_openapi_schema(**options)
        needs = self._needs()
        for path in schema["paths"].values():
            for method, operation in path.items():
                operation |= _needed(needs[operation["operationId"]])
                if method == "patch":
                    operation["parameters"] = [*operation["parameters"], IF_MATCH]
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {MEDIA_TYPE: next(iter(answer["content"].values()))}
        return schema

    def _needs(self) -> dict[str, Any]:
        """The mark of each operation by its id."""
        views = [view for router in self._get_bound_routers() for view in router.path_operations.values()]
        return {
            self.get_openapi_operation_id(operation): operation.auth_callbacks[0]
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
    description=TOLD,
    auth=Nobody(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
for router in (customers, contacts, sites, users, access, search):
    api.add_router("", router)


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


_views, _name, _space = api.urls
# ninja's own page at the root says nothing.
operations = ([each for each in _views if getattr(each, "name", "") != "api-root"], _name, _space)


@cache
def description() -> Json:
    """The OpenAPI document."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


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
    words = {"groups": groups, "schemas": schemas, "help": "api"}
    return show(request, "api/docs.html", words)


def _body(operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2]
