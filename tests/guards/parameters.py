"""Which parameters of its address a page reads. One that reads none of a query's answers as it does without them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

ALL = "*"
BY_NAME = ("__getitem__", "__contains__", "get", "getlist")
OF_ALL = ("__iter__", "__len__", "keys", "values", "items", "lists", "urlencode", "copy", "dict", "__copy__",
          "__deepcopy__", "__reduce__", "__eq__", "__repr__")  # fmt: skip


class Watched(QueryDict):
    """The parameters of a request, with the names that were asked for; ``ALL`` where they were gone through."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self.asked: set[str] = set()
        super().__init__(*given, **more)
        self.asked.clear()


def _watched(name: str) -> Any:
    real, one = getattr(QueryDict, name), name in BY_NAME

    def method(self: Watched, *given: Any, **more: Any) -> Any:
        self.asked.add(str(given[0]) if one else ALL)
        return real(self, *given, **more)

    return method


for _name in (*BY_NAME, *OF_ALL):
    setattr(Watched, _name, _watched(_name))
Watched.__hash__ = None  # type: ignore[assignment]


@contextmanager
def watching() -> Iterator[None]:
    """Each request keeps what was asked of its parameters."""

    def parameters(request: WSGIRequest) -> Watched:
        if "watched" not in request.__dict__:
            request.__dict__["watched"] = Watched(request.META.get("QUERY_STRING", ""), encoding=request.encoding)
        found: Watched = request.__dict__["watched"]
        return found

    def put(request: WSGIRequest, given: QueryDict) -> None:
        request.__dict__["watched"] = given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIRequest, "GET", property(parameters, put))
        yield


def reads(response: Any, query: str) -> bool:
    """Whether the page that answered without a query asked for any parameter of this one."""
    watched = response.wsgi_request.GET
    assert isinstance(watched, Watched), "Ask within watching()."
    return ALL in watched.asked or any(name in watched.asked for name, _value in parse_qsl(query.lstrip("?")))
