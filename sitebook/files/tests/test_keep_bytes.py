"""Bytes are kept once, and go only when nothing names them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction

from sitebook.access.identity import acting, take_role
from sitebook.customers.tables import CUSTOMER
from sitebook.files import storage, tasks
from sitebook.files.erasure import erase
from sitebook.files.models import Document
from sitebook.files.tests import made
from sitebook.files.uploads import add
from tests.cast import Cast, make_cast, see_all

NOW = datetime.now(UTC)
PHOTO = made.picture()


def kept(cast: Cast, name: str = "a.jpg", content: bytes = PHOTO) -> Document:
    with see_all():
        return add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent(name, content))


@contextmanager
def rolled_back() -> Iterator[None]:
    """As a request that ends with an error."""
    with transaction.atomic():
        take_role(user=None, via="screen", everything=True)
        yield
        transaction.set_rollback(True)


def aged(*paths: Path) -> None:
    for path in paths:
        os.utime(path, (NOW.timestamp() - 2 * 86400,) * 2)


def on_disk(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def test_the_same_bytes_twice_are_one_file_and_two_documents(cast: Cast, folder: Path):
    one, two = kept(cast), kept(cast, "again.jpg")
    assert one.sha256 == two.sha256
    assert on_disk(folder) == {one.sha256, f"{one.sha256}.webp"}
    assert storage.path_of(one.sha256).stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("committed")
def test_what_is_rolled_back_leaves_no_row():
    cast = make_cast()
    with rolled_back():
        add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("a.jpg", PHOTO))
    with see_all():
        assert not Document.objects.exists()


def test_a_record_that_is_not_there_leaves_no_bytes(cast: Cast, folder: Path):
    from django.db import IntegrityError

    with see_all(), pytest.raises(IntegrityError):
        add(kind=CUSTOMER, pk=987654321, sent=made.sent("a.jpg", PHOTO))
    assert on_disk(folder) == set()


@pytest.mark.usefixtures("committed")
def test_the_sweep_takes_old_bytes_without_a_document_and_nothing_else(folder: Path):
    document = kept(make_cast())
    old, young = "1" * 64, "2" * 64
    for sha256 in (old, young):
        storage.path_of(sha256).parent.mkdir(parents=True, exist_ok=True)
        storage.path_of(sha256).write_bytes(b"x")
        storage.preview_of(sha256).write_bytes(b"x")
    stale, fresh = folder / "one.part", folder / "two.part"
    arrived = storage.uploads() / "left.upload"
    for path in (stale, fresh, arrived):
        path.write_bytes(b"x")
    aged(storage.path_of(old), storage.preview_of(old), stale, arrived)
    aged(storage.path_of(document.sha256), storage.preview_of(document.sha256))
    tasks.sweep(NOW)
    left = {document.sha256, young}
    assert on_disk(folder) == left | {f"{sha256}.webp" for sha256 in left} | {"two.part"}
    assert not arrived.exists()


@pytest.mark.usefixtures("committed")
def test_what_a_kill_left_goes_at_the_next_start_however_new(folder: Path):
    document = kept(make_cast())
    orphan, stale, arrived = "1" * 64, folder / "one.part", storage.uploads() / "left.upload"
    storage.path_of(orphan).parent.mkdir(parents=True, exist_ok=True)
    for path in (storage.path_of(orphan), stale, folder / "one.webp.part", arrived, folder / "read me.txt"):
        path.write_bytes(b"left")
    assert storage.without_document() == storage.Unnamed(files=4, bytes=16)
    assert storage.sweep_after_a_kill() == 4
    assert on_disk(folder) == {document.sha256, f"{document.sha256}.webp", "read me.txt"}
    assert not arrived.exists()
    assert storage.without_document() == storage.Unnamed(files=0, bytes=0)


@pytest.mark.usefixtures("committed")
def test_the_sweep_at_a_start_spares_what_another_command_is_writing(folder: Path):
    cast = make_cast()
    with storage.draft([b"being written"]) as made_now:
        made_now.preview.write_bytes(b"its preview")
        assert storage.without_document().files == 0
        assert storage.sweep_after_a_kill() == 0
        assert made_now.path.exists()
        assert made_now.preview.exists()

    def sweep() -> None:
        storage.sweep_after_a_kill()
        connection.close()

    other = Thread(target=sweep)
    with acting(everything=True):
        document = add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("open.jpg", PHOTO))
        other.start()
        other.join(1)
        assert other.is_alive()  # it waits for the transaction that may still be given up
    other.join(10)
    assert storage.path_of(document.sha256).read_bytes() == PHOTO


def test_a_removed_documents_bytes_stay(cast: Cast, folder: Path):
    document = kept(cast)
    with see_all():
        document.remove(by_id=cast.bob.pk, at=NOW)
    aged(*(path for path in folder.rglob("*") if path.is_file()))
    assert storage.sweep(now=NOW) == 0
    assert storage.path_of(document.sha256).exists()


@pytest.mark.usefixtures("committed")
def test_erasing_takes_rows_bytes_and_previews_and_spares_what_another_names(folder: Path):
    cast = make_cast()
    alone, shared, other = kept(cast, "a.txt", b"alone"), kept(cast), kept(cast, "copy.jpg")
    with acting(user=cast.bob):
        erase([alone, shared])
        assert storage.path_of(alone.sha256).exists()
    assert on_disk(folder) == {other.sha256, f"{other.sha256}.webp"}
    with acting(user=cast.bob):
        erase(Document.objects.all())
    assert on_disk(folder) == set()


@pytest.mark.usefixtures("committed")
def test_erasing_that_is_rolled_back_keeps_everything(folder: Path):
    document = kept(make_cast())
    with rolled_back():
        erase([document])
    assert storage.path_of(document.sha256).exists()
    with see_all():
        assert Document.objects.get() == document


@pytest.mark.usefixtures("committed")
def test_erasing_waits_for_an_upload_of_the_same_bytes():
    cast = make_cast()
    first = kept(cast)
    with see_all():
        Document.objects.filter(pk=first.pk).delete()

    def let_go() -> None:
        storage.let_go([first.sha256])
        connection.close()

    other = Thread(target=let_go)
    with acting(everything=True):
        second = add(kind=CUSTOMER, pk=cast.acme.pk, sent=made.sent("again.jpg", PHOTO))
        other.start()
        other.join(1)
        assert other.is_alive()
    other.join(10)
    assert storage.path_of(second.sha256).read_bytes() == PHOTO


def test_a_day_is_what_bytes_without_a_document_are_given():
    assert timedelta(days=1) == storage.REST
