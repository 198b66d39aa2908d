"""Backup while 200 people write, everything wiped, restore: equal counts, sound history, log-in works."""

from __future__ import annotations

import json
import tarfile
import time
from pathlib import Path
from typing import Any

from drills.house import Failed, House
from drills.kills import HALF_DONE
from drills.writers import Writers


def saved_and_brought_back(house: House) -> str:
    """Returns what was found, in one line. Raises Failed."""
    target = Path(f"{house.folder}.tar")
    (house.folder / "files").mkdir(exist_ok=True)
    (house.folder / "files" / "drill.txt").write_text("kept")
    key = (house.folder / "secret-key").read_text()
    writers = Writers(house, house.sign_in(), "backup")
    try:
        with writers.at_work():
            writers.wait_for(40)
            before = dict(writers.acknowledged)
            began = time.monotonic()
            house.command("backup", str(target))
            seconds = time.monotonic() - began
            during = len(writers.acknowledged) - len(before)
        house.take_down()
        house.folder.mkdir(mode=0o700)
        began = time.monotonic()
        house.command("restore", str(target))
        back = time.monotonic() - began
        house.start()
        _compare(house, target, before, key)
        house.sign_in()
        house.command("verify-history")
    finally:
        target.unlink(missing_ok=True)
    return f"saved in {seconds:.1f} s while {during} writes went on, restored in {back:.1f} s; counts agree"


def _compare(house: House, target: Path, before: dict[str, int], key: str) -> None:
    there = dict(house.rows("SELECT name, id FROM customers_customer"))
    if missing := [name for name, pk in before.items() if there.get(name) != pk]:
        raise Failed(f"written before the backup but not in it: {missing[:5]}")
    with tarfile.open(target) as tar:
        manifest: dict[str, Any] = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
    for table in ("customers_customer", "access_grant", "history_change", "users_user"):
        (count,) = house.rows(f"SELECT count(*) FROM {table}")[0]
        if table != "history_change" and count != manifest["counts"][table]:
            raise Failed(f"{table} has {count} rows, the backup {manifest['counts'][table]}")
    for why, asked in HALF_DONE.items():
        if half := house.rows(asked):
            raise Failed(f"{why}: {half[:5]}")
    if (house.folder / "secret-key").read_text() != key:
        raise Failed("the secret key is another one")
    if (house.folder / "files" / "drill.txt").read_text() != "kept":
        raise Failed("a file is another one")
