"""What the worker does for the history: seals and the head that is kept outside of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connections

from sitebook.basics.refused import Refused
from sitebook.config.upkeep import DUTIES, MAIL_HEAD
from sitebook.history import heads, tasks
from sitebook.history.verification import Head, faults, faults_against, head, heads_in, sealed
from sitebook.server import cli
from sitebook.server.commands import verify_history
from tests.cast import make_customer

pytestmark = pytest.mark.usefixtures("committed")
NOW = datetime(2026, 11, 29, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_in(settings: Any, tmp_path: Path) -> Path:
    settings.HISTORY_HEAD = tmp_path / "history-head"
    settings.HISTORY_HEAD_TO = "auditor@example.com"
    return tmp_path / "history-head"


def owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def command(*words: str) -> int:
    """As at the command line, without its set-up."""
    args = cli._parser().parse_args(["verify-history", *words])
    return verify_history.run(args)


def three_seals() -> Head:
    for name in ("Acme", "Birch", "Cedar"):
        make_customer(name)
        tasks.seal_now(NOW)
    newest = head(connections["owner"])
    assert newest is not None
    return newest


WITH_ITS_CHANGES = "DELETE FROM history_change WHERE seal_id = 3; DELETE FROM history_seal WHERE id = 3"


def test_it_seals_what_was_changed_today_too() -> None:
    make_customer("Today")
    tasks.seal_now(NOW)
    assert sealed(connections["owner"]) == (1, 1)
    assert faults(connections["owner"]) == []


def test_it_seals_more_often_than_hourly() -> None:
    (duty,) = [each for each in DUTIES if each.name == "history.seal"]
    assert duty.every < timedelta(hours=1)


def test_a_head_is_one_line_that_can_be_read_again() -> None:
    newest = three_seals()
    assert (newest.seal, newest.changes) == (3, 3)
    assert heads_in(str(newest)) == [newest]
    broken = str(newest).replace(" sha256 ", "\n> sha256\r\n> ")
    assert heads_in(f"Dear all,\n\n> {broken}\nRegards\n{newest}") == [newest, newest]
    assert heads_in("history head: seal 99999999999999999999, 1 changes, 2026-01-01T00:00:00Z, sha256 00") == []


def test_the_last_seal_taken_off_with_its_changes_is_found_by_the_kept_head(kept_in: Path) -> None:
    newest = three_seals()
    assert heads_in(kept_in.read_text()) == [newest]
    owner(WITH_ITS_CHANGES)
    assert faults(connections["owner"]) == []  # the database alone cannot know
    assert [str(each) for each in faults_against(connections["owner"], [newest])] == [
        "Seal 3: it was kept elsewhere and is not there any more"
    ]
    assert command() == 1


def test_a_chain_made_anew_after_the_last_seal_was_taken_off_is_found_and_the_kept_head_stays(kept_in: Path) -> None:
    newest = three_seals()
    owner(WITH_ITS_CHANGES)
    make_customer("Another third one")
    with pytest.raises(Refused, match="Seal 3: it"):
        tasks.seal_now(NOW)
    with pytest.raises(Refused, match="Seal 3: it is another one"):
        tasks.seal_now(NOW)
    assert faults(connections["owner"]) == []
    assert heads_in(kept_in.read_text()) == [newest]
    assert command() == 1


def test_the_command_prints_a_head_and_verifies_against_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kept_in: Path
) -> None:
    three_seals()
    make_customer("Not sealed yet")
    assert command("--head") == 0
    printed = capsys.readouterr().out.strip()
    (kept,) = heads_in(printed)
    assert (kept.seal, kept.changes) == (4, 4)
    file = tmp_path / "mail.txt"
    file.write_text(f"Keep this:\n\n{printed}\n")
    assert command("--against", str(file)) == 0
    assert command("--against", printed) == 0
    owner("DELETE FROM history_change WHERE seal_id = 4; DELETE FROM history_seal WHERE id = 4")
    assert command() == 0
    assert command("--against", str(file)) == 1


def test_a_file_without_a_head_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mail.txt"
    for text in ("nothing", "history head: seal x, 1 changes", "\0" * 100):
        file.write_text(text)
        with pytest.raises(Refused, match="holds no head"):
            command("--against", str(file))
    with pytest.raises(FileNotFoundError):
        command("--against", str(tmp_path / "nowhere"))


def test_another_digest_time_or_count_is_found() -> None:
    newest = three_seals()
    for other in (
        Head(newest.seal, newest.changes, newest.at, "0" * 64),
        Head(newest.seal, newest.changes + 1, newest.at, newest.digest),
        Head(newest.seal, newest.changes, newest.at + timedelta(seconds=1), newest.digest),
    ):
        assert len(faults_against(connections["owner"], [other])) == 1


def test_the_head_is_mailed() -> None:
    assert MAIL_HEAD.do(NOW) == ""
    newest = three_seals()
    MAIL_HEAD.do(NOW)
    (sent,) = mail.outbox
    assert sent.to == ["auditor@example.com"]
    assert heads_in(sent.body) == [newest]


def test_nothing_is_kept_before_the_first_seal(kept_in: Path) -> None:
    tasks.seal_now(NOW)
    assert not kept_in.exists()
    assert heads.kept() == []
    assert command() == 0
