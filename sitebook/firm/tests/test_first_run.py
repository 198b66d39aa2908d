"""The first answer to an empty database, and that it is given once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from sitebook.access.identity import acting
from sitebook.firm.models import Firm
from sitebook.firm.setup import AlreadySetUp, set_up
from sitebook.history.models import Change
from sitebook.users.models import User
from tests.cast import make_firm, make_user, see_all

ANSWERS = {
    "name": "Northwind Service",
    "country": "GB",
    "time_zone": "Europe/London",
    "language": "en-gb",
    "currency": "GBP",
    "your_name": "Alice Archer",
    "your_email": "Alice@northwind.example",
    "your_password": "correct horse battery",
}
FIRM = {key: ANSWERS[key] for key in ("name", "country", "time_zone", "language", "currency")}
ALICE = {"name": "Alice Archer", "email": "alice@northwind.example", "password": "correct horse battery"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/customers/", "/account/login/", "/users/", "/nowhere/"])
def test_it_leads_every_address_to_the_welcome(address: str) -> None:
    assert Client().get(address).headers["Location"] == "/welcome/"


@pytest.mark.django_db
def test_it_sets_up_signs_in_and_leads_to_the_start() -> None:
    client = Client()
    answer = client.post("/welcome/", ANSWERS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    with see_all():
        alice = User.objects.get()
        firm = Firm.objects.get()
    assert (alice.email, alice.role, alice.all_customers) == ("alice@northwind.example", "administrator", True)
    assert (firm.pk, firm.name, firm.country, firm.currency) == (1, "Northwind Service", "GB", "GBP")
    assert client.get("/users/").status_code == 200


@pytest.mark.django_db
def test_it_records_the_set_up_without_the_password() -> None:
    Client().post("/welcome/", ANSWERS)
    with see_all():
        made = {change.kind: change for change in Change.objects.all()}
    assert made["firm_firm"].reason == "First run"
    assert made["users_user"].changes["password"] == [None, "secret"]


@pytest.mark.django_db
def test_it_is_gone_afterwards() -> None:
    Client().post("/welcome/", ANSWERS)
    stranger = Client()
    assert stranger.get("/welcome/").status_code == 404
    assert stranger.post("/welcome/", ANSWERS | {"your_email": "eve@evil.example"}).status_code == 404
    with see_all():
        assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"your_password": "short"}, "too short"),
        ({"your_password": "password1234"}, "too common"),
        ({"your_password": "alice archer"}, "too similar"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"country": ""}, "required"),
        ({"name": "   "}, "required"),
        ({"your_email": "alice"}, "valid email"),
    ],
)
def test_it_says_what_is_wrong_and_makes_nothing(wrong: dict[str, str], said: str) -> None:
    answer = Client().post("/welcome/", ANSWERS | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ANSWERS["your_password"] not in answer.content.decode()
    with see_all():
        assert not User.objects.exists()
        assert not Firm.objects.exists()


@pytest.mark.django_db
def test_it_makes_no_administrator_while_somebody_can_sign_in() -> None:
    """A database with users but without a firm is not open to whoever comes first."""
    make_user(name="Alice Archer", role="administrator")
    answer = Client().post("/welcome/", ANSWERS | {"your_email": "eve@evil.example"})
    assert answer.status_code == 422
    assert "already set up" in answer.content.decode()
    with see_all():
        assert User.objects.count() == 1


@pytest.mark.django_db
def test_it_refuses_a_second_firm_by_verb() -> None:
    make_firm()
    with pytest.raises(AlreadySetUp), acting(everything=True):
        set_up(firm=FIRM, administrator=ALICE)


@pytest.mark.usefixtures("committed")
def test_it_lets_one_of_two_win() -> None:
    start = Barrier(2)

    def answer(email: str) -> int:
        start.wait()
        try:
            return Client().post("/welcome/", ANSWERS | {"your_email": email}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as two:
        statuses = sorted(two.map(answer, ["a@northwind.example", "b@northwind.example"]))
    assert statuses in ([303, 404], [303, 422])
    with see_all():
        assert User.objects.count() == 1
