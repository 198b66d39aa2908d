"""What is written in records one does not see counts nowhere, and takes part in no answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError

from sitebook.access.identity import acting
from sitebook.basics.refused import NotAllowed
from sitebook.custom_fields.models import CustomField
from sitebook.custom_fields.tests.made import make_all
from sitebook.sites.models import Site
from tests.cast import Cast, make_user, see_all

OIL_ALONE = [{"value": "oil", "label": "Oil"}]


@pytest.mark.django_db
def test_the_count_of_a_field_leaves_hidden_records_out(cast: Cast, client_of: Any):
    fuel = make_all()[CustomField.Kind.CHOICE]
    dora = make_user(name="Dora Dean", role="administrator", sees=(cast.acme,))
    with see_all():
        Site.objects.filter(pk__in=[cast.depot.pk, cast.vault.pk]).update(custom={"fuel": "gas"})
    page = f"/settings/fields/{fuel.pk}/"
    for user, said in ((dora, "Written in 1 record you see."), (cast.alice, "Written in 2 records you see.")):
        assert said in client_of(user).get(page).content.decode()
    with acting(user=dora, via="screen"):
        assert (fuel.in_use("gas"), fuel.in_use("oil")) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", [False, True])
def test_a_choice_goes_by_who_sees_all_whether_a_hidden_record_has_it_or_not(cast: Cast, chosen: bool):
    fuel = make_all()[CustomField.Kind.CHOICE]
    dora = make_user(name="Dora Dean", role="administrator", sees=(cast.acme,))
    with see_all():
        Site.objects.filter(pk=cast.vault.pk).update(custom={"fuel": "gas"} if chosen else {})
    with acting(user=dora, via="screen"), pytest.raises(NotAllowed, match="who sees all customers"):
        fuel.change(version=fuel.version, label="Fuel", choices=OIL_ALONE)
    with pytest.raises(ProgrammingError, match="who sees all customers"), acting(user=dora, via="screen"):
        CustomField.objects.filter(pk=fuel.pk).update(choices=OIL_ALONE)
    with acting(user=dora, via="screen"):
        renamed = [each | {"label": each["label"] + " 2"} for each in fuel.choices]
        fuel.change(version=fuel.version, label="Fuel", choices=renamed)
