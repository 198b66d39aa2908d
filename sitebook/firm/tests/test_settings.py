"""The firm's settings: for administrators, saved once, felt at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client

from sitebook.firm import choices
from sitebook.firm.models import Firm
from sitebook.outbox import mail_delivery
from tests.cast import Cast, see_all

ClientOf = Callable[[Any], Client]


def _asked(firm: Firm, **values: Any) -> dict[str, Any]:
    names = ("name", "country", "time_zone", "language", "currency", "support_email")
    with see_all():
        firm.refresh_from_db()
    return {name: getattr(firm, name) for name in names} | {"version": firm.version} | values


def test_it_saves_what_the_administrator_says(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of(cast.alice).post(
        "/settings/", _asked(cast.firm, name="Southwind", country="DE", language="en-us")
    )
    assert answer.status_code == 303
    with see_all():
        firm = Firm.objects.get()
    assert (firm.name, firm.country) == ("Southwind", "DE")
    assert '<html lang="en-us"' in Client().get("/account/login/").content.decode()


def test_it_refuses_what_somebody_else_changed_meanwhile(cast: Cast, client_of: ClientOf) -> None:
    asked = _asked(cast.firm, name="Mine")
    with see_all():
        Firm.objects.update(name="Theirs")
    answer = client_of(cast.alice).post("/settings/", asked)
    assert answer.status_code == 422
    assert "Somebody else changed the settings" in answer.content.decode()


def test_it_is_closed_to_others(cast: Cast, client_of: ClientOf) -> None:
    for user in (cast.bob, cast.charlie, cast.vera):
        assert client_of(user).get("/settings/").status_code == 403
        assert client_of(user).post("/settings/test-mail/").status_code == 403


def test_it_sends_a_test_mail_to_who_asks(cast: Cast, client_of: ClientOf) -> None:
    client_of(cast.alice).post("/settings/test-mail/")
    mail_delivery.send_due()
    assert mail.outbox[0].to == [cast.alice.email]


def test_it_offers_real_countries_currencies_and_zones() -> None:
    assert ("GB", "United Kingdom") in choices.countries()
    assert {"EUR", "GBP", "USD"} <= {code for code, _name in choices.currencies()}
    assert "DEM" not in {code for code, _name in choices.currencies()}
    assert {"Europe/London", "America/New_York", "UTC"} <= {zone for zone, _name in choices.zones()}
