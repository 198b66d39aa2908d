"""kill -9 in the middle of a backup or a restore: nothing plain stays behind, and nothing is half there."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitebook.server import staged_restore, unnamed
from sitebook.server.tests.conftest import Operator, clear_away, copied
from sitebook.server.tests.test_first_hour import FIRM, PASSWORD
from tests.refusals import refused

DIES = """
import importlib, os, signal, sys, tempfile
where, when, named = sys.argv[1:4]
if named == "named":
    os.__dict__.pop("O_TMPFILE")
    tempfile._O_TMPFILE_WORKS = False
module, _, path = where.partition(":")
holder = importlib.import_module(module)
*outer, name = path.split(".")
for each in outer:
    holder = getattr(holder, each)
real = getattr(holder, name)
def dying(*given, **more):
    if when == "after":
        real(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(holder, name, dying)
from sitebook.server import cli
sys.exit(cli.main(sys.argv[4:]))
"""
BACKUP, ARCHIVE, STAGE = "sitebook.server.backup", "sitebook.server.archive", "sitebook.server.staged_restore:Stage"
PLAIN = b"Marker of Room 7"


def killed(someone: Operator, where: str, when: str, *words: str, named: str = "") -> None:
    command = [sys.executable, "-c", DIES, where, when, named, *words]
    done = subprocess.run(
        command, env=someone.environment, cwd=someone.data_dir, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == -9, done.stdout + done.stderr


def around(*folders: Path) -> set[Path]:
    """Every file but those of PostgreSQL and the one that tells who serves."""
    found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if "postgres" not in path.parts and path.name != "serving"}


@pytest.fixture(scope="module")
def firm(migrated: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A small firm with a document, whose server is kept up."""
    someone = copied(migrated, tmp_path_factory.mktemp("firm"))
    temporary = tmp_path_factory.mktemp("temporary")
    someone.env["TMPDIR"] = str(temporary)
    with someone.cluster.running():
        someone.types("init", *FIRM, stdin=PASSWORD)
        (someone.data_dir / "files" / "ab").mkdir(parents=True)
        (someone.data_dir / "files" / "ab" / "note.txt").write_bytes(PLAIN)
        yield someone
    clear_away(someone)


@pytest.fixture(scope="module")
def saved(firm: Operator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("saved") / "saved.tar"
    firm.types("backup", str(target))
    return target


@pytest.mark.parametrize(
    ("where", "when"),
    [
        (f"{BACKUP}:_run", "after"),
        (f"{BACKUP}:os.fstat", "before"),
        (f"{ARCHIVE}:Writer.finish", "before"),
        (f"{ARCHIVE}:Writer.finish", "after"),
        ("sitebook.server.unnamed:_name", "before"),
    ],
)
def test_a_killed_backup_leaves_nothing(firm: Operator, tmp_path: Path, where: str, when: str) -> None:
    temporary, before = Path(firm.env["TMPDIR"]), around(firm.data_dir)
    killed(firm, where, when, "backup", str(tmp_path / "b.tar"))
    assert around(firm.data_dir, tmp_path, temporary) == before
    firm.types("backup", str(tmp_path / "b.tar"))


def test_where_files_must_have_names_the_next_backup_sweeps_them(firm: Operator, tmp_path: Path) -> None:
    before = around(firm.data_dir)
    killed(firm, f"{ARCHIVE}:Writer.finish", "before", "backup", str(tmp_path / "b.tar"), named="named")
    left = around(firm.data_dir, tmp_path) - before
    assert {path.suffix for path in left if path.parent == tmp_path} == {".part"}
    assert "is of a backup that runs, or was killed" in firm.types("check")
    firm.types("backup", str(tmp_path / "c.tar"))
    assert around(firm.data_dir, tmp_path) == before | {tmp_path / "c.tar"}
    assert "is of a backup" not in firm.types("check")


def test_a_backup_that_runs_keeps_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unnamed, "_without_name", lambda folder: None)
    with unnamed.appearing(tmp_path / "b.tar", data_dir=tmp_path) as out:
        out.write(b"half")
        assert unnamed.sweep(tmp_path) == 0
        assert len(unnamed.left_behind(tmp_path)) == 1
    assert (tmp_path / "b.tar").read_bytes() == b"half"
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar"]


@pytest.mark.parametrize("knows", [True, False])
def test_what_appeared_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knows: bool
) -> None:
    if not knows:
        monkeypatch.setattr(unnamed, "_without_name", lambda folder: None)

    def late() -> None:
        with unnamed.appearing(tmp_path / "b.tar", data_dir=tmp_path) as out:
            out.write(b"ours")
            (tmp_path / "b.tar").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        late()
    assert (tmp_path / "b.tar").read_bytes() == b"theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar"]


def test_what_earlier_versions_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "backup.k3j2").mkdir()
    (tmp_path / "backup.k3j2" / "database.dump").write_bytes(b"PGDMP")
    (tmp_path / f"secret-key.{2**22 + 1}").write_text("of a process that is no more")
    (tmp_path / f"secret-key.{os.getpid()}").write_text("of one that lives")
    (tmp_path / "secret-key").write_text("the key")
    assert unnamed.sweep(tmp_path) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"secret-key", f"secret-key.{os.getpid()}"}


def test_a_full_disk_is_said_in_one_sentence_and_nothing_stays(firm: Operator, tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: what exceeds it is refused by the system in the same way."""
    before = around(firm.data_dir)
    with (firm.data_dir / "files" / "ab" / "large").open("wb") as large:
        large.truncate(64 * 1024 * 1024)
    try:
        command = f'ulimit -f 32768; exec "{sys.executable}" -m sitebook.server.cli backup "{tmp_path / "b.tar"}"'
        done = subprocess.run(
            ["/bin/bash", "-c", command], env=firm.environment, capture_output=True, text=True, check=False
        )
    finally:
        (firm.data_dir / "files" / "ab" / "large").unlink()
    assert done.returncode == 2, done.stderr
    assert "could not be written: File too large. Nothing of it was kept." in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert around(firm.data_dir, tmp_path) == before


@pytest.mark.parametrize(
    ("where", "when", "finished"),
    [
        (f"{BACKUP}:archive.dump_of", "after", None),
        (f"{STAGE}.fill", "before", None),
        (f"{ARCHIVE}:unpack_rest", "after", False),
        (f"{STAGE}.fill", "after", False),
        (f"{BACKUP}:_drop_everything", "after", False),
        (f"{BACKUP}:_run", "before", False),
        (f"{BACKUP}:_run", "after", True),
        (f"{STAGE}.put_in_place", "before", True),
        (f"{STAGE}.forget", "before", True),
    ],
)
def test_a_killed_restore_is_whole_or_not_at_all(
    firm: Operator, ready: Operator, saved: Path, where: str, when: str, finished: bool | None
) -> None:
    own = (ready.data_dir / "secret-key").read_bytes()
    theirs = (firm.data_dir / "secret-key").read_bytes()
    killed(ready, where, when, "restore", str(saved))
    mark = ready.data_dir / "restoring"
    assert not mark.exists() or mark.stat().st_mode & 0o777 == 0o600
    told = ready.types("migrate")
    assert ("has been finished now" in told) is (finished is True)
    assert ("Nothing of it is here" in told) is (finished is False)
    assert (ready.data_dir / "secret-key").read_bytes() == (theirs if finished else own)
    there = around(ready.data_dir) - {ready.data_dir / "secret-key"}
    assert there == ({ready.data_dir / "files" / "ab" / "note.txt"} if finished else set())
    assert not (ready.data_dir / "restored").exists()
    assert not (ready.data_dir / "restoring").exists()
    with ready.cluster.running():
        assert ready.asks("SELECT count(*) FROM users_user") == [(1 if finished else 0,)]
        if finished:
            assert "is not empty" in ready.types("restore", str(saved), expect=2)
        else:
            ready.types("restore", str(saved))
        assert "killed" not in ready.types("check")
        assert "as it was sealed" in ready.types("verify-history")


def test_nothing_else_begins_while_a_restore_runs(tmp_path: Path) -> None:
    (tmp_path / "restored").mkdir()
    with (tmp_path / "serving").open("w+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711 restoring\n")
        held.flush()
        with refused("restore_runs", match="process 4711"):
            staged_restore.settle(tmp_path, "postgresql://nobody@127.0.0.1:1/none", lambda connection: {})
    assert (tmp_path / "restored").is_dir()


def test_a_member_that_is_no_file_is_refused(another: Operator, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.tar").write_bytes(saved.read_bytes())
    with tarfile.open(tmp_path / "odd.tar", "a") as tar:
        link = tarfile.TarInfo("files/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    assert "which is no file" in another.types("restore", str(tmp_path / "odd.tar"), expect=2)
    assert around(another.data_dir) <= {another.data_dir / "secret-key"}
