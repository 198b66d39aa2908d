"""Two people hand the same site over at the same moment: one is told what the other did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

from django.db import connections
from django.test import Client

from sitebook.sites.models import Handover, Site, Tenure
from tests.cast import make_cast, see_all


def test_one_of_two_at_once_is_refused_in_words(committed: None) -> None:
    cast, day = make_cast(), date(2024, 3, 1)
    meet = Barrier(2)

    def post(customer_id: int) -> tuple[int, str]:
        client = Client()
        client.force_login(cast.alice)
        data = {"to": str(customer_id), "to_text": "", "day": day.isoformat(), "seen": f"{customer_id} {day}"}
        meet.wait()
        try:
            answer = client.post(f"/sites/{cast.depot.pk}/hand-over/", data)
            return answer.status_code, answer.content.decode()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(post, (cast.birch.pk, cast.cedar.pk)))
    assert [status for status, _page in answers] == [303, 409]
    assert "changed hands on 1 Mar 2024 already" in answers[1][1]
    with see_all():
        assert Tenure.objects.filter(site=cast.depot).count() == 2
        change = Handover.objects.get(site=cast.depot)
        assert Site.objects.get(pk=cast.depot.pk).customer_id == change.customer_id
