"""Twelve people send the worst pictures the limits allow, then forty clients send a byte a second, while others read
lists: how much slower are the lists than on an idle server?"""

from __future__ import annotations

import http.client
import io
import json
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from PIL import Image

from drills.house import EMAIL, Failed, House, Session
from sitebook.files import inspection

SENDERS, READERS, SLOW = 12, 4, 40
READS = 60
MOST = 5
"""How many times slower the 95th of a hundred list pages may be than on an idle server."""
LIST = "/customers/"


def lists_stay_quick(house: House) -> list[str]:
    """What was measured, a line each. Raises Failed when people at work wait, or when a picture is lost."""
    people = [house.sign_in(email) for email in _people(house)]
    reader = house.sign_in()
    place = _place(reader)
    for session in (reader, *people):
        session.get(LIST)
    _reads(reader)
    idle = _reads(reader)
    said = [f"list page on an idle server: {_told(idle)}"]
    with _senders(house, people, place) as answers:
        loaded = _reads(reader, until=lambda: answers[200] >= SENDERS)
    said.append(f"while {SENDERS} people send the worst pictures: {_compared(loaded, idle)}; answers {dict(answers)}")
    with _slow_clients(house, reader, place) as open_still:
        slow = _reads(reader)
        said.append(f"while {SLOW} clients send a byte a second: {_compared(slow, idle)}; {open_still()} still at it")
    kept = int(house.rows("SELECT count(*) FROM files_document")[0][0])
    if kept != answers[200]:
        raise Failed(f"{answers[200]} pictures were acknowledged, {kept} are there")
    if strange := {status for status in answers if status not in (200, 503)}:
        raise Failed(f"pictures were answered with {strange}: {said}")
    for what, times in (("pictures", loaded), ("slow clients", slow)):
        if _p95(times) > MOST * _p95(idle):
            raise Failed(f"lists are more than {MOST} times slower under {what}: {said}")
    return said


def worst() -> dict[str, bytes]:
    """Tiny files that are as large as they may be once unpacked, of each kind."""
    made = {}
    side = int(inspection.MOST_PIXELS**0.5)
    jpeg = int(getattr(inspection, "MOST_PIXELS_OF_JPEG", inspection.MOST_PIXELS) ** 0.5)
    sizes: dict[str, tuple[int, dict[str, Any]]] = {
        "PNG": (side, {}),
        "GIF": (side, {}),
        "WEBP": (side, {"lossless": True, "method": 0}),
        "JPEG": (jpeg, {"quality": 50}),
    }
    for kind, (pixels, options) in sizes.items():
        out = io.BytesIO()
        Image.new("P" if kind == "GIF" else "RGB", (pixels, pixels), 7).save(out, kind, **options)
        made[kind.lower()] = out.getvalue()
    out = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(out, "JPEG", progressive=True, quality=50)
    return {**made, "jpg": out.getvalue()}


def _people(house: House) -> list[str]:
    """Twelve more like the maker, who see everything."""
    emails = [f"sender{number}@drill.example" for number in range(SENDERS)]
    for email in emails:
        new = json.dumps({"email": email, "all_customers": True})
        house.rows(
            "INSERT INTO users_user SELECT (jsonb_populate_record(u, %s::jsonb || jsonb_build_object('id', "
            "nextval(pg_get_serial_sequence('users_user', 'id'))))).* FROM users_user u WHERE email = %s",
            new,
            EMAIL,
        )
    return emails


def _place(session: Session) -> str:
    """A customer with documents, among sixty."""
    where = ""
    for number in range(60):
        session.get("/customers/new/")
        status, where = session.post("/customers/new/", {"name": f"Pictures {number}", "kind": "company"})
        if status not in (302, 303):
            raise Failed(f"a customer was answered with {status}")
    return f"{where}documents/"


def _reads(session: Session, until: Callable[[], bool] = lambda: True) -> list[float]:
    """Seconds each of the list pages took, asked by a few readers at once, READS each and on ``until`` it is enough."""
    times: list[float] = []
    faults: Counter[str] = Counter()

    def read() -> None:
        mine, count = replace(session, cookies=dict(session.cookies)), 0
        while count < READS or (not until() and count < 40 * READS):
            began = time.monotonic()
            try:
                status, _page = mine.get(LIST)
            except (OSError, http.client.HTTPException) as fault:
                status = type(fault).__name__  # type: ignore[assignment]
            times.append(time.monotonic() - began)
            faults[str(status)] += status != 200
            count += 1

    _together([threading.Thread(target=read) for _ in range(READERS)])
    if +faults:
        raise Failed(f"list pages were answered with {dict(+faults)}")
    return times


def _together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def _senders(house: House, people: list[Session], place: str) -> Iterator[Counter[int]]:
    """Each sends picture after picture; who is told to come back in a moment does."""
    ending, answers, pictures = threading.Event(), Counter[int](), list(worst().items())

    def send(number: int, session: Session) -> None:
        while not ending.is_set():
            kind, content = pictures[number % len(pictures)]
            status = session.send(place, f"{number}.{kind}", content)
            answers[status] += 1
            number += 1
            if status != 200:
                ending.wait(2)

    for session in people:
        session.get(place)
    threads = [threading.Thread(target=send, args=each) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        yield answers
    finally:
        ending.set()
        for thread in threads:
            thread.join()


@contextmanager
def _slow_clients(house: House, session: Session, place: str) -> Iterator[Callable[[], int]]:
    """Half send a document and half a form. Gives how many are still let to."""
    ending, sockets = threading.Event(), []
    cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    for number in range(SLOW):
        path, kind = (place, "multipart/form-data; boundary=x") if number % 2 else ("/customers/new/", "text/plain")
        client = socket.create_connection(("127.0.0.1", house.port), timeout=5)
        client.sendall(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nCookie: {cookies}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: 100000\r\n\r\n".encode()
        )
        sockets.append(client)

    def drip() -> None:
        while not ending.wait(1):
            for client in sockets:
                with suppress(OSError):
                    client.sendall(b"x")

    def open_still() -> int:
        return sum(not _answered(client) for client in sockets)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        time.sleep(1)
        yield open_still
    finally:
        ending.set()
        thread.join()
        for client in sockets:
            client.close()


def _answered(client: socket.socket) -> bool:
    client.setblocking(False)
    try:
        return client.recv(1, socket.MSG_PEEK) is not None
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        client.setblocking(True)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _told(times: list[float]) -> str:
    return f"p50 {statistics.median(times) * 1000:.0f} ms, p95 {_p95(times) * 1000:.0f} ms, longest {max(times):.2f} s"


def _compared(times: list[float], idle: list[float]) -> str:
    return f"{_told(times)}, p95 {_p95(times) / _p95(idle):.1f} times that of the idle server"
