"""The customers' pages, as somebody in the office uses them."""

from __future__ import annotations

import pytest

from sitebook.customers.models import Customer
from sitebook.records.external_ids import ids_of
from sitebook.sites.models import Site
from tests.cast import Cast, make_customer, make_site, see_all


def body(response) -> str:
    return response.content.decode()


COUNTS = (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"), ("MIN_NUM_FORMS", "0"), ("MAX_NUM_FORMS", "20"))
LINES = {f"{prefix}-{key}": value for prefix in ("phones", "emails", "ids") for key, value in COUNTS}


def edited(customer: Customer, **more: str) -> dict[str, str]:
    now = {"version": str(customer.version), "name": customer.name, "kind": customer.kind}
    return {**now, "account": "ok", "send_by": "email", **LINES, **more}


def test_a_customer_needs_a_name_only(cast: Cast, client_of):
    answer = client_of(cast.bob).post("/customers/new/", {"name": "Elm Dairy", "kind": "company"}, follow=True)
    assert answer.status_code == 200
    assert "<h1>Elm Dairy</h1>" in body(answer)
    assert "Elm Dairy" in body(client_of(cast.bob).get("/customers/"))


@pytest.mark.parametrize("name", ["\u200b\u202e", " \u2060 "])
def test_a_name_nobody_can_read_is_none(cast: Cast, client_of, name: str):
    bob = client_of(cast.bob)
    answer = bob.post("/customers/new/", {"name": name, "kind": "company"})
    assert answer.status_code == 422
    assert "Write a name." in answer.content.decode()


def test_without_a_name_it_says_so_and_keeps_what_was_typed(cast: Cast, client_of):
    answer = client_of(cast.bob).post("/customers/new/", {"name": " ", "kind": "company", "email": "a@b.example"})
    assert answer.status_code == 422
    assert "a@b.example" in body(answer)


def test_a_private_persons_home_becomes_the_site(cast: Cast, client_of):
    typed = {
        "name": "Mr Smith",
        "kind": "individual",
        "head_line1": "1 Elm Row",
        "head_town": "Leeds",
        "first_site": "on",
    }
    client_of(cast.bob).post("/customers/new/", typed)
    with see_all():
        site = Site.objects.get(customer__name="Mr Smith")
    assert (site.line1, site.town, site.name) == ("1 Elm Row", "Leeds", "Mr Smith")


def test_half_a_name_finds_the_customer(cast: Cast, client_of):
    found = body(client_of(cast.bob).get("/customers/?q=superm"))
    assert "Acme Supermarkets" in found
    assert "Birch Housing" not in found


def test_a_site_counts_at_its_customer(cast: Cast, client_of):
    make_site(cast.acme)
    assert f'<a href="/customers/{cast.acme.pk}/sites/">2</a>' in body(client_of(cast.bob).get("/customers/"))


def test_editing_saves_phones_emails_tags_and_outside_ids(cast: Cast, client_of):
    typed = edited(cast.acme, head_country="GB", tags="Food, food, North") | {
        "phones-0-kind": "office", "phones-0-number": "0113 496 0999",
        "emails-0-kind": "office", "emails-0-address": "desk@acme.example", "ids-0-system": "crm", "ids-0-value": "77",
    }  # fmt: skip
    answer = client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", typed, follow=True)
    assert answer.status_code == 200, body(answer)
    with see_all():
        acme = Customer.objects.get(pk=cast.acme.pk)
        assert acme.phones == [{"kind": "office", "number": "+441134960999", "odd": False}]
        assert acme.emails == [{"kind": "office", "address": "desk@acme.example"}]
        assert acme.tags == ["Food", "North"]
        assert ids_of(acme) == {"crm": "77"}
    assert "0113 496 0999" in body(answer)


def test_an_odd_number_is_kept_and_marked(cast: Cast, client_of):
    typed = edited(cast.acme) | {"phones-0-number": "ask for Joe"}
    answer = client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", typed, follow=True)
    assert "ask for Joe" in body(answer)
    assert "unusual number" in body(answer)


def test_a_malformed_vat_number_warns_and_saves(cast: Cast, client_of):
    typed = edited(cast.acme, vat_number="GB 12")
    answer = client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", typed, follow=True)
    assert "does not look like a VAT number" in body(answer)
    with see_all():
        assert Customer.objects.get(pk=cast.acme.pk).vat_number == "GB 12"


def test_two_who_edit_at_once_lose_nothing(cast: Cast, client_of):
    first = edited(cast.acme, name="Acme North")
    second = edited(cast.acme, name="Acme South", head_town="Hull")
    client_of(cast.alice).post(f"/customers/{cast.acme.pk}/edit/", first)
    answer = client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", second)
    assert answer.status_code == 409
    assert "Acme North" in body(answer)
    assert "Acme South" in body(answer)
    with see_all():
        now = Customer.objects.get(pk=cast.acme.pk)
    assert now.name == "Acme North"
    again = second | {"version": str(now.version), "take_name": "theirs", "take_head_town": "mine"}
    assert client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", again).status_code == 303
    with see_all():
        now = Customer.objects.get(pk=cast.acme.pk)
    assert (now.name, now.head_town) == ("Acme North", "Hull")


def test_an_outside_id_of_a_hidden_customer_is_only_in_use(cast: Cast, client_of):
    with see_all():
        cast.cedar.external_ids.create(system="crm", value="9")
    typed = edited(cast.acme) | {"ids-0-system": "crm", "ids-0-value": "9"}
    answer = client_of(cast.bob).post(f"/customers/{cast.acme.pk}/edit/", typed)
    assert answer.status_code == 409
    assert "already in use" in body(answer)
    assert "Cedar" not in body(answer)


def test_archived_ones_leave_lists_and_come_when_asked_for(cast: Cast, client_of):
    client = client_of(cast.bob)
    client.post(f"/customers/{cast.acme.pk}/archive/", {"reason": "gone"}, follow=True)
    assert "Acme Supermarkets" not in body(client.get("/customers/"))
    assert "Acme Supermarkets" in body(client.get("/customers/?archived=yes"))
    assert "Archived" in body(client.get(f"/customers/{cast.acme.pk}/"))
    assert "Acme" not in body(client.get("/customers/pick/"))
    typed = body(client.get("/customers/pick/?q=acme"))
    assert "archived" in typed
    client.post(f"/customers/{cast.acme.pk}/restore/")
    assert "Acme Supermarkets" in body(client.get("/customers/"))


def test_archiving_twice_is_refused(cast: Cast, client_of):
    client = client_of(cast.bob)
    client.post(f"/customers/{cast.acme.pk}/archive/")
    assert client.post(f"/customers/{cast.acme.pk}/archive/").status_code == 409


def test_several_are_archived_tagged_and_restored_at_once(cast: Cast, client_of):
    client = client_of(cast.bob)
    picked = {"pick": [cast.acme.pk, cast.birch.pk, cast.cedar.pk]}
    client.post("/bulk/customers/", picked | {"act": "tag", "tag": "vip"})
    client.post("/bulk/customers/", picked | {"act": "archive"})
    with see_all():
        assert set(Customer.objects.archived().values_list("name", flat=True)) == {"Acme Supermarkets", "Birch Housing"}
        assert set(Customer.objects.filter(tags=["vip"]).values_list("name", flat=True)) == {
            "Acme Supermarkets",
            "Birch Housing",
        }
    client.post("/bulk/customers/", picked | {"act": "restore"})
    with see_all():
        assert not Customer.objects.archived().exists()


def test_a_viewer_sees_no_buttons_and_may_not_write(cast: Cast, client_of):
    client = client_of(cast.vera)
    assert "New customer" not in body(client.get("/customers/"))
    assert client.post("/customers/new/", {"name": "x"}).status_code == 403
    assert client.get(f"/customers/{cast.birch.pk}/edit/").status_code == 403
    assert client.get(f"/customers/{cast.acme.pk}/").status_code == 404


def test_the_name_of_both_changes_stands_in_the_history(cast: Cast, client_of):
    client = client_of(cast.bob)
    for name in ("Acme One", "Acme Two"):
        with see_all():
            acme = Customer.objects.get(pk=cast.acme.pk)
        client.post(f"/customers/{cast.acme.pk}/edit/", edited(acme, name=name))
    told = body(client.get(f"/customers/{cast.acme.pk}/history/"))
    assert "Acme Supermarkets" in told
    assert "Acme One" in told
    assert "Bob Baker" in told


def test_a_long_list_pages(cast: Cast, client_of):
    for number in range(60):
        make_site(cast.acme, f"Store {number}")
    first = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/sites/"))
    assert "after=" in first
    assert "Store 10" in first


@pytest.mark.parametrize("address", ["/customers/", "/customers/?q=acme", "/sites/", "/customers/new/", "/sites/new/"])
def test_pages_open(address: str, cast: Cast, client_of):
    assert client_of(cast.bob).get(address).status_code == 200


def test_a_part_of_the_breakdown_leads_to_what_it_counts(cast: Cast, client_of):
    make_site(cast.acme, "Shop", type="Shop")
    overview = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/"))
    assert f'href="/customers/{cast.acme.pk}/sites/?type=-"' in overview
    without = body(client_of(cast.bob).get(f"/customers/{cast.acme.pk}/sites/?type=-"))
    assert ">Depot</a>" in without
    assert ">Shop</a>" not in without


def test_distributors_are_a_filter(cast: Cast, client_of):
    make_customer("Wholesale Lifts", is_distributor=True)
    found = body(client_of(cast.alice).get("/customers/?distributor=yes"))
    assert "Wholesale Lifts" in found
    assert "Acme Supermarkets" not in found


@pytest.mark.parametrize(("address", "act"), [("/customers/", "/bulk/customers/"), ("/sites/", "/bulk/sites/")])
def test_the_bar_of_a_selection_posts_to_its_own_list(address: str, act: str, cast: Cast, client_of):
    shown = body(client_of(cast.bob).get(address))
    assert shown.count(f'formaction="{act}"') == 3
    form = shown[shown.index('id="picks"') :]
    assert form[: form.index("</form>")].count("formaction=") == 3
