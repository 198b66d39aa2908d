"""What is done about files without a database connection: refusing what is too large, examining what is sent,
drawing what is missing. All three take long, or could be made to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from sitebook.access.decorators import UPLOADS, who_of
from sitebook.access.permissions import Permission, may
from sitebook.files.inspector import Busy, NotTaken
from sitebook.files.refusals import amount
from sitebook.files.uploads import LARGEST_REQUEST, MOST_AT_ONCE, examined
from sitebook.ui.errors import busy, error_page, refused
from sitebook.users.middleware import Authentication
from sitebook.users.session_store import SessionStore


class UploadLimit:
    """Stands before whatever looks into a request: the check against forged forms already reads it all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > LARGEST_REQUEST:
            return too_much(request)
        return self.get_response(request)


def too_much(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "At most %(count)s files of %(limit)s each can be sent at once. Nothing was kept. Send fewer, or smaller ones."
    ) % {"count": MOST_AT_ONCE, "limit": amount(settings.MAX_UPLOAD_BYTES)}
    response = error_page(request, 413, _("That is too much at once"), sentence)
    response["Connection"] = "close"
    return response


def _length(request: HttpRequest) -> int:
    value = request.META.get("CONTENT_LENGTH") or "0"
    return int(value) if value.isascii() and value.isdigit() else 0


class NotDrawn(HttpResponse):
    """A view's answer when a file must be drawn first; it goes on with ``draw`` once the connection is given back."""

    def __init__(self, draw: Callable[[], HttpResponseBase]) -> None:
        super().__init__()
        self.draw = draw


class Examination:
    """Files are examined before the transaction of their request begins, and drawn after it has ended.

    Who asks is known by then, and that the form is ours. When the files have been examined it is asked again: who has
    been signed out, or may do less by now, is told so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.examined = []  # type: ignore[attr-defined]
        if request.method == "POST" and _takes_files(request):
            return self._examined(request)
        response = self.get_response(request)
        if isinstance(response, NotDrawn):
            give_back_the_connection()
            try:
                return response.draw()
            except Http404:
                return HttpResponse(status=404)
            except Busy as refusal:
                return busy(request, str(refusal))
        return response

    def _examined(self, request: HttpRequest) -> HttpResponseBase:
        if forged := CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, _no_view, (), {}):
            return forged
        sent, bare = request.FILES.getlist("files"), bool(request.POST.get("without_position"))
        with TURNS.of(request.user.pk or 0) as theirs:
            if not theirs:
                return busy(request, _("Other files of yours are being looked at. Nothing was kept. Add them again."))
            give_back_the_connection()
            try:
                with examined(sent, without_position=bare) as request.examined:  # type: ignore[attr-defined]
                    _ask_again_who_it_is(request)
                    return self.get_response(request)
            except Busy as refusal:
                return busy(request, str(refusal))
            except NotTaken as refusal:
                return refused(request, refusal)


class Turns:
    """One request of a user at a time, whatever they sign in with."""

    def __init__(self) -> None:
        self.taken: set[int] = set()
        self.lock = Lock()

    @contextmanager
    def of(self, user_id: int) -> Iterator[bool]:
        """Whether it is this user's turn."""
        with self.lock:
            free = user_id not in self.taken
            self.taken.add(user_id)
        try:
            yield free
        finally:
            if free:
                with self.lock:
                    self.taken.discard(user_id)


TURNS = Turns()


def _no_view(request: HttpRequest) -> HttpResponse:
    raise AssertionError("only its mark is asked for")


def _takes_files(request: HttpRequest) -> bool:
    """Whether the page takes files, and from this user. Else it is for the page to say no."""
    try:
        who = who_of(resolve(request.path_info).func)
    except Resolver404:
        return False
    if who is None or who.lane != UPLOADS or request.seeing or not request.user.is_authenticated:  # type: ignore[attr-defined]
        return False
    return any(may(request.user, each) for each in who.may) and may(request.user, Permission.ADD_DOCUMENTS)


def _ask_again_who_it_is(request: HttpRequest) -> None:
    request.session = SessionStore(request.session.session_key)
    request.__dict__.pop("_cached_user", None)
    Authentication(lambda _: HttpResponse()).process_request(request)


def give_back_the_connection() -> None:
    """To the pool, until something is asked of the database again. Inside a transaction, as in tests, it is kept."""
    if not connection.in_atomic_block:
        connection.close()
