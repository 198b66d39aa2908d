"""Who sees which customer, asked of the database itself."""

import pytest
from django.db import ProgrammingError, connection, transaction

from sitebook.access.identity import acting
from sitebook.access.models import Grant, give, take
from sitebook.basics.database_roles import faults_of_login
from sitebook.contacts.models import Contact
from sitebook.customers.models import Customer
from sitebook.sites.models import Site
from sitebook.users.models import User
from tests.cast import Cast, make_user


def names(user):
    with acting(user=user, via="screen"):
        return sorted(Customer.objects.values_list("name", flat=True))


def test_a_user_sees_what_was_granted_and_nothing_else(cast: Cast):
    assert names(cast.bob) == ["Acme Supermarkets", "Birch Housing"]
    assert names(cast.charlie) == ["Acme Supermarkets"]
    assert names(cast.alice) == ["Acme Supermarkets", "Birch Housing", "Cedar Hospital"]


def test_a_grant_works_at_once_and_ends_at_once(cast: Cast):
    with acting(user=cast.alice, via="screen"):
        assert give(user_id=cast.charlie.pk, customers=[cast.cedar.pk]) == 1
    assert "Cedar Hospital" in names(cast.charlie)
    with acting(user=cast.alice, via="screen"):
        assert take(user_id=cast.charlie.pk, customers=[cast.cedar.pk]) == 1
    assert "Cedar Hospital" not in names(cast.charlie)


def test_nobody_gives_what_they_do_not_see(cast: Cast):
    with acting(user=cast.bob, via="screen"):
        assert give(user_id=cast.charlie.pk, customers=[cast.cedar.pk, cast.birch.pk]) == 1
    assert names(cast.charlie) == ["Acme Supermarkets", "Birch Housing"]


def test_an_engineer_gives_nothing(cast: Cast):
    with pytest.raises(ProgrammingError, match="roles"), acting(user=cast.charlie, via="screen"):
        give(user_id=cast.charlie.pk, customers=[cast.acme.pk])


def test_no_role_writes_grants_by_itself(cast: Cast):
    with pytest.raises(ProgrammingError, match="permission denied"), acting(user=cast.alice, via="screen"):
        Grant.objects.create(user=cast.charlie, customer_id=cast.cedar.pk)


def test_nobody_makes_themselves_an_administrator(cast: Cast):
    with pytest.raises(ProgrammingError, match="roles"), acting(user=cast.bob, via="screen"):
        type(cast.bob).objects.filter(pk=cast.bob.pk).update(role="administrator", all_customers=True)


def test_the_maker_of_a_customer_sees_it(cast: Cast):
    with acting(user=cast.bob, via="screen"):
        made = Customer.add(name="Dogwood Schools")
        Site.add(customer=made, name="Hall")
    assert "Dogwood Schools" in names(cast.bob)
    assert "Dogwood Schools" not in names(cast.charlie)


def test_a_site_for_a_hidden_customer_is_refused(cast: Cast):
    with pytest.raises(ProgrammingError, match="row-level security"), acting(user=cast.charlie, via="screen"):
        Site.add(customer=cast.cedar, name="Trap")


def test_a_request_that_takes_no_role_sees_nothing(cast: Cast):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Customer.objects.count()


def test_a_user_who_may_not_sign_in_takes_no_role(cast: Cast):
    from sitebook.basics.refused import NotAllowed

    gone = make_user(name="Gone", is_active=False, all_customers=True)
    with pytest.raises(NotAllowed), acting(user=gone, via="screen"):
        Customer.objects.count()


def role_of(user: User) -> str:
    with acting(user=user, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0]).rpartition("_")[2]


def test_from_ten_thousand_and_one_grants_on_another_role_sees_and_changes_the_same(cast: Cast):
    dora = make_user(name="Dora")
    with acting(everything=True):
        made = Customer.objects.bulk_create([Customer(name=f"Store {number}") for number in range(10_001)])
        private, hers, hidden = (
            Contact.add(name=name, customer=of)
            for name, of in (("Private", None), ("Hers", made[0]), ("Hidden", cast.cedar))
        )
        give(user_id=dora.pk, customers=[customer.pk for customer in made[:-1]])
    looks = []
    for role in ("few", "many"):
        assert role_of(dora) == role
        with acting(user=dora, via="screen"):
            found = set(Contact.objects.values_list("name", flat=True))
            Contact.objects.filter(pk__in=[private.pk, hers.pk, hidden.pk]).update(position=role)
            Contact.add(name=f"Made as {role}", customer=made[0])
            Contact.add(name=f"Private as {role}")
            looks.append(
                (Customer.objects.filter(pk__lt=made[-1].pk).count(), found >= {"Private", "Hers"}, "Hidden" in found)
            )
        with pytest.raises(ProgrammingError, match="row-level security"), acting(user=dora, via="screen"):
            Contact.add(name="Trap", customer=cast.cedar)
        with pytest.raises(ProgrammingError, match="row-level security"), acting(user=dora, via="screen"):
            Contact.objects.filter(pk=hers.pk).update(customer=cast.cedar)
        with acting(everything=True):
            assert [Contact.objects.get(pk=each.pk).position for each in (private, hers, hidden)] == [role, role, ""]
            give(user_id=dora.pk, customers=[made[-1].pk])
    assert looks == [(10_000, True, False)] * 2


def test_ones_own_grants_are_read_by_policies_and_written_by_nobody(cast: Cast):
    with acting(user=cast.bob, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(granted ORDER BY granted) FROM access_own")
        assert cursor.fetchone()[0] == sorted([cast.acme.pk, cast.birch.pk])
    for statement in (
        "INSERT INTO access_own VALUES (1)",
        "DELETE FROM access_own",
        "UPDATE access_own SET granted = 1",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting(user=cast.bob),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM access_own")


def test_the_log_in_role_is_harmless(cast: Cast):
    assert faults_of_login(connection) == []


def sees_no_more(asker: User, someone: User) -> bool:
    with acting(user=asker, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT users_sees_no_more(%s)", [someone.pk])
        return bool(cursor.fetchone()[0])


def test_who_sees_no_more_than_somebody(cast: Cast):
    assert sees_no_more(cast.bob, cast.charlie)  # Acme, beside Acme and Birch
    assert sees_no_more(cast.bob, cast.bob)
    assert not sees_no_more(cast.charlie, cast.bob)
    assert not sees_no_more(cast.bob, cast.alice)
    assert sees_no_more(cast.alice, cast.bob)
    with acting(user=cast.alice, via="screen"):
        User.objects.filter(pk=cast.bob.pk).update(is_active=False)
    assert not sees_no_more(cast.charlie, cast.bob), "who may sign in again sees again"
    with acting(user=cast.charlie, via="screen"), connection.cursor() as cursor:
        cursor.execute("SELECT users_sees_no_more(987654)")
        assert cursor.fetchone() == (False,)
