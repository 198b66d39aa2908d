"""Everything into one file and back."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitebook.server.tests.conftest import Operator, clear_away, copied
from sitebook.server.tests.test_first_hour import FIRM, PASSWORD
from tests.refusals import refused

# Everything that decides who sees what: it must be the same after a restore.
RIGHTS = """
WITH ours AS (SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v'))
SELECT 'table', relname, relrowsecurity::text,
  coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 'S'::"char" ELSE 'r' END, relowner))::text FROM ours
UNION ALL SELECT 'policy', tablename || '.' || policyname, roles::text || coalesce(qual, ''), coalesce(with_check, '')
  FROM pg_policies WHERE schemaname = 'public'
UNION ALL SELECT 'function', p.oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))::text,
  prosecdef::text FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, tgenabled::text, '' FROM pg_trigger
  WHERE NOT tgisinternal
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, contype::text, '' FROM pg_constraint
  WHERE conrelid > 0
UNION ALL SELECT 'column right', attrelid::regclass || '.' || attname, attacl::text, '' FROM pg_attribute
  WHERE attacl IS NOT NULL AND attrelid IN (SELECT oid FROM ours)
ORDER BY 1, 2, 3
"""


@pytest.fixture(scope="module")
def firm(migrated: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """A small firm whose server is kept up, for tests that leave it as they find it."""
    someone = copied(migrated, tmp_path_factory.mktemp("firm"))
    with someone.cluster.running():
        someone.types("init", *FIRM, stdin=PASSWORD)
        yield someone
    clear_away(someone)


@pytest.fixture(scope="module")
def saved(firm: Operator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firm in a backup."""
    files = firm.data_dir / "files" / "ab"
    files.mkdir(parents=True)
    (files / "photo.jpg").write_bytes(b"not really a photo")
    (files / "arriving.part").write_bytes(b"not there yet")
    (files.parent / "previews").mkdir()
    (files.parent / "previews" / "photo.webp").write_bytes(b"drawn again when it is asked for")
    target = tmp_path_factory.mktemp("saved") / "saved.tar"
    assert "1 files" in firm.types("backup", str(target))
    return target


def repack(source: Path, target: Path, **changed: bytes) -> Path:
    """The same backup with some members changed; names with ``_`` for ``-`` and ``.``."""
    by_name = {"manifest.json": changed.get("manifest"), "database.dump": changed.get("dump")}
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            assert content
            data = by_name.get(member.name) or content.read()
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


def manifest_of(source: Path) -> dict[str, object]:
    with tarfile.open(source) as tar:
        content = tar.extractfile("manifest.json")
        assert content
        return dict(json.load(content))


def test_everything_comes_back_rights_included(firm: Operator, ready: Operator, saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    # Tables without rows are no obstacle.
    assert "Restored" in ready.types("restore", str(saved))
    assert (ready.data_dir / "files" / "ab" / "photo.jpg").read_bytes() == b"not really a photo"
    assert (ready.data_dir / "secret-key").read_text() == (firm.data_dir / "secret-key").read_text()
    assert (ready.data_dir / "secret-key").stat().st_mode & 0o777 == 0o600
    with ready.cluster.running():
        for statement in (
            RIGHTS,
            "SELECT email, password FROM users_user",
            "SELECT c::text FROM history_change c ORDER BY id",
        ):
            assert firm.asks(statement) == ready.asks(statement)
    ready.types("check")
    assert "as it was sealed" in ready.types("verify-history")


def test_a_database_that_is_not_empty_is_left_alone(firm: Operator, saved: Path) -> None:
    told = firm.types("restore", str(saved), expect=2)
    assert "The database is not empty: " in told
    assert "Nothing was changed." in told
    assert firm.asks("SELECT count(*) FROM users_user") == [(1,)]


def test_a_damaged_backup_is_refused_before_anything_happens(another: Operator, saved: Path, tmp_path: Path) -> None:
    whole = manifest_of(saved)
    damaged = repack(saved, tmp_path / "damaged.tar", dump=b"something else")
    assert "database.dump is not what was saved" in another.types("restore", str(damaged), expect=2)
    (tmp_path / "half.tar").write_bytes(saved.read_bytes()[: saved.stat().st_size // 3])
    assert "sitebook: " in another.types("restore", str(tmp_path / "half.tar"), expect=2)
    (tmp_path / "text.tar").write_text("hello")
    assert "not a whole backup" in another.types("restore", str(tmp_path / "text.tar"), expect=2)
    for change, told in (
        ({"postgresql": 19}, "made with PostgreSQL 19; this Sitebook has 18"),
        ({"migrations": ["customers.9999_later"]}, "made by a newer Sitebook"),
        ({"migrations": ["customers.0001_customers_and_sites"]}, "was made by Sitebook 0.1.0"),
    ):
        newer = repack(saved, tmp_path / "newer.tar", manifest=json.dumps(whole | change).encode())
        assert told in another.types("restore", str(newer), expect=2)
    assert "No such file" in another.types("restore", str(tmp_path / "none.tar"), expect=2)
    another.types("restore", str(saved))


def test_a_backup_is_never_overwritten_and_never_half_there(firm: Operator, saved: Path) -> None:
    before = saved.read_bytes()
    assert "exists already" in firm.types("backup", str(saved), expect=2)
    assert saved.read_bytes() == before
    assert "does not exist" in firm.types("backup", str(saved.parent / "none" / "x.tar"), expect=2)
    assert [p.name for p in firm.data_dir.glob("backup.*")] == []


def test_it_says_what_to_use_where_tls_is_demanded() -> None:
    from sitebook.server.backup import _must_speak_tls

    class Remote:
        owner_url = "postgresql://sitebook_owner@db.example/sitebook?sslmode=verify-full"

    with refused("backup_failed", match="SITEBOOK_POSTGRES_BIN"):
        _must_speak_tls(Remote())  # type: ignore[arg-type]


def test_another_database_server_serves_as_well(operator: Operator, another: Operator, saved: Path) -> None:
    """DATABASE_URL: here the server of another data folder stands for somebody else's PostgreSQL."""
    with another.cluster.running():
        operator.env |= {"DATABASE_URL": another.cluster.app_url, "SITEBOOK_OWNER_URL": another.cluster.owner_url}
        operator.types("restore", str(saved))
        assert "sitebook on " in operator.types("check")
        operator.env["SITEBOOK_OWNER_URL"] = another.cluster.app_url
        assert "are the same" in operator.types("check", expect=2)
        operator.env["SITEBOOK_OWNER_URL"] = "postgresql://sitebook_owner:hidden@127.0.0.1:1/sitebook"
        told = operator.types("check", expect=2)
        assert "does not answer" in told
        assert "hidden" not in told
