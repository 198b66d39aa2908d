"""What is refused half-way leaves nothing, also where the caller goes on and commits: no middleware helps here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from sitebook.access.permissions import Permission
from sitebook.basics.refused import Refused
from sitebook.bulk.actions import Order, VerbAction
from sitebook.contacts import roles
from sitebook.contacts.models import Contact, ContactRole, SiteParty
from sitebook.contacts.parties import change_party, name_party
from sitebook.contacts.pickers import people_links
from sitebook.customers.models import Customer
from sitebook.history.models import Change
from sitebook.records import external_ids
from sitebook.records.edit import Editing
from sitebook.sites.models import Site, SiteExternalId
from sitebook.sites.pages.forms import SiteForm
from tests.cast import Cast, see_all

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
KINDS = (Site, Contact, ContactRole, Customer, SiteExternalId, SiteParty)
Half = Callable[[], None]


def ids(cast: Cast) -> Half:
    external_ids.set_ids(cast.mill, {"crm": "taken"})
    external_ids.set_ids(cast.depot, {"old": "1"})
    return lambda: external_ids.set_ids(cast.depot, {"new": "2", "crm": "taken"})


def contact_leaves(cast: Cast) -> Half:
    one = Contact.add(customer=cast.acme, name="Ann")
    roles.give_role(one, role="main", customer=cast.acme, since=JANUARY)
    to_birch = {"customer_id": cast.birch.pk}
    return lambda: roles.change_contact(one, version=one.version, values=to_birch, on=MARCH)


def party(cast: Cast) -> Half:
    olive, oscar = Customer.add(name="Olive Estates"), Customer.add(name="Oscar Estates")
    row = name_party(cast.depot, role="owner", party=olive, since=JANUARY)
    name_party(cast.depot, role="owner", party=oscar, since=JANUARY)
    return lambda: change_party(row, party=oscar, since=MARCH) and None


def state() -> list[Any]:
    return [[*kind._default_manager.order_by("pk").values()] for kind in KINDS] + [Change.objects.count()]


@pytest.mark.parametrize(
    ("prepare", "code"),
    [(ids, "external_id_taken"), (contact_leaves, "contact_still_needed"), (party, "has_role_already")],
)
def test_a_verb(cast: Cast, prepare: Callable[[Cast], Half], code: str):
    with see_all():
        half = prepare(cast)
        before = state()
        with pytest.raises(Refused) as refusal:
            half()
        assert refusal.value.code == code
        assert state() == before


def edit(site: Site, **more: str) -> Editing:
    """The edit form as it is shown, with some fields changed and an id that another site has."""
    counts = {f"{name}-{what}": "0" for name in ("phones", "emails") for what in ("TOTAL_FORMS", "INITIAL_FORMS")}
    counts |= {"ids-TOTAL_FORMS": "1", "ids-INITIAL_FORMS": "0", "ids-0-system": "crm", "ids-0-value": "taken"}
    own = {"name": site.name, "status": site.status, "version": str(site.version)}
    data = MultiValueDict({name: [text] for name, text in (own | counts | more).items()})
    return Editing(SiteForm, site, data=data, country="GB", links=people_links(site, on=MARCH))


def test_the_edit_of_a_page(cast: Cast):
    with see_all():
        external_ids.set_ids(cast.mill, {"crm": "taken"})
        before = state()
        site = Site.objects.get(pk=cast.depot.pk)
        editing = edit(site, name="Renamed")
        assert editing.attempt() == 409
        assert "already in use" in str(editing.form.errors)
        assert state() == before
        assert (site.name, site.version) == ("Depot", cast.depot.version)  # as it stands, for the page that is shown


def test_a_stale_edit_of_a_page(cast: Cast):
    with see_all():
        site = Site.objects.get(pk=cast.depot.pk)
        Site.objects.get(pk=site.pk).change(version=site.version, name="Theirs")
        before = state()
        editing = edit(site, name="Mine")
        assert editing.attempt() == 409
        assert [(each.mine, each.theirs) for each in editing.conflicts if each.name == "name"] == [("Mine", "Theirs")]
        assert state() == before


def test_a_row_of_many(cast: Cast):
    """The others stand."""

    def rename(site: Site, values: Any, on: date) -> None:
        site.change(version=site.version, name="Renamed")
        if site.pk == cast.depot.pk:
            raise Refused("Not this one.", code="not_this_one")

    act = VerbAction(
        key="name", label="Name", kind=Site, needs=Permission.CHANGE_CUSTOMERS, form_class=SiteForm, names=("name",),
        verb=rename,
    )  # fmt: skip
    order = Order(
        values={"fields": {"name": "Renamed"}}, name="run", by_id=cast.alice.pk, at=datetime.now(UTC), on=MARCH
    )
    with see_all():
        done = act.do([cast.depot.pk, cast.mill.pk], order)
        assert (list(done.changed), done.refused) == ([cast.mill.pk], {cast.depot.pk: "Not this one."})
        assert [*Site.objects.filter(name="Renamed")] == [cast.mill]
