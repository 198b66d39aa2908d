"""What went wrong, as RFC 9457 problem details: which thing, which value, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypedDict

from django.http import JsonResponse
from ninja import Schema
from pydantic import Field

MEDIA_TYPE = "application/problem+json"


class Fault(TypedDict):
    """``pointer``: where in the body (RFC 6901), or the name of a parameter."""

    pointer: str
    detail: str


class FaultShape(Schema):
    pointer: str = Field(description="Where in the body, such as /phones/0/number, or the name of a parameter.")
    detail: str


class ProblemShape(Schema):
    """Every answer of 400 and more (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field("", description="Of a rule that says no: which one, for a program. docs/api.md lists them.")
    errors: list[FaultShape] = []
    results: list[dict[str, Any]] = Field([], description="Of a bulk that was all or nothing: each row's outcome.")


class Problem(Exception):
    """An answer that is a refusal; whatever was written before it is rolled back."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.headers, self.more = status, detail, errors, headers or {}, more

    def told(self) -> dict[str, Any]:
        errors = [{name: _sendable(text) for name, text in fault.items()} for fault in self.errors]
        faults = {"errors": errors} if errors else {}
        title = HTTPStatus(self.status).phrase
        return {
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "detail": _sendable(self.detail),
            **faults,
            **self.more,
        }

    def answer(self) -> JsonResponse:
        response = JsonResponse(self.told(), status=self.status, content_type=MEDIA_TYPE)
        for name, value in self.headers.items():
            response[name] = value
        return response


def _sendable(text: Any) -> str:
    """A value that is quoted may hold half a letter, which no answer can carry."""
    return str(text).encode(errors="replace").decode()


def faulty(pointer: str, detail: str) -> Problem:
    """One thing wrong in the body or the address."""
    return Problem(422, detail, errors=[{"pointer": pointer, "detail": detail}])
