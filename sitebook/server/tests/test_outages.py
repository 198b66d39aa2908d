"""A database that is away, a disk that is full: one sentence at once, in every form, and no restart afterwards."""

from __future__ import annotations

import errno
import logging
import logging.config
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client

from sitebook.access import identity
from sitebook.customers.models import Customer
from sitebook.embedded.cluster import embedded
from sitebook.files import storage
from sitebook.files.models import Document
from sitebook.files.tests import made
from sitebook.server import cli, outages
from sitebook.server.outages import OUTAGES, Door, Reach, outage_of
from tests.cast import Cast, make_cast, see_all
from tests.server import DATABASE, SERVER

AWAY = "Sitebook cannot reach its database at the moment. Try again in a moment."


@pytest.fixture
def cast(committed: None, settings: Any, tmp_path: Any) -> Iterator[Cast]:
    settings.FILES_DIR, settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files", str(tmp_path / "uploads")
    (tmp_path / "uploads").mkdir()
    yield make_cast()
    connections["default"].close()


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.alice)
    return client


def as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def end_connections() -> None:
    """As a restart of PostgreSQL does to all that are open."""
    ours = embedded(SERVER, DATABASE)
    with psycopg.connect(ours.url("postgres", DATABASE)) as superuser:
        ended = superuser.execute(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = %s AND usename LIKE '%%\\_app' AND pid <> pg_backend_pid()",
            [DATABASE],
        ).fetchone()
    assert ended is not None
    assert ended[0] > 0


@contextmanager
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing listens where the database was, and what was open is closed."""
    with monkeypatch.context() as patch:
        right = connection.get_connection_params
        patch.setattr(connection, "get_connection_params", lambda: right() | {"host": "127.0.0.1", "port": 1})
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.connection.close()
        yield


@contextmanager
def database_set(setting: str, back: str) -> Iterator[None]:
    """For all connections that are made meanwhile."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    as_owner("SET default_transaction_read_only = off")
    as_owner(f"ALTER DATABASE {name} {setting}")
    connection.close()
    connection.close_pool()
    try:
        yield
    finally:
        as_owner(f"ALTER DATABASE {name} {back}")
        connection.close()
        connection.close_pool()


FAULTS: dict[str, tuple[BaseException, str]] = {
    "full disk": (OSError(errno.ENOSPC, "No space left on device"), "no_room"),
    "quota": (OSError(errno.EDQUOT, "Quota exceeded"), "no_room"),
    "unwritable": (PermissionError(errno.EACCES, "Permission denied"), "no_writing"),
    "read-only disk": (OSError(errno.EROFS, "Read-only file system"), "no_writing"),
    "no connection": (psycopg.OperationalError("connection refused"), "away"),
    "shutting down": (psycopg.errors.AdminShutdown(), "away"),
    "starting": (psycopg.errors.CannotConnectNow(), "away"),
    "too many connections": (psycopg.errors.TooManyConnections(), "away"),
    "full disk of PostgreSQL": (psycopg.errors.DiskFull(), "no_room"),
    "read-only": (psycopg.errors.ReadOnlySqlTransaction(), "read_only"),
    "a deadlock": (psycopg.errors.DeadlockDetected(), "busy"),
    "a constraint": (psycopg.errors.UniqueViolation(), ""),
    "a defect": (ValueError("x"), ""),
}


@pytest.mark.parametrize("what", FAULTS)
def test_each_fault_is_known_for_what_it_is_also_behind_another(what: str):
    fault, word = FAULTS[what]
    assert outage_of(fault) == word
    behind = OperationalError("as Django wraps it")
    behind.__cause__ = fault
    assert outage_of(behind) == word
    assert not word or word in OUTAGES


def test_while_the_database_is_away_everything_says_so_and_then_goes_on(cast: Cast, alice: Client, monkeypatch, caplog):
    """Without a traceback, a line for each request, and without a restart."""
    assert alice.get("/customers/").status_code == 200
    with unreachable(monkeypatch), caplog.at_level(logging.INFO):
        for path in ("/customers/", "/account/login/", "/no-such-page/"):
            answer = alice.get(path)
            assert (answer.status_code, answer["Retry-After"]) == (503, "5"), path
            assert AWAY in answer.content.decode()
        answer = alice.post("/customers/new/", {"name": "X", "kind": "company"}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Retarget"]) == (503, "#toasts")
        for answer in (alice.get("/api/v1/customers"), alice.post("/api/v1/customers")):
            assert answer.status_code == 503
            assert answer["Content-Type"] == "application/problem+json"
            assert answer.json()["detail"] == AWAY
        answer = alice.get("/healthz")
        assert (answer.status_code, answer.json()) == (503, {"status": "the database does not answer"})
    assert len(caplog.records) == 7
    assert not any(record.exc_info for record in caplog.records)
    assert alice.post("/customers/new/", {"name": "X", "kind": "company"}).status_code == 303
    assert alice.get("/healthz").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_after_a_restart_of_the_database_the_first_request_works(method: str, cast: Cast, alice: Client):
    """Though all connections in the pool are dead."""
    assert alice.get("/customers/").status_code == 200
    end_connections()
    answer = getattr(alice, method)("/customers/new/", {"name": "X", "kind": "company"})
    assert answer.status_code == (200 if method == "get" else 303)


def test_a_connection_that_breaks_in_the_middle_is_told_and_nothing_is_half_done(
    cast: Cast, alice: Client, monkeypatch, caplog
):
    with monkeypatch.context() as patch:
        patch.setattr(identity, "put_back", end_connections)  # when all is written, before it is kept
        with caplog.at_level(logging.INFO):
            answer = alice.post("/customers/new/", {"name": "Half", "kind": "company"})
    assert answer.status_code == 503
    assert [record.exc_info for record in caplog.records] == [None]
    connection.close()
    connection.close_pool()  # as the next request does, which looks before it asks
    with see_all():
        assert not Customer.objects.filter(name="Half").exists()
    assert alice.post("/customers/new/", {"name": "Whole", "kind": "company"}).status_code == 303


def test_a_database_that_takes_no_changes_is_read(cast: Cast, alice: Client):
    with database_set("SET default_transaction_read_only = on", "RESET default_transaction_read_only"):
        assert alice.get("/customers/").status_code == 200
        answer = alice.post("/customers/new/", {"name": "X", "kind": "company"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "The database takes no changes at the moment. Nothing was saved." in answer.content.decode()
        assert alice.get("/healthz").json() == {"status": "the database takes no changes"}
    assert alice.post("/customers/new/", {"name": "X", "kind": "company"}).status_code == 303


def test_a_database_without_a_free_connection_is_told(cast: Cast, alice: Client):
    with database_set("CONNECTION LIMIT 0", "CONNECTION LIMIT -1"):
        answer = alice.get("/customers/")
        assert answer.status_code == 503
        assert AWAY in answer.content.decode()
    assert alice.get("/customers/").status_code == 200


@contextmanager
def no_room(size: int = 4096) -> Iterator[None]:
    """The system lets this process write no file beyond this size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def upload(client: Client, cast: Cast) -> Any:
    files = {"files": [made.sent("a.txt", b"x" * 100_000)]}
    return client.post(f"/customers/{cast.acme.pk}/documents/", files)


def test_a_full_disk_refuses_a_document_and_leaves_nothing(cast: Cast, alice: Client, caplog, tmp_path):
    with no_room(), caplog.at_level(logging.INFO):
        answer = upload(alice, cast)
    assert (answer.status_code, answer["Retry-After"]) == (507, "60")
    assert "There is no room left on the disk of Sitebook. Nothing was saved." in answer.content.decode()
    assert [record.exc_info for record in caplog.records] == [None]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    with see_all():
        assert not Document.objects.exists()
    assert upload(alice, cast).status_code == 303


def test_a_full_disk_is_told_by_healthz(cast: Cast, alice: Client):
    with no_room(100):
        answer = alice.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "the disk is full"})


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_of_documents_that_cannot_be_written_is_told(number: int, cast: Cast, alice: Client, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(storage.tempfile, "mkstemp", refuse)
    answer = upload(alice, cast)
    assert answer.status_code == 507
    assert "Sitebook may not write into its folder of documents." in answer.content.decode()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/backups/a.tar"),
            "/backups/a.tar: No space left on device.",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk: No space left on device."),
        (shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")]), "[Errno 28] No space left on device"),
        (psycopg.OperationalError("connection refused"), "the database does not answer: connection refused"),
    ],
)
def test_a_command_says_it_in_one_sentence(fault: Exception, said: str):
    assert cli._expected(fault).startswith(said)


REFUSED: dict[str, Callable[[Client], Any]] = {
    "400": lambda client: Client(raise_request_exception=False).post(
        "/account/login/", b"--x", content_type="multipart/form-data"
    ),
    "403": lambda client: client.get("/users/new/"),
    "404": lambda client: client.get("/customers/987654/"),
    "405": lambda client: client.post("/healthz2/"),
    "409": lambda client: client.post("/customers/1/archive/", {"version": "99"}),
    "422": lambda client: client.post("/customers/new/", {"name": ""}),
    "API 401": lambda client: client.get("/api/v1/customers"),
    "API 404": lambda client: client.get("/api/v1/no-such-thing"),
    "forged": lambda client: Client(enforce_csrf_checks=True).post("/account/login/", {}),
    "strange host": lambda client: client.get("/customers/", headers={"Host": "evil.example"}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_page_is_a_line_in_the_log_and_no_more(what: str, cast: Cast, settings: Any, capsys):
    """As the server's own handler writes it."""
    handler = logging.StreamHandler()
    built = logging.config.DictConfigurator(settings.LOGGING)
    handler.addFilter(built.configure_filter(settings.LOGGING["filters"]["brief"]))
    logging.getLogger().addHandler(handler)
    try:
        client = Client(raise_request_exception=False)
        client.force_login(cast.vera)
        assert 400 <= REFUSED[what](client).status_code < 500
    finally:
        logging.getLogger().removeHandler(handler)
    assert len(capsys.readouterr().err.splitlines()) <= 1


@pytest.mark.parametrize("status", [503, 507])
def test_who_is_told_to_come_back_does_not_shut_the_database_for_others(status: int, rf: Any, monkeypatch: Any):
    """Only a fault of the database does: too many files or sign-ons at once are no reason to ask it anew."""
    monkeypatch.setattr(outages, "DATABASE", Reach())
    monkeypatch.setattr(Reach, "missing", lambda self: "")
    assert Door(lambda _: HttpResponse(status=status))(rf.get("/")).status_code == status
    assert not outages.DATABASE.shut
