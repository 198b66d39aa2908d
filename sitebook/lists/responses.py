"""A list sent as a file while it is written.

A file that breaks in the middle must not look like one that is complete: whoever sends it cuts the connection then
(docs/decisions/lists-as-files.md).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextvars import copy_context

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from sitebook.access.identity import acting
from sitebook.basics.refused import Refused
from sitebook.lists.exports import Kind, Sheet, kinds


def as_file(request: HttpRequest, sheet: Sheet, *, name: str, ending: str) -> StreamingHttpResponse:
    """The list as a file to keep, ``name`` without its ending, sent while it is written.

    Raises Http404 for an ending nobody knows, Refused (too_many_rows).
    """
    if (kind := kinds().get(ending)) is None:
        raise Http404
    if kind.most is not None and sheet.rows.order_by().values("pk")[kind.most : kind.most + 1]:
        text = _("A workbook holds no more than %(count)s rows. Narrow the list, or export it as CSV.")
        raise Refused(text % {"count": kind.most}, code="too_many_rows")
    parts = _in_this_context(_as_who_asks(request, kind, sheet))
    response = StreamingHttpResponse(parts, content_type=kind.media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.{ending}")
    return response


def _as_who_asks(request: HttpRequest, kind: Kind, sheet: Sheet) -> Generator[bytes]:
    """The request's own transaction is over when this begins: it takes the identity anew, so that what was taken away
    meanwhile is not in the file. What fails in here breaks the transfer (``server/answers.py``)."""
    user = request.user if request.user.is_authenticated else None
    with acting(user=user, via="screen", request_id=request.request_id):  # type: ignore[attr-defined]
        yield from kind.parts(sheet)


def _in_this_context(parts: Generator[bytes]) -> Iterator[bytes]:
    """In the language, time zone and country of the request, which nobody holds any more once it is answered."""
    context = copy_context()
    try:
        while (part := context.run(next, parts, None)) is not None:
            yield part
    finally:
        context.run(parts.close)
