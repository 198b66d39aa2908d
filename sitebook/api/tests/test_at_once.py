"""Programs and people at the same moment, with real commits: nothing is lost, nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Barrier, Event, Thread
from typing import Any

from django.db import connections, transaction
from django.test import Client

from sitebook.api.models import Repeat
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.users import tokens
from tests.cast import Cast, make_cast, see_all


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, all begun before any goes on."""
    barrier, given, broken = Barrier(len(acts)), [None] * len(acts), []

    def do(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            given[place] = act()
        except Exception as fault:
            broken.append(repr(fault))
        finally:
            connections["default"].close()

    threads = [Thread(target=do, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert broken == []
    return given


def test_a_key_sent_ten_times_at_once_acts_once(committed: None, program_of: Any) -> None:
    cast = make_cast()
    programs = [program_of(cast.bob) for _ in range(10)]
    send = [lambda each=each: each.post("customers", {"name": "Elm"}, Idempotency_Key="k-1") for each in programs]
    answers = at_once(*send)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer["Location"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 9
    with see_all():
        assert Customer.objects.filter(name="Elm").count() == 1
        assert Repeat.objects.count() == 1


def test_a_key_whose_act_was_refused_is_free_for_the_next(committed: None, program_of: Any) -> None:
    cast = make_cast()
    programs = [program_of(cast.bob) for _ in range(4)]
    body = {"name": "Depot", "customer": cast.acme.pk, "code": "D-1"}
    answers = at_once(*[lambda each=each: each.post("sites", body, Idempotency_Key="k-2") for each in programs])
    assert {answer.status_code for answer in answers} == {409}
    assert program_of(cast.bob).post("sites", {**body, "code": "D-2"}, Idempotency_Key="k-2").status_code == 201


def test_a_page_and_programs_that_save_at_once_lose_nothing(committed: None, program_of: Any) -> None:
    """Everybody read the same version: one saves, the others are told; the history has one change."""
    cast = make_cast()
    page = Client()
    page.force_login(cast.alice)
    for turn in range(4):
        _one_turn(cast, page, [program_of(cast.bob) for _ in range(3)], turn)


def _one_turn(cast: Cast, page: Client, programs: list[Any], turn: int) -> None:
    address, place = f"/customers/{cast.acme.pk}/edit/", f"customers/{cast.acme.pk}"
    form = typed(page.get(address).content.decode()) | {"notes": f"by the page {turn}"}
    etag, before = programs[0].get(place)["ETag"], changes_of(cast.acme.pk)
    notes = [f"by program {number} {turn}" for number in range(len(programs))]
    sent = zip(programs, notes, strict=True)
    patches = [lambda each=each, text=text: each.patch(place, {"notes": text}, If_Match=etag) for each, text in sent]
    statuses = [answer.status_code for answer in at_once(lambda: page.post(address, form), *patches)]
    won = [place for place, status in enumerate(statuses) if status in (200, 303)]
    assert len(won) == 1, statuses
    assert set(statuses) - {200, 303} <= {409, 412}, statuses
    with see_all():
        assert Customer.objects.get(pk=cast.acme.pk).notes == [form["notes"], *notes][won[0]]
    assert changes_of(cast.acme.pk) == before + 1


def changes_of(pk: int) -> int:
    with see_all():
        return Change.objects.filter(kind="customers_customer", record_id=pk).count()


def typed(html: str) -> dict[str, str]:
    """What a form sends that was only opened: its inputs, its chosen options, its texts."""
    form = html[html.index('name="version"') - 2000 :]
    sent = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if found.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if found.get("name"):
            sent[found["name"]] = unescape(found.get("value", ""))
    for name, inside in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*\bselected', inside)
        sent[name] = chosen[1] if chosen else ""
    return sent


def test_a_long_call_holds_up_no_other_of_its_token(committed: None, program_of: Any) -> None:
    """The first call of a minute writes down that the token was used, and keeps that row until it is done."""
    program = program_of(make_cast().bob)
    begun, over = Event(), Event()

    def long() -> None:
        with transaction.atomic():
            tokens.caller(program.secret)
            begun.set()
            over.wait(timeout=20)

    def other() -> int:
        begun.wait(timeout=20)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(lambda: (program.get("me").status_code, connections["default"].close())[0])
            try:
                return asked.result(timeout=10)
            finally:
                over.set()

    assert at_once(long, other)[1] == 200
