"""A field that points at another record: by id when chosen, by what is typed when not."""

from __future__ import annotations

import pytest
from django import forms
from django.db.models import QuerySet

from sitebook.customers.models import Customer
from sitebook.values.pickers import Reference
from tests.cast import Cast, make_customer, see_all


def search(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    return customers.filter(name__icontains=text).order_by("name")


class Pick(forms.Form):
    customer = Reference(among=Customer.objects.all, search=search, source="ui:help-index")


class MayPick(forms.Form):
    customer = Reference(among=Customer.objects.all, search=search, source="ui:help-index", required=False)


@pytest.fixture(autouse=True)
def eyes(cast: Cast) -> None:
    """The people and customers are there."""


def test_it_takes_what_was_chosen(cast: Cast) -> None:
    with see_all():
        form = Pick({"customer": str(cast.acme.pk), "customer_text": str(cast.acme)})
        assert form.is_valid()
        assert form.cleaned_data["customer"] == cast.acme


def test_it_takes_what_was_typed_when_only_one_fits(cast: Cast) -> None:
    with see_all():
        form = Pick({"customer": str(cast.birch.pk), "customer_text": "  acme "})
        assert form.is_valid()
        assert form.cleaned_data["customer"] == cast.acme


def test_it_asks_which_when_several_fit_and_prefers_the_exact_name(cast: Cast) -> None:
    twin = make_customer(f"{cast.acme.name} North")
    with see_all():
        form = Pick({"customer": "", "customer_text": "acme"})
        assert not form.is_valid()
        assert str(twin) in form.errors["customer"][0]
        assert Pick({"customer": "", "customer_text": str(cast.acme).upper()}).is_valid()


@pytest.mark.parametrize("value", ["0", "-1", "abc", "99999999999999999999", "²"])
def test_it_names_what_it_cannot_find(cast: Cast, value: str) -> None:
    with see_all():
        assert not Pick({"customer": value, "customer_text": ""}).is_valid()
        form = Pick({"customer": value, "customer_text": "nobody"})
        assert form.errors["customer"] == ["Nothing you can choose here is called “nobody”."]


def test_empty_is_allowed_where_it_is_optional() -> None:
    with see_all():
        assert not Pick({}).is_valid()
        form = MayPick({"customer": "", "customer_text": ""})
        assert form.is_valid()
        assert form.cleaned_data["customer"] is None


def test_the_form_shows_the_record_it_had(cast: Cast) -> None:
    with see_all():
        html = str(Pick(initial={"customer": cast.acme.pk})["customer"])
        assert f'value="{cast.acme.pk}"' in html
        assert f'value="{cast.acme}"' in html
        same = {"customer": str(cast.acme.pk), "customer_text": str(cast.acme)}
        assert not Pick(same, initial={"customer": cast.acme}).has_changed()
        assert Pick({"customer": "", "customer_text": ""}, initial={"customer": cast.acme}).has_changed()
